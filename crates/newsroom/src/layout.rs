use tracing::subscriber::NoSubscriber;
use widget::markup::render;
use yew::prelude::*;

use crate::{Language, texts::with};

/// The style sheet of all pages, which is in each page: a policy permits it by its hash.
pub const STYLE: &str = concat!(
    include_str!("../style/layout.css"),
    include_str!("../style/accounts.css"),
    include_str!("../style/pages.css"),
);

/// Contents of the frame of a page.
#[derive(Clone, Debug, Default)]
pub struct Chrome {
    /// Language of the page.
    pub language: Language,
    /// The newsroom's name; empty: that of the language.
    pub newsroom: String,
    /// The page's title.
    pub title: String,
    /// Relative path from the page to `/redaksi/`: empty, or `../` for each level.
    pub root: String,
    /// The viewer's name; `None`: nobody is signed in.
    pub viewer: Option<String>,
    /// Whether the viewer came by a read-only link.
    pub is_link: bool,
    /// Whether the viewer has a session that can be signed out.
    pub has_session: bool,
    /// The pages that the viewer may open.
    pub navigation: Vec<NavLink>,
}

/// A link of the navigation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavLink {
    /// Path below `/redaksi/`.
    pub path: &'static str,
    /// Its text.
    pub text: &'static str,
    /// Whether this is the page.
    pub is_current: bool,
}

/// The whole document.
pub fn document(chrome: &Chrome, content: Html) -> String {
    let html = frame(chrome, content);
    let rendered = tracing::subscriber::with_default(NoSubscriber::new(), || render(html));
    format!("<!doctype html>\n{rendered}")
}

fn frame(chrome: &Chrome, content: Html) -> Html {
    let texts = chrome.language.texts();
    let newsroom = match chrome.newsroom.as_str() {
        "" => texts.newsroom,
        own => own,
    };
    let home = format!("{}./", chrome.root);
    html! {
        <html lang={chrome.language.tag()}>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width" />
                <meta name="robots" content="noindex" />
                <meta name="color-scheme" content="light dark" />
                // Without it, browsers request /favicon.ico.
                <link rel="icon" href="data:," />
                <title>{ format!("{} · {newsroom}", chrome.title) }</title>
                <style>{ STYLE }</style>
            </head>
            <body>
                <a class="skip" href="#content">{ texts.skip }</a>
                <header>
                    <a class="newsroom" href={home}>{ newsroom.to_owned() }</a>
                    { navigation(chrome) }
                    { viewer(chrome) }
                </header>
                <main id="content" tabindex="-1">
                    <h1>{ chrome.title.clone() }</h1>
                    { content }
                </main>
            </body>
        </html>
    }
}

fn navigation(chrome: &Chrome) -> Html {
    if chrome.navigation.is_empty() {
        return Html::default();
    }
    let link = |link: &NavLink| {
        let href = match link.path {
            "" => format!("{}./", chrome.root),
            path => format!("{}{path}", chrome.root),
        };
        let current = link.is_current.then_some("page");
        html! { <li><a {href} aria-current={current}>{ link.text }</a></li> }
    };
    html! {
        <nav aria-label={chrome.language.texts().navigation}>
            <ul>{ for chrome.navigation.iter().map(link) }</ul>
        </nav>
    }
}

fn viewer(chrome: &Chrome) -> Html {
    let texts = chrome.language.texts();
    let Some(name) = &chrome.viewer else {
        return Html::default();
    };
    let text = match chrome.is_link {
        true => texts.viewing_by_link,
        false => texts.signed_in_as,
    };
    let action = format!("{}sign-out", chrome.root);
    html! {
        <div class="viewer">
            <span>{ with(text, name) }</span>
            if chrome.has_session {
                <form method="post" {action}>
                    <button class="quiet">{ texts.sign_out }</button>
                </form>
            }
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_escapes_names_and_keeps_the_style() {
        let chrome = Chrome {
            title: "<b>&".into(),
            viewer: Some("a\"<i>".into()),
            has_session: true,
            root: "../".into(),
            ..Chrome::default()
        };
        let html = document(&chrome, html! { <p>{ "x < y" }</p> });
        assert!(
            html.starts_with("<!doctype html>\n<html lang=\"id\">"),
            "{html}"
        );
        assert!(html.contains(&format!("<style>{STYLE}</style>")), "{html}");
        assert!(html.contains("&lt;b&gt;&amp;") && html.contains("<p>x &lt; y</p>"));
        assert!(html.contains("a\"&lt;i&gt;") && !html.contains("<i>"));
        assert!(html.contains("action=\"../sign-out\""));
    }
}
