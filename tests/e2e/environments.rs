use crate::{
    newsroom::{ARTICLE, Newsroom},
    page::{Draft, Page, element},
    reader::Reader,
};

/// What old libraries make of the browser's globals: MooTools replaces `Document`, `Window` and `Event`, and Prototype.js
/// `Element`.
const REPLACED_GLOBALS: [&str; 3] = [
    "var own = window.Element; window.Element = function (tag) { return document.createElement(tag); }; Object.assign(window.Element, own);",
    "window.Document = function () {}; window.Window = function () {};",
    "window.Event = function (event, win) { return event || win.event; };",
];

#[test]
fn libraries_that_replace_globals_do_not_break_the_widget() {
    let newsroom = Newsroom::open();
    let reader = Reader::new();
    for (number, script) in REPLACED_GLOBALS.iter().enumerate() {
        let key = format!("lama-{number}");
        let html = format!("<gema-article article={key}><p>Isi.</p></gema-article>");
        let head = format!("<script>{script}</script>{}", newsroom.tag("async"));
        let page = Draft::default().page("/", &head, &html).served();
        let widget = reader.loads(&page);
        widget.reacts("happy").counts(&[("happy", 1)]);
        newsroom.has_reads(&key, 1);
        newsroom.has_reactions(&key, &[("happy", 1)]);
    }
}

#[test]
fn a_page_of_xhtml_has_the_widget() {
    let newsroom = Newsroom::open();
    let tag = newsroom.tag("async=\"async\"");
    let html = format!(
        "<?xml version=\"1.0\"?>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"id\"><head><title>Berita</title>{tag}</head>\
         <body><gema-article article=\"{ARTICLE}\"><p>Isi.</p></gema-article></body></html>"
    );
    let page = Draft::default()
        .file("/", "application/xhtml+xml", html)
        .served();
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget.reacts("happy").counts(&[("happy", 1)]);
    newsroom.has_reads(ARTICLE, 1);
}

/// Runs the scripts of inserted markup as jQuery does: each by an element of its own, without the attributes.
const INSERT: &str = "
    const main = document.querySelector('main');
    main.innerHTML = arguments[0];
    const script = document.createElement('script');
    script.src = main.querySelector('script').src;
    document.head.append(script);
";

#[test]
fn a_tag_in_markup_that_a_library_inserts_names_its_site() {
    let newsroom = Newsroom::open();
    let page = Draft::default()
        .page("/berita/sisip/", "", "<main></main>")
        .served();
    let reader = Reader::new();
    reader.goes_to(&page.url("/berita/sisip/"));
    let markup = format!(
        "<article><h1>Berita</h1><p>Isi.</p>{}</article>",
        newsroom.tag("async")
    );
    reader.runs(INSERT, &[markup.into()]);
    reader.widget().is_there();
    newsroom.has_reads("/berita/sisip/", 1);
}

/// An element that draws the article in its shadow root.
const STORY: &str = "<x-story></x-story><script>
    customElements.define('x-story', class extends HTMLElement {
        connectedCallback() {
            this.attachShadow({ mode: 'open' }).innerHTML = '<gema-article article=bayangan><p>Isi.</p></gema-article>';
        }
    });
</script>";

#[test]
fn an_article_in_a_shadow_root_has_the_pages_language() {
    let newsroom = Newsroom::in_languages(&["id".into(), "en".into()], "");
    let body = format!("<main lang=en>{STORY}</main>");
    let page = Draft::default()
        .page("/berita/bayangan/", &newsroom.tag("async"), &body)
        .served();
    let reader = Reader::new();
    reader.goes_to(&page.url("/berita/bayangan/"));
    let inner = "document.querySelector('x-story').shadowRoot.querySelector('gema-article')";
    reader.sees(&format!("{inner}.dataset.ready"), "wasm");
    let text = format!("{inner}.shadowRoot.querySelector('[part=reads]').textContent");
    reader.sees(&text, "Read 1 time");
    newsroom.has_reads("bayangan", 1);
    reader.sees("document.querySelectorAll('gema-article').length", 0);
    assert_eq!(newsroom.tally("/berita/bayangan/").rev, 0);
}

#[test]
fn counts_in_shadow_roots_make_a_page_a_list() {
    let newsroom = Newsroom::open();
    let list = STORY.replace(
        "<gema-article article=bayangan><p>Isi.</p></gema-article>",
        "<p id=inner></p>",
    ) + "<script>
        const { shadowRoot } = document.querySelector('x-story'), inner = shadowRoot.querySelector('#inner');
        inner.attachShadow({ mode: 'open' }).innerHTML = '<gema-count article=satu></gema-count>';
    </script>";
    let page = Draft::default()
        .page(
            "/terkini/",
            &newsroom.tag("async"),
            &format!("<main>{list}</main>"),
        )
        .served();
    let reader = Reader::new();
    reader.goes_to(&page.url("/terkini/"));
    let count = "document.querySelector('x-story').shadowRoot.querySelector('#inner').shadowRoot.firstElementChild";
    reader.sees(&format!("{count}.shadowRoot?.textContent"), "Dibaca 0 kali");
    reader.sees("document.querySelectorAll('gema-article').length", 0);
    reader.sees("performance.now() > 900", true);
    assert_eq!(newsroom.tally("/terkini/").rev, 0);
}

#[test]
fn slides_of_reveal_are_one_article() {
    let newsroom = Newsroom::open();
    let slides = "<main class=reveal><div class=slides><section>Satu.</section><section>Dua.</section></div></main>";
    let page = Draft::default()
        .page(
            "/paparan/",
            "",
            &(slides.to_owned() + &newsroom.tag("async")),
        )
        .served();
    let reader = Reader::new();
    reader.goes_to(&page.url("/paparan/#/1"));
    reader.widget().is_there();
    newsroom.has_reads("/paparan/", 1);
    for slide in ["#/0", "#/1/2", "#/penutup"] {
        reader.runs("location.hash = arguments[0]", &[slide.into()]);
        reader.widget().is_there();
    }
    reader.widget().reacts("happy").has_chosen(Some("happy"));
    newsroom.has_reactions("/paparan/", &[("happy", 1)]);
    assert_eq!(newsroom.tally("/paparan/#/penutup").rev, 0);
}

/// A page's own shortcuts, which leave alone what is typed in its fields.
const SHORTCUTS: &str = "<script>
    window.taken = [];
    addEventListener('keydown', (event) => {
        if (!event.target.matches('input')) window.taken.push(event.key);
    });
</script>";

#[test]
fn keys_in_the_widgets_field_are_not_the_pages_shortcuts() {
    let newsroom = Newsroom::with("networks = [\"mastodon\", \"copy\"]");
    let head = SHORTCUTS.to_owned() + &newsroom.tag("async");
    let page = Page::with(&head, &element(""));
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget.shares("mastodon");
    widget.sees("root.activeElement?.localName", "input");
    reader.types("warta/s");
    widget.sees("root.querySelector('input').value", "warta/s");
    assert_eq!(reader.finds("window.taken.length"), 0);
    // The first one closes the panel, and the second one is the page's.
    reader.presses('\u{e00c}');
    widget.sees("!root.querySelector('input')", true);
    assert_eq!(reader.finds("window.taken.length"), 0);
    reader.presses('\u{e00c}');
    reader.sees("window.taken.join()", "Escape");
}

#[test]
fn a_script_that_adds_headers_to_requests_loses_no_event() {
    let newsroom = Newsroom::open();
    let head = "<script>
        const own = window.fetch;
        window.fetch = (url, options = {}) => own(url, { ...options, headers: { ...options.headers, traceparent: '00-1-1-00' } });
    </script>"
        .to_owned()
        + &newsroom.tag("async");
    let page = Page::with(&head, &element(""));
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget.reacts("happy").counts(&[("happy", 1)]);
    newsroom.has_reads(ARTICLE, 1);
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
}
