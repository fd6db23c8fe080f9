//! Readers with a screen reader, without a mouse, with large letters or few colours.

/// What axe-core finds in a page.
mod axe;
/// Few colours, or forced ones.
mod colours;
/// Letters as large as a phone makes them.
mod large_letters;
/// Large letters, and room between them.
mod letters;
/// What is spoken without being asked.
mod saying;
/// Every state of the widget, judged by axe.
mod states;
/// What a screen reader has of it.
mod tree;

use crate::{
    newsroom::Newsroom,
    page::{Draft, Page, element},
};

/// An article page as a careful webmaster makes it.
fn article(newsroom: &Newsroom, head: &str, attributes: &str) -> Page {
    with_heading(newsroom, head, &element(attributes))
}

/// The same with that as its main part.
fn with_heading(newsroom: &Newsroom, head: &str, main: &str) -> Page {
    let main = main.replacen("<main>", "<main><h1>Banjir &amp; kanal</h1>", 1);
    Draft::default().page("/", &(head.to_owned() + &newsroom.tag("async")), &main).served()
}

/// An endpoint that takes everything but choices.
const REFUSING: &str = r#"<script>{
    const ask = fetch;
    window.fetch = async (address, options) => options?.body?.includes?.('"react"')
        ? Response.json({ tallies: [], refused: [{ index: 0, field: "article", reason: "no" }] })
        : ask(address, options);
}</script>"#;
