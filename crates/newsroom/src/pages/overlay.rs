use yew::prelude::*;

use super::PageContext;

/// Contents of the page about numbers on the site's own pages.
pub struct OverlayPage {
    /// The address of a page of the site for each of its origins, with the token if one was just made.
    pub pages: Vec<String>,
    /// Whether a token was just made.
    pub is_open: bool,
    /// The script element for the site's pages.
    pub tag: String,
    /// The address of a bookmark that loads the same script.
    pub bookmarklet: String,
    /// The element that lists the most read articles.
    pub top: String,
    /// Hours until an overlay ends.
    pub hours: u8,
}

/// Draws the page.
pub fn overlay(context: &PageContext, page: &OverlayPage) -> Html {
    let texts = context.texts;
    let hours = context.number(page.hours.into());
    html! {
        <>
            <p>{texts.overlay_intro}</p>
            <section aria-labelledby="open-head">
                <h2 id="open-head">{texts.overlay_open_head}</h2>
                {open(context, page)}
                <p class="hint">{context.fill(texts.overlay_hint, &[("hours", &hours)])}</p>
            </section>
            <section aria-labelledby="script-head">
                <h2 id="script-head">{texts.overlay_script_head}</h2>
                <p>{texts.overlay_tag}</p>
                <code class="secret">{&*page.tag}</code>
                <p>{texts.overlay_bookmark}</p>
                <p><a class="bookmark" href={page.bookmarklet.clone()}>{texts.overlay_bookmark_name}</a></p>
                <p class="hint">{texts.overlay_bookmark_hint}</p>
            </section>
            <section aria-labelledby="top-head">
                <h2 id="top-head">{texts.top_head}</h2>
                <p>{texts.top_intro}</p>
                <code class="secret lines">{&*page.top}</code>
            </section>
        </>
    }
}

fn open(context: &PageContext, page: &OverlayPage) -> Html {
    let texts = context.texts;
    if page.pages.is_empty() {
        return html! { <p>{texts.overlay_no_origin}</p> };
    }
    if !page.is_open {
        return html! {
            <form method="post" action="overlay"><button>{texts.overlay_open}</button></form>
        };
    }
    let links = page.pages.iter().map(|address| {
        let shown = address
            .split(['?', '#'])
            .next()
            .unwrap_or_default()
            .to_owned();
        html! { <li><a href={address.clone()} target="_blank" rel="noreferrer">{shown}</a></li> }
    });
    html! {
        <div class="note" role="status">
            <p>{texts.overlay_opened}</p>
            <ul>{ for links }</ul>
        </div>
    }
}
