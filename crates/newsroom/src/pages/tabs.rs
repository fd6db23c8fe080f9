use yew::prelude::*;

use super::PageContext;

/// A page of a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// What is read now.
    Now,
    /// Sums of some days.
    Site,
    /// All articles.
    Articles,
    /// One article.
    Article,
    /// The numbers on the site's own pages.
    Overlay,
    /// The settings in force.
    Settings,
}

/// Links between the pages of a site. `key`: the letter after `g` that leads there.
pub fn tabs(context: &PageContext, site: &str, section: Option<&str>, current: Tab) -> Html {
    let texts = context.texts;
    let pages = [
        (Tab::Now, "now", texts.now, "n"),
        (Tab::Site, "site", texts.site, "s"),
        (Tab::Articles, "articles", texts.articles, "a"),
        (Tab::Overlay, "overlay", texts.overlay, "o"),
        (Tab::Settings, "settings", texts.settings, "p"),
    ];
    let links = pages.map(|(tab, href, text, key)| {
        let current = (tab == current).then_some("page");
        html! { <li><a {href} aria-current={current} data-key={key}>{text}</a></li> }
    });
    let section =
        section.map(|section| html! { <span class="section">{section.to_owned()}</span> });
    html! {
        <nav class="tabs" aria-label={site.to_owned()}>
            <strong>{site.to_owned()}</strong>{section.unwrap_or_default()}
            <ul>{ for links }</ul>
            <button class="quiet" type="button" data-keys="" hidden=true>{texts.keys}</button>
        </nav>
    }
}

/// The list of keys, which the script opens, and the script.
pub fn keys(context: &PageContext) -> Html {
    let texts = context.texts;
    let keys = [
        ("?", texts.key_help),
        ("j k", texts.key_rows),
        ("/", texts.key_search),
        ("g n", texts.now),
        ("g s", texts.site),
        ("g a", texts.articles),
        ("g o", texts.overlay),
        ("g p", texts.settings),
        ("Esc", texts.key_close),
    ];
    let rows = keys.map(|(key, text)| {
        html! { <><dt><kbd>{key}</kbd></dt><dd>{text}</dd></> }
    });
    html! {
        <>
            <dialog id="keys" aria-labelledby="keys-head">
                <h2 id="keys-head">{texts.keys}</h2>
                <dl class="about">{ for rows }</dl>
                <form method="dialog">
                    <label class="choice"><input type="checkbox" checked=true />{texts.key_choice}</label>
                    <button>{texts.key_close}</button>
                </form>
            </dialog>
            <script src="../newsroom.js" defer=true></script>
        </>
    }
}
