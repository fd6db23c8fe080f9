use std::path::Path;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::{
    engine::Engine,
    newsroom::{ARTICLE, Newsroom},
    page::{Draft, Page},
    reader::Reader,
};

#[test]
fn print_shows_counts_as_text_without_buttons_in_chromium() {
    let newsroom = Newsroom::open();
    let page = Page::of(&newsroom);
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget.reacts("happy").says("[part=reads]", "Dibaca 1 kali");
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    reader.devtools("Emulation.setEmulatedMedia", json!({ "media": "print" }));
    let style = |part: &str, property: &str| {
        widget.finds(&format!(
            "getComputedStyle(root.querySelector('{part}')).{property}"
        ))
    };
    assert_eq!(style("[part=share]", "display"), json!("none"));
    assert_eq!(style("[part=option]", "borderStyle"), json!("none"));
    assert_eq!(
        style("[part=option]", "backgroundColor"),
        json!("rgba(0, 0, 0, 0)")
    );
    assert_eq!(style("[part=option]", "boxShadow"), json!("none"));
    for part in [
        "[part=reads]",
        "#question",
        "[part=option] [part=label]",
        "[part=option] [part=count]",
        "[part=responses]",
    ] {
        assert_eq!(
            widget.finds(&format!("root.querySelector('{part}').checkVisibility()")),
            json!(true),
            "{part}"
        );
    }
}

/// The page's layout shift since the tag was added, or since the page was opened, and its sources, without input from
/// the reader.
pub(crate) const SHIFT: &str = "new Promise((done) => {
    const shifts = [];
    const since = (entries) => entries.filter(({ startTime }) => startTime > (window.begun ?? 0));
    const add = (entries) => since(entries).forEach(({ value, sources }) => shifts.push([value, ...sources.map(
        ({ node, previousRect, currentRect }) => [node?.outerHTML?.slice(0, 99) ?? node?.data, previousRect, currentRect],
    )]));
    const observer = new PerformanceObserver((list) => add(list.getEntries()));
    observer.observe({ type: 'layout-shift', buffered: true });
    requestAnimationFrame(() => setTimeout(() => { add(observer.takeRecords()); done(shifts); }, 100));
})";

/// Scrolls to where the end of the article and what follows it are visible, so that a shift would show.
const TO_THE_END: &str = "const end = document.querySelector('gema-article').getBoundingClientRect().bottom; \
                          scrollTo({ top: end - innerHeight / 2, behavior: 'instant' })";

/// The demo page at another origin, with this style sheet, scrolled to the widget's place before the widget is there.
pub(crate) fn demo_at_its_end(newsroom: &Newsroom, css: &str) -> Page {
    let html = newsroom.get("/").replace(
        "src=\"/embed.js\"",
        &format!("src=\"{}\"", newsroom.url("/embed.js")),
    );
    assert!(html.contains(&newsroom.url("/embed.js")));
    // The script waits until the reader has scrolled.
    let html = html.replace("<script async", "<script type=later");
    Draft::default()
        .file("/", "text/html", html)
        .file("/demo.css", "text/css", css.to_owned())
        .served()
}

/// The layout shift around the end of the article while the widget mounts.
pub(crate) fn shifts(reader: &Reader, page: &Page) -> Vec<Value> {
    reader.opens(page).runs(TO_THE_END, &[]);
    reader.runs(
        "requestAnimationFrame(() => requestAnimationFrame(() => {
            const later = document.querySelector('script[type=later]'), tag = document.createElement('script');
            Object.assign(tag, { src: later.src, async: true }).dataset.site = later.dataset.site;
            later.replaceWith(tag);
            window.begun = performance.now();
        }))",
        &[],
    );
    reader.widget().is_there();
    reader.awaits(SHIFT).as_array().expect("a list").clone()
}

#[test]
fn nothing_shifts_where_the_page_keeps_the_room_in_chromium() {
    let newsroom = Newsroom::demo();
    let css = newsroom.get("/demo.css");
    let without = css
        .replace("gema-article:not([data-ready])::after", "gema-none")
        .replace("--gema-reserve", "--none");
    assert_ne!(css, without);
    let kept = demo_at_its_end(&newsroom, &css);
    let not_kept = demo_at_its_end(&newsroom, &without);
    for width in [360, 600, 1280] {
        let reader = Reader::with_width(width);
        assert_eq!(shifts(&reader, &kept), [Value::Null; 0], "at {width} px");
        assert!(
            !shifts(&reader, &not_kept).is_empty(),
            "the measure sees no shift at all at {width} px"
        );
    }
}

#[test]
fn the_demo_fits_every_width_in_both_themes_in_chromium() {
    for width in [360, 1280] {
        for scheme in ["light", "dark"] {
            let newsroom = Newsroom::demo();
            let reader = Reader::with_width(width);
            reader.devtools(
                "Emulation.setEmulatedMedia",
                json!({ "features": [
                { "name": "prefers-color-scheme", "value": scheme },
                { "name": "prefers-reduced-motion", "value": "reduce" },
            ] }),
            );
            let widget = reader.goes_to(&newsroom.url("/")).widget();
            widget.is_there();
            stands(&reader, width);
            take(&reader, &format!("demo-{width}-{scheme}-before"));
            widget.reacts("happy").has_chosen(Some("happy"));
            reader.runs(
                "document.querySelector('gema-article').shadowRoot.activeElement?.blur()",
                &[],
            );
            stands(&reader, width);
            take(&reader, &format!("demo-{width}-{scheme}-after"));
            reader.goes_to(&newsroom.url("/berita.html"));
            reader.sees(
                "[...document.querySelectorAll('gema-count')].every((one) => one.shadowRoot)",
                true,
            );
            stands(&reader, width);
            take(&reader, &format!("list-{width}-{scheme}"));
        }
    }
}

/// Checks that nothing is wider than the page, and no text is cut or covered.
pub(crate) fn stands(reader: &Reader, width: u32) {
    assert_eq!(
        reader.finds("document.documentElement.scrollWidth <= innerWidth && innerWidth"),
        json!(width)
    );
    let parts = |selector: &str, fault: &str| {
        let found = "[...document.querySelectorAll('gema-article')].flatMap((host) => [...host.shadowRoot.querySelectorAll";
        reader.finds(&format!(
            "{found}('{selector}')]).filter((part) => part.checkVisibility() && {fault}).map((part) => part.innerText)"
        ))
    };
    let texts = "[part=label], [part=count], [part=share-button], h2, p:not(.said)";
    assert_eq!(
        parts(texts, "part.scrollWidth > part.clientWidth + 1"),
        json!([]),
        "cut"
    );
    assert_eq!(
        parts("button, a", "part.offsetHeight < 44"),
        json!([]),
        "too small for a thumb"
    );
}

/// Keeps a picture of the whole page in target/screenshots.
pub(crate) fn take(reader: &Reader, name: &str) {
    // Only Chromium takes screenshots of a whole page.
    if Engine::current() != Engine::Chromium {
        return;
    }
    let picture = reader.devtools(
        "Page.captureScreenshot",
        json!({ "captureBeyondViewport": true, "format": "png" }),
    );
    let Value::String(picture) = &picture["data"] else {
        panic!("no picture: {picture}")
    };
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/screenshots");
    std::fs::create_dir_all(&dir).expect("a directory");
    std::fs::write(
        dir.join(name).with_extension("png"),
        STANDARD.decode(picture).expect("base64"),
    )
    .expect("a picture");
}
