//! Messages for the webmaster in the console, and for the reader in the widget, when the endpoint accepts nothing from
//! the page.

use serde_json::json;

use crate::{
    newsroom::{ARTICLE, Newsroom, SITE},
    page::{Draft, Page, element},
    reader::Reader,
};

const REFUSED: &str = "Maaf, pilihan Anda tidak dapat diterima.";

/// An endpoint for pages of another origin than the tests'.
fn strangers() -> Newsroom {
    Newsroom::for_origins(r#"["https://warta.example"]"#)
}

#[test]
fn an_unlisted_origin_has_a_closed_poll_and_a_console_line() {
    let newsroom = strangers();
    let page = Page::of(&newsroom);
    let reader = Reader::new();
    reader
        .loads(&page)
        .sees("root.querySelectorAll('button[part=option]').length", 0);
    reader.says_in_console(&["origins"]);
    assert_eq!(newsroom.tally(ARTICLE).rev, 0);
}

#[test]
fn a_refused_choice_is_shown_at_once_and_subtracted() {
    for has_wasm in [true, false] {
        let mut newsroom = Newsroom::open();
        let reader = Reader::new();
        let _page = Page::opened(&newsroom, &reader, has_wasm);
        let widget = reader.widget();
        if !has_wasm {
            reader.says_in_console(&["no wasm"]);
        }
        newsroom.has_reads(ARTICLE, 1);
        // The site's origins change while the page is open.
        newsroom.takes_origins(r#"["https://warta.example"]"#);
        widget
            .reacts("happy")
            .says("[part=poll] [part=notice]", REFUSED)
            .has_chosen(None)
            .counts(&[]);
        widget.sees("root.querySelector('[aria-live]').textContent", REFUSED);
        reader.says_in_console(&["origins"]);
        newsroom.takes_origins(r#"["loopback"]"#);
        widget
            .reacts("sad")
            .has_chosen(Some("sad"))
            .counts(&[("sad", 1)]);
        newsroom.has_reactions(ARTICLE, &[("sad", 1)]);
    }
}

#[test]
fn each_wrong_endpoint_has_its_own_console_line() {
    let newsroom = Newsroom::open();
    let reader = Reader::new();
    let page = |site: &str, endpoint: &str| {
        let src = newsroom.url("/embed.js");
        let tag =
            format!("<script async src={src} data-site={site} data-endpoint={endpoint}></script>");
        Draft::article(&tag, "")
            .file("/other/v1", "text/html", String::new())
            .served()
    };
    let unknown = page("lain", &newsroom.url("/"));
    reader.opens(&unknown).says_in_console(&["lain"]);
    // Nothing listens on the discard port.
    let absent = page(SITE, "http://127.0.0.1:9/");
    reader
        .opens(&absent)
        .says_in_console(&["no answer from http://127.0.0.1:9/"]);
    // The page's own server is not an endpoint.
    let other = page(SITE, "/");
    reader
        .opens(&other)
        .says_in_console(&["answers 404, not as Gema"]);
}

#[test]
fn a_policy_without_connect_src_is_named() {
    let newsroom = Newsroom::open();
    let page = Draft::article(&newsroom.tag("async"), "")
        .policy("default-src http: 'unsafe-inline'; connect-src 'self'")
        .served();
    let reader = Reader::new();
    reader.opens(&page).says_in_console(&["connect-src"]);
    reader.sees("document.querySelector('gema-article').dataset.ready", "no");
}

#[test]
fn consent_before_the_script_holds_and_can_be_withdrawn() {
    let newsroom = Newsroom::open();
    let reader = Reader::new();
    let asked = "performance.getEntriesByType('resource').filter((one) => one.name.includes('/v1/')).length";
    // The attribute is set before any script of ours runs.
    let page = Page::with(
        "",
        &format!(
            "{}<script>document.querySelector('gema-article').removeAttribute('consent')</script>{}",
            element("consent=wait"),
            newsroom.tag("async")
        ),
    );
    reader.loads(&page);
    newsroom.has_reads(ARTICLE, 1);
    // Consent can be given at any time, by attribute or method; when it is withdrawn, the widget is removed.
    let page = Draft::article(&newsroom.tag("async"), "consent=wait article=lain").served();
    reader.opens(&page).sees(
        "!!customElements.get('gema-article') && document.readyState",
        "complete",
    );
    assert_eq!(reader.finds(asked), json!(0));
    reader.runs("document.querySelector('gema-article').consent()", &[]);
    reader.widget().is_there();
    for consent in ["taken", "wait"] {
        reader.runs(
            "document.querySelector('gema-article').setAttribute('consent', arguments[0])",
            &[json!(consent)],
        );
    }
    reader.widget().is_gone();
    // The bare tag supports this by its own attribute.
    let tag = newsroom.tag("async data-consent=wait data-article=ketiga");
    let page = Page::with(&tag, "<main><p>Isi.</p></main>");
    reader.opens(&page).sees(
        "document.querySelector('gema-article').getAttribute('consent')",
        "wait",
    );
    assert_eq!(reader.finds(asked), json!(0));
    reader.runs(
        "document.querySelector('script[data-consent]').dataset.consent = 'given'",
        &[],
    );
    reader.widget().is_there();
    newsroom.has_reads("ketiga", 1);
    reader.runs(
        "document.querySelector('script[data-consent]').dataset.consent = 'wait'",
        &[],
    );
    reader.widget().is_gone();
}

#[test]
fn a_page_with_count_off_counts_nothing() {
    let newsroom = Newsroom::open();
    let page = Draft::article(&newsroom.tag("async"), "count=off").served();
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget.sees("root.querySelectorAll('button[part=option]').length", 0);
    widget.finds("root.querySelector('[data-part=copy]').click()");
    reader.sees("performance.now() > 1500", true);
    assert_eq!(newsroom.tally(ARTICLE).rev, 0);
    // Then the article is published.
    reader.runs(
        "document.querySelector('gema-article').removeAttribute('count')",
        &[],
    );
    widget.is_there().reacts("happy").counts(&[("happy", 1)]);
    newsroom.has_reads(ARTICLE, 1);
    assert_eq!(
        newsroom
            .tally(ARTICLE)
            .shares
            .0
            .iter()
            .map(|(_, count)| count)
            .sum::<u64>(),
        0
    );
}

#[test]
fn an_emptied_element_moves_below_its_text_and_is_reported() {
    let newsroom = Newsroom::open();
    // As a classic editor or Markdown writes it: with a paragraph around the opening tag.
    let body = "<main id=story><p><gema-article article=a></p><p>Satu.</p><p id=last>Dua.</p><p></gema-article></p></main>";
    let page = Page::with(&newsroom.tag("async"), body);
    let reader = Reader::new();
    reader.loads(&page);
    reader.says_in_console(&["is empty here"]);
    let below = "document.querySelector('gema-article').getBoundingClientRect().top >= document.querySelector('#last').getBoundingClientRect().bottom";
    assert_eq!(reader.finds(below), json!(true));
    newsroom.has_reads("a", 1);
}
