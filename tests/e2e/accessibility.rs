//! Readers with a screen reader, without a mouse, with large text, or with few colours.

/// Faults that axe-core finds in a page.
mod axe;
/// Few colours, and forced colours.
mod colours;
/// Text enlarged by a phone's settings.
mod large_letters;
/// Large text, and wide text spacing.
mod letters;
/// Live-region announcements.
mod saying;
/// Every state of the widget, checked by axe.
mod states;
/// The accessibility tree.
mod tree;

use crate::{
    newsroom::Newsroom,
    page::{Draft, Page, element},
};

/// An article page of a careful webmaster.
fn article(newsroom: &Newsroom, head: &str, attributes: &str) -> Page {
    with_heading(newsroom, head, &element(attributes))
}

/// An article page with this main part.
fn with_heading(newsroom: &Newsroom, head: &str, main: &str) -> Page {
    let main = main.replacen("<main>", "<main><h1>Banjir &amp; kanal</h1>", 1);
    Draft::default()
        .page("/", &(head.to_owned() + &newsroom.tag("async")), &main)
        .served()
}

/// An endpoint that refuses only choices.
const REFUSING_CHOICES: &str = r#"<script>{
    const ask = fetch;
    window.fetch = async (address, options) => options?.body?.includes?.('"react"')
        ? Response.json({ tallies: [], refused: [{ index: 0, field: "article", reason: "no" }] })
        : ask(address, options);
}</script>"#;
