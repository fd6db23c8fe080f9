//! What the page itself tells a webmaster who asks for it: `data-debug` on the tag, or `?debug` in its address.

use crate::{
    engine::Engine,
    newsroom::{ARTICLE, Newsroom},
    page::{Draft, OWN_TEXT, Page, element},
    reader::Reader,
};

const ASKED: &str = "async data-debug";

/// A page as it should be, of that tag.
fn sound(tag: &str) -> Draft {
    let head = format!("<link rel=canonical href=/berita/banjir>{tag}");
    let style = "<style>gema-article { display: block } h1 { font-size: 1.5em }</style>";
    let body = format!("<main><h1>Banjir</h1><gema-article><p>{OWN_TEXT}</p></gema-article></main>");
    Draft::default().page("/", &(head + style), &body)
}

/// What the box says; nothing where there is none.
const TEXT: &str = "(document.querySelector('gema-debug')?.shadowRoot.textContent ?? '')";

impl Reader {
    /// Waits until the box says each of these.
    fn is_told(&self, parts: &[&str]) -> &Self {
        for part in parts {
            self.sees(&format!("{TEXT}.includes({part:?}) || {TEXT}"), true);
        }
        self
    }

    /// The box says none of these.
    fn is_not_told(&self, parts: &[&str]) -> &Self {
        for part in parts {
            self.sees(&format!("{TEXT}.includes({part:?}) && {TEXT}"), false);
        }
        self
    }
}

#[test]
fn the_box_is_there_only_where_the_tag_asks_for_it() {
    let newsroom = Newsroom::open();
    let reader = Reader::new();
    let files = "performance.getEntriesByType('resource').filter((one) => one.name.includes('debug.js')).length";
    reader.opens(&Page::of(&newsroom)).widget().stands("wasm");
    newsroom.has_reads(ARTICLE, 1);
    reader.sees("document.querySelectorAll('gema-debug').length", 0).sees(files, 0);
    for tag in [newsroom.tag(ASKED), newsroom.tag("async").replace("/embed.js", "/embed.js?debug")] {
        reader.opens(&Draft::article(&tag, "").served()).is_told(&["Site"]);
        reader.sees("document.querySelectorAll('gema-debug').length", 1).sees(files, 1);
    }
    // The script that stays for a major version learns from the endpoint where the file is.
    let frozen = newsroom.tag(ASKED).replace("/embed.js", "/embed.v1.js");
    reader.opens(&Draft::article(&frozen, "").served()).is_told(&["Site"]);
}

#[test]
fn on_a_sound_page_nothing_is_wrong_and_the_state_follows_the_reader() {
    let newsroom = Newsroom::open();
    let reader = Reader::new();
    let page = sound(&newsroom.tag(ASKED));
    let page = page.also_at("/", &["/berita/banjir".into()]).served();
    reader.goes_to(&page.url("/berita/banjir"));
    reader.is_told(&[
        "Errors: 0. Warnings: 0. Notes: 1.",
        "canonical-relative",
        &newsroom.url("/"),
        "widget-",
        "/berita/banjir (from the canonical link)",
        "works, by WebAssembly",
        "asked: id; shown: id",
        "Counts takenyes",
        "Readcounted",
    ]);
    newsroom.has_reads("/berita/banjir", 1);
    // The page goes on to another article.
    reader.runs("document.querySelector('gema-article').setAttribute('article', 'lain')", &[]);
    reader.is_told(&["lain (from the element's attribute)"]);
    newsroom.has_reads("lain", 1);
}

#[test]
fn an_origin_that_the_site_does_not_list_is_named() {
    let newsroom = Newsroom::for_origins(r#"["https://warta.example"]"#);
    let reader = Reader::new();
    let page = Draft::article(&newsroom.tag(ASKED), "").served();
    reader.opens(&page).is_told(&[
        "ERROR origin-refused",
        "add this to its `origins`",
        "Counts takenno: Pages of",
        "is not counted",
    ]);
}

#[test]
fn an_address_without_a_canonical_link_and_a_link_that_leads_elsewhere_are_named() {
    let newsroom = Newsroom::open();
    let reader = Reader::new();
    let body = format!("<main><gema-article><p>{OWN_TEXT}</p></gema-article></main>");
    let page = |head: &str| Draft::default().page("/baca", &(head.to_owned() + &newsroom.tag(ASKED)), &body).served();
    let none = page("");
    reader.goes_to(&none.url("/baca?id=7")).is_told(&[
        "ERROR canonical-missing",
        "?id=7",
        "/baca (from the page's address)",
    ]);
    reader.goes_to(&none.url("/baca")).is_told(&["NOTE canonical-missing"]);
    let other = page("<link rel=canonical href='http://warta.example/baca?utm_source=x'>");
    reader.goes_to(&other.url("/baca")).is_told(&[
        "WARNING canonical-other-host",
        "ERROR canonical-campaign",
        "utm_source",
    ]);
    // Where the element names its article, the counts do not rest on the link.
    let named = Draft::default().page("/baca", &newsroom.tag(ASKED), &element("")).served();
    reader
        .goes_to(&named.url("/baca?id=7"))
        .is_told(&["(from the element's attribute)"])
        .is_not_told(&["canonical-missing"]);
}

#[test]
fn a_policy_that_refuses_webassembly_or_the_endpoint_is_named_under_that_policy() {
    let newsroom = Newsroom::open();
    let reader = Reader::new();
    let origin = newsroom.url("");
    let strict = |more: &str| format!("default-src 'none'; script-src {origin}; {more}");
    let open = |policy: &str| Draft::article(&newsroom.tag(ASKED), "").policy(policy).served();
    let page = open(&strict(&format!("connect-src {origin}")));
    reader.opens(&page).widget().stands("plain");
    reader.is_told(&["WARNING csp-wasm", "'wasm-unsafe-eval'", "works, without WebAssembly: no wasm:"]);
    let style = "getComputedStyle(document.querySelector('gema-debug').shadowRoot.querySelector('section')).display";
    reader.sees(style, "flex").sees("getComputedStyle(document.querySelector('gema-debug')).position", "fixed");
    // Nothing of the endpoint's comes, and the box does.
    let page = open(&format!("script-src {origin} 'wasm-unsafe-eval'; connect-src 'self'"));
    reader.opens(&page).is_told(&["connect-src", "nothing is shown"]);
}

#[test]
fn empty_elements_and_two_with_one_name_are_named() {
    let newsroom = Newsroom::open();
    let reader = Reader::new();
    let body = "<main><gema-article article=a></gema-article><gema-article article=a><p>Isi.</p></gema-article></main>";
    let page = Page::with(&newsroom.tag(ASKED), body);
    reader.opens(&page).is_told(&["WARNING element-empty", "WARNING several-same", "Element 2"]);
    // What a page says is text.
    let body = "<main><gema-article article='&lt;img src=x id=made&gt;'><p>Isi.</p></gema-article></main>";
    reader.opens(&Page::with(&newsroom.tag(ASKED), body)).is_told(&["<img src=x id=made>"]);
    reader.sees("document.querySelector('gema-debug').shadowRoot.querySelectorAll('img').length", 0);
}

#[test]
fn axe_finds_nothing_in_the_box_and_the_keyboard_closes_it() {
    const ENTER: char = '\u{e007}';
    const ESCAPE: char = '\u{e00c}';
    let newsroom = Newsroom::for_origins(r#"["https://warta.example"]"#);
    let page = sound(&newsroom.tag(ASKED)).served();
    for (key, scheme) in [(ENTER, "light"), (ESCAPE, "dark")] {
        // No window of WebKit's is narrower.
        let reader = Reader::with_width(if Engine::current() == Engine::WebKit { 360 } else { 320 });
        reader.opens(&page).is_told(&["origin-refused", "The element"]);
        let style = format!(
            "document.documentElement.style.colorScheme = '{scheme}'; document.documentElement.style.fontSize = '200%'"
        );
        reader.runs(&style, &[]);
        // What the box covers, and what is scrolled out of it, has colours that axe cannot see.
        let mut faults = reader.faults();
        faults.retain(|fault| fault.contains(" at gema-debug") && !fault.contains("partially obscured"));
        assert_eq!(faults, [""; 0], "{scheme}: {faults:#?}");
        let fits = "(({ left, right, top, bottom }) => left >= 0 && right <= innerWidth && top >= 0 && bottom <= innerHeight)(document.querySelector('gema-debug').getBoundingClientRect())";
        reader.sees(fits, true);
        reader.runs("document.querySelector('gema-debug').shadowRoot.querySelector('button').focus()", &[]);
        reader.presses(key).sees("document.querySelectorAll('gema-debug').length", 0);
    }
}
