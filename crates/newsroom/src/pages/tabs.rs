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
        (Tab::Settings, "settings", texts.settings, "p"),
    ];
    let links = pages.map(|(tab, href, text, key)| {
        let current = (tab == current).then_some("page");
        html! { <li><a {href} aria-current={current} data-key={key}>{text}</a></li> }
    });
    let section = section.map(|section| html! { <span class="section">{section.to_owned()}</span> });
    html! {
        <nav class="tabs" aria-label={site.to_owned()}>
            <strong>{site.to_owned()}</strong>{section.unwrap_or_default()}
            <ul>{ for links }</ul>
        </nav>
    }
}
