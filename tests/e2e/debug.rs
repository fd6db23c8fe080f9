//! The debug box, which a webmaster opens by `data-debug` on the tag or `?debug` in its address.

use crate::{
    engine::Engine,
    newsroom::{ARTICLE, Newsroom},
    page::{Draft, OWN_TEXT, Page, element},
    reader::Reader,
};

const DEBUG_ATTRIBUTES: &str = "async data-debug";

/// A page without faults that has this tag.
fn sound(tag: &str) -> Draft {
    let head = format!("<link rel=canonical href=/berita/banjir>{tag}");
    let style = "<style>gema-article { display: block } h1 { font-size: 1.5em }</style>";
    let body =
        format!("<main><h1>Banjir</h1><gema-article><p>{OWN_TEXT}</p></gema-article></main>");
    Draft::default().page("/", &(head + style), &body)
}

/// The text of the box; empty if there is none.
const TEXT: &str = "(document.querySelector('gema-debug')?.shadowRoot.textContent ?? '')";

impl Reader {
    /// Waits until the box contains all of these.
    fn is_told(&self, parts: &[&str]) -> &Self {
        for part in parts {
            self.sees(&format!("{TEXT}.includes({part:?}) || {TEXT}"), true);
        }
        self
    }

    /// Checks that the box contains none of these.
    fn is_not_told(&self, parts: &[&str]) -> &Self {
        for part in parts {
            self.sees(&format!("{TEXT}.includes({part:?}) && {TEXT}"), false);
        }
        self
    }
}

#[test]
fn the_debug_box_needs_an_option_of_the_tag() {
    let newsroom = Newsroom::open();
    let reader = Reader::new();
    let files = "performance.getEntriesByType('resource').filter((one) => one.name.includes('debug.js')).length";
    reader.opens(&Page::of(&newsroom)).widget().stands("wasm");
    newsroom.has_reads(ARTICLE, 1);
    reader
        .sees("document.querySelectorAll('gema-debug').length", 0)
        .sees(files, 0);
    // A template may always write the option, with a value.
    let by_address = |query: &str| {
        newsroom
            .tag("async")
            .replace("/embed.js", &format!("/embed.js?{query}"))
    };
    for tag in [
        newsroom.tag("async data-debug=false"),
        newsroom.tag("async data-debug=0"),
        by_address("a=1&debug=off"),
    ] {
        reader
            .opens(&Draft::article(&tag, "").served())
            .widget()
            .stands("wasm");
        reader
            .sees("document.querySelectorAll('gema-debug').length", 0)
            .sees(files, 0);
    }
    // A second tag has no effect except its option.
    let second = newsroom.tag("async") + &newsroom.tag(DEBUG_ATTRIBUTES);
    for tag in [
        newsroom.tag(DEBUG_ATTRIBUTES),
        newsroom.tag("async data-debug=true"),
        by_address("debug"),
        by_address("debug=1"),
        second,
    ] {
        reader
            .opens(&Draft::article(&tag, "").served())
            .is_told(&["Site"]);
        reader.sees("document.querySelectorAll('gema-debug').length", 1);
    }
    // The frozen loader gets the file's address from the endpoint.
    let frozen = newsroom
        .tag(DEBUG_ATTRIBUTES)
        .replace("/embed.js", "/embed.v1.js");
    reader
        .opens(&Draft::article(&frozen, "").served())
        .is_told(&["Site"]);
    let frozen = frozen.replace("data-debug", "data-debug=false");
    reader
        .opens(&Draft::article(&frozen, "").served())
        .widget()
        .stands("wasm");
    reader
        .sees("document.querySelectorAll('gema-debug').length", 0)
        .sees(files, 0);
}

#[test]
fn a_sound_page_has_no_finding_and_a_current_state() {
    let newsroom = Newsroom::open();
    let reader = Reader::new();
    let page = sound(&newsroom.tag(DEBUG_ATTRIBUTES));
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
    // The element's article changes.
    reader.runs(
        "document.querySelector('gema-article').setAttribute('article', 'lain')",
        &[],
    );
    reader.is_told(&["lain (from the element's attribute)"]);
    newsroom.has_reads("lain", 1);
}

#[test]
fn an_origin_that_the_site_does_not_list_is_named() {
    let newsroom = Newsroom::for_origins(r#"["https://warta.example"]"#);
    let reader = Reader::new();
    let page = Draft::article(&newsroom.tag(DEBUG_ATTRIBUTES), "").served();
    reader.opens(&page).is_told(&[
        "ERROR origin-refused",
        "add this to its `origins`",
        "Counts takenno: Pages of",
        "is not counted",
        "→ In gema.toml, then gema reload: [sites.warta] origins = [\"http://localhost:",
    ]);
}

#[test]
fn a_finding_disappears_when_the_page_is_corrected() {
    let newsroom = Newsroom::open();
    let reader = Reader::new();
    reader.opens(&Draft::article(&newsroom.tag(DEBUG_ATTRIBUTES), "site=lain").served());
    let set = |name: &str, value: &str| {
        let script =
            "document.querySelector('gema-article').setAttribute(arguments[0], arguments[1])";
        reader.runs(script, &[name.into(), value.into()]);
        &reader
    };
    reader.is_told(&[
        "ERROR site-unknown",
        "→ Write the site's name",
        "Statenothing is shown: There is no site `lain`",
    ]);
    set("site", "warta")
        .is_told(&["Counts takenyes", "works"])
        .is_not_told(&["site-unknown", "ERROR"]);
    set("endpoint", "http://127.0.0.1:9/")
        .is_told(&["ERROR endpoint-unreachable", "→ See that the endpoint runs"]);
    set("endpoint", &newsroom.url("/"))
        .is_told(&["Counts takenyes"])
        .is_not_told(&["endpoint-unreachable"]);
    set("lang", "sw").is_told(&["WARNING lang-unknown", "→ Add \"sw\""]);
    set("lang", "id_ID")
        .is_told(&["WARNING lang-invalid", "lang=\"id-ID\""])
        .is_not_told(&["lang-unknown"]);
    set("lang", "").is_told(&["WARNING lang-missing"]);
    set("lang", "id").is_not_told(&["lang-"]);
    set("poll", "none").is_told(&["WARNING attribute-value", "\"none\" is no value of poll"]);
    set("poll", "closed").is_told(&[
        "NOTE poll-closed",
        "Counts takenreads, shares only: poll=\"closed\"",
    ]);
    reader.runs(
        "document.querySelector('gema-article').removeAttribute('poll')",
        &[],
    );
    reader
        .is_told(&["Counts takenyes"])
        .is_not_told(&["poll-closed", "attribute-value"]);
    reader.opens(&Page::with(
        &newsroom.tag(DEBUG_ATTRIBUTES),
        "<main><gema-article article=a></gema-article></main>",
    ));
    reader.is_told(&["WARNING element-empty", "→ Put the article between"]);
    reader.runs("document.querySelector('gema-article').append('Isi.')", &[]);
    reader.is_not_told(&["element-empty"]);
}

#[test]
fn a_refusal_is_reported_until_a_later_choice_is_taken() {
    for has_wasm in [true, false] {
        let mut newsroom = Newsroom::open();
        let reader = Reader::new();
        let draft = Draft::article(&newsroom.tag(DEBUG_ATTRIBUTES), "");
        let page = if has_wasm {
            draft
        } else {
            draft.policy("script-src 'unsafe-inline' http:")
        }
        .served();
        reader
            .opens(&page)
            .widget()
            .stands(if has_wasm { "wasm" } else { "plain" });
        reader.is_told(&["Counts takenyes", "Readcounted"]);
        // The box covers the poll until it is folded.
        reader.runs(
            "document.querySelector('gema-debug').shadowRoot.querySelector('button').click()",
            &[],
        );
        newsroom.takes_origins(r#"["https://warta.example"]"#);
        reader.widget().reacts("happy");
        reader.is_told(&["ERROR origin-refused", "Counts takenno: Pages of"]);
        newsroom.takes_origins(r#"["loopback"]"#);
        reader.widget().reacts("sad").counts(&[("sad", 1)]);
        reader
            .is_told(&["Counts takenyes"])
            .is_not_told(&["origin-refused"]);
    }
}

#[test]
fn the_box_shows_what_names_an_applications_article() {
    let newsroom = Newsroom::open();
    let reader = Reader::new();
    let body = format!("<main><gema-article><p>{OWN_TEXT}</p></gema-article></main>");
    let bare = Draft::default()
        .page("/", &newsroom.tag(DEBUG_ATTRIBUTES), &body)
        .served();
    reader.opens(&bare).is_told(&[
        "WARNING front-page",
        "Statenothing is shown: the article has no name",
    ]);
    let goes = "history.pushState({}, '', arguments[0]); document.title = arguments[0]";
    reader.runs(goes, &["/berita/a".into()]);
    reader
        .is_told(&["/berita/a (from the page's address)"])
        .is_not_told(&["front-page"]);
    let page = sound(&newsroom.tag(DEBUG_ATTRIBUTES))
        .also_at("/", &["/berita/banjir".into()])
        .served();
    reader
        .goes_to(&page.url("/berita/banjir"))
        .is_told(&["(from the canonical link)"]);
    reader.runs(goes, &["/berita/b".into()]);
    reader.is_told(&[
        "WARNING canonical-stale",
        "/berita/b (from the page's address: the canonical link is of another page)",
    ]);
    for href in ["javascript:void(0)", ""] {
        reader.runs(
            "document.querySelector('[rel=canonical]').setAttribute('href', arguments[0])",
            &[href.into()],
        );
        reader.is_told(&[
            "WARNING canonical-invalid",
            "the canonical link has no address of the web)",
        ]);
        reader.is_not_told(&["canonical-stale"]);
    }
}

#[test]
fn removed_foreign_and_hidden_elements_are_named() {
    let newsroom = Newsroom::open();
    let reader = Reader::new();
    let tag = newsroom.tag(DEBUG_ATTRIBUTES);
    let text = format!("<p>{OWN_TEXT}</p>");
    reader.opens(&Page::with(
        &tag,
        &format!("<article>{text}<gema-article article=a>{text}</gema-article></article>"),
    ));
    reader
        .is_told(&["Counts takenyes"])
        .runs("document.querySelector('gema-article').remove()", &[]);
    reader
        .is_told(&["WARNING element-removed", "→ Write <gema-article>"])
        .is_not_told(&["place-none"]);
    reader.opens(&Page::with(
        &tag,
        "<main><svg><gema-article article=a></gema-article></svg></main>",
    ));
    reader
        .is_told(&["ERROR element-foreign", "→ Move it out"])
        .is_not_told(&["hidden", "place-none", "Article"]);
    let folded = format!(
        "<main><details><summary>Isi</summary><gema-article article=b>{text}</gema-article></details></main>"
    );
    reader
        .opens(&Page::with(&tag, &folded))
        .is_told(&["now it is not in view"])
        .is_not_told(&["hidden"]);
    let hidden =
        format!("<main id=atas hidden><gema-article article=b>{text}</gema-article></main>");
    reader
        .opens(&Page::with(&tag, &hidden))
        .is_told(&["WARNING hidden", "<main id=\"atas\"> has display: none"]);
    let siteless = format!(
        "<script {DEBUG_ATTRIBUTES} src={} data-site=''></script>",
        newsroom.url("/embed.js")
    );
    reader.opens(&Draft::article(&siteless, "").served());
    reader.is_told(&[
        "ERROR site-missing",
        "Statenothing is shown: no site is named",
        "→ <script async",
    ]);
}

#[test]
fn a_misplaced_widget_is_named() {
    let newsroom = Newsroom::open();
    let reader = Reader::new();
    let tag = newsroom.tag(DEBUG_ATTRIBUTES);
    let text = format!("<p>{OWN_TEXT}</p>").repeat(5);
    let page = |head: &str, body: &str| {
        let head = format!("<link rel=canonical href=/berita/banjir>{head}");
        Draft::default().page("/", &head, body).served()
    };
    for (head, body, told) in [
        (
            &*tag,
            format!("<article><h1>Banjir</h1></article><div id=teks>{text}</div>"),
            "WARNING place-empty",
        ),
        (
            "",
            format!(
                "<main><article><h2><a href=/lain>Lain</a></h2><p>Isi.</p></article></main>{tag}"
            ),
            "WARNING place-list",
        ),
        (
            &*tag,
            "<article><h2>Lain</h2><p>Isi.</p><a href=/lain>Baca selengkapnya</a></article>".into(),
            "WARNING place-teaser",
        ),
        (
            "",
            format!(
                "<div><main><article>{text}</article></main><footer>Tentang</footer></div>{tag}"
            ),
            "WARNING tag-at-end",
        ),
    ] {
        reader.opens(&page(head, &body)).is_told(&[told]);
    }
    let names = ["place-empty", "place-list", "place-teaser", "tag-at-end"];
    let sound = format!("<main><article>{text}<footer>Penulis</footer></article></main>");
    for (head, body) in [(&*tag, sound.clone()), ("", sound + &tag)] {
        reader
            .opens(&page(head, &body))
            .is_told(&["Counts takenyes"])
            .is_not_told(&names);
    }
}

#[test]
fn missing_and_foreign_canonical_links_are_named() {
    let newsroom = Newsroom::open();
    let reader = Reader::new();
    let body = format!("<main><gema-article><p>{OWN_TEXT}</p></gema-article></main>");
    let page = |head: &str| {
        Draft::default()
            .page(
                "/baca",
                &(head.to_owned() + &newsroom.tag(DEBUG_ATTRIBUTES)),
                &body,
            )
            .served()
    };
    let none = page("");
    reader.goes_to(&none.url("/baca?id=7")).is_told(&[
        "ERROR canonical-missing",
        "?id=7",
        "/baca (from the page's address)",
    ]);
    reader
        .goes_to(&none.url("/baca"))
        .is_told(&["NOTE canonical-missing"]);
    let other = page("<link rel=canonical href='http://warta.example/baca?utm_source=x'>");
    reader.goes_to(&other.url("/baca")).is_told(&[
        "WARNING canonical-other-host",
        "ERROR canonical-campaign",
        "utm_source",
    ]);
    // If the element names its article, the link does not affect the counts.
    let named = Draft::default()
        .page("/baca", &newsroom.tag(DEBUG_ATTRIBUTES), &element(""))
        .served();
    reader
        .goes_to(&named.url("/baca?id=7"))
        .is_told(&["(from the element's attribute)"])
        .is_not_told(&["canonical-missing"]);
}

#[test]
fn a_policy_that_blocks_wasm_or_the_endpoint_is_named() {
    let newsroom = Newsroom::open();
    let reader = Reader::new();
    let origin = newsroom.url("");
    let strict = |more: &str| format!("default-src 'none'; script-src {origin}; {more}");
    let open = |policy: &str| {
        Draft::article(&newsroom.tag(DEBUG_ATTRIBUTES), "")
            .policy(policy)
            .served()
    };
    let page = open(&strict(&format!("connect-src {origin}")));
    reader.opens(&page).widget().stands("plain");
    reader.is_told(&[
        "WARNING csp-wasm",
        "'wasm-unsafe-eval'",
        "works, without WebAssembly: no wasm:",
    ]);
    let style = "getComputedStyle(document.querySelector('gema-debug').shadowRoot.querySelector('section')).display";
    reader.sees(style, "flex").sees(
        "getComputedStyle(document.querySelector('gema-debug')).position",
        "fixed",
    );
    // The policy blocks the endpoint's files, but not the box.
    let page = open(&format!(
        "script-src {origin} 'wasm-unsafe-eval'; connect-src 'self'"
    ));
    let replaces = format!("write in place of that directive: connect-src 'self' {origin};");
    reader
        .opens(&page)
        .is_told(&["ERROR csp-connect-src", "nothing is shown", &replaces]);
    // Sources that the page allows by default-src stay allowed.
    let page = open(&format!(
        "default-src 'self' http://cdn.example; script-src {origin} 'wasm-unsafe-eval'"
    ));
    let whole = format!("→ Add to the policy: connect-src 'self' http://cdn.example {origin};");
    reader
        .opens(&page)
        .is_told(&["ERROR csp-connect-src", &whole]);
}

#[test]
fn empty_elements_and_two_with_one_name_are_named() {
    let newsroom = Newsroom::open();
    let reader = Reader::new();
    let body = "<main><gema-article article=a></gema-article><gema-article article=a><p>Isi.</p></gema-article></main>";
    let page = Page::with(&newsroom.tag(DEBUG_ATTRIBUTES), body);
    reader
        .opens(&page)
        .is_told(&["WARNING element-empty", "WARNING several-same", "Element 2"]);
    // Texts of the page are shown as text, not as markup.
    let body =
        "<main><gema-article article='&lt;img src=x id=made&gt;'><p>Isi.</p></gema-article></main>";
    reader
        .opens(&Page::with(&newsroom.tag(DEBUG_ATTRIBUTES), body))
        .is_told(&["<img src=x id=made>"]);
    reader.sees(
        "document.querySelector('gema-debug').shadowRoot.querySelectorAll('img').length",
        0,
    );
}

#[test]
fn axe_finds_nothing_in_the_box_and_the_keyboard_closes_it() {
    const ENTER: char = '\u{e007}';
    const ESCAPE: char = '\u{e00c}';
    let newsroom = Newsroom::for_origins(r#"["https://warta.example"]"#);
    let page = sound(&newsroom.tag(DEBUG_ATTRIBUTES)).served();
    for (key, scheme) in [(ENTER, "light"), (ESCAPE, "dark")] {
        // The minimum width of WebKit's windows is 360.
        let reader = Reader::with_width(if Engine::current() == Engine::WebKit {
            360
        } else {
            320
        });
        reader
            .opens(&page)
            .is_told(&["origin-refused", "The element"]);
        let style = format!(
            "document.documentElement.style.colorScheme = '{scheme}'; document.documentElement.style.fontSize = '200%'"
        );
        reader.runs(&style, &[]);
        // axe cannot determine the colours of content that is scrolled out of the box, or is beside the body; so the
        // box is in a dialog here.
        let modal = "document.body.append(document.createElement('dialog'));
            document.querySelector('dialog').style.cssText = 'top: 0; bottom: auto; margin: 0; padding: 0; border: 0';
            document.querySelector('dialog').showModal()";
        reader.runs(modal, &[]);
        reader.sees(
            "document.querySelector('gema-debug').parentNode.localName",
            "dialog",
        );
        let mut faults = reader.faults();
        faults.retain(|fault| {
            fault.contains(" at gema-debug") && !fault.contains("partially obscured")
        });
        assert_eq!(faults, [""; 0], "{scheme}: {faults:#?}");
        let fits = "(({ left, right, top, bottom }) => left >= 0 && right <= innerWidth && top >= 0 && bottom <= innerHeight)(document.querySelector('gema-debug').getBoundingClientRect())";
        reader.sees(fits, true);
        reader.runs("document.querySelector('gema-debug').shadowRoot.querySelector('button:last-child').focus()", &[]);
        reader
            .presses(key)
            .sees("document.querySelectorAll('gema-debug').length", 0);
        reader.sees("document.querySelector('dialog').open", true);
    }
}

#[test]
fn the_page_cannot_move_cover_or_style_the_box_in_chromium() {
    let newsroom = Newsroom::open();
    let reader = Reader::with_width(320);
    let style = "<style>body { transform: translateX(40px) } body > main:last-child { outline: 3px solid red }
        * { display: inline !important; position: static !important; opacity: 0.2 !important }</style>";
    let body = format!(
        "<dialog id=modal><p>Isi</p></dialog><main><gema-article article=a><p>{OWN_TEXT}</p></gema-article></main>"
    );
    reader
        .opens(&Page::with(
            &(newsroom.tag(DEBUG_ATTRIBUTES) + style),
            &body,
        ))
        .is_told(&["Counts taken"]);
    let host = "document.querySelector('gema-debug')";
    let style = |name: &str| format!("getComputedStyle({host}).{name}");
    reader
        .sees(&style("position"), "fixed")
        .sees(&style("opacity"), "1")
        .sees(&style("display"), "block");
    reader.sees(
        "getComputedStyle(document.querySelector('main')).outlineStyle",
        "solid",
    );
    reader.sees(&format!("(({{ left, right, bottom }}) => [left, right, bottom - innerHeight])({host}.getBoundingClientRect()).join()"), "0,320,0");
    // The box can be folded and unfolded.
    let shadow = format!("{host}.shadowRoot");
    let fold = format!("{shadow}.querySelector('[aria-expanded]')");
    let covers = format!(
        "{host}.getBoundingClientRect().height < 60 && {host}.getBoundingClientRect().width < 160"
    );
    reader.runs(&format!("{fold}.click()"), &[]);
    reader
        .sees(&covers, true)
        .sees(&format!("{fold}.innerText.startsWith('Gema: ')"), true);
    reader.runs(&format!("{fold}.click()"), &[]);
    reader.sees(&covers, false).sees(
        &format!("{shadow}.querySelector('[tabindex]').getAttribute('role')"),
        "region",
    );
    // The box can be used above a modal dialog.
    reader.runs("document.querySelector('dialog').showModal()", &[]);
    reader.sees(
        &format!("document.elementFromPoint(innerWidth / 2, innerHeight - 30) === {host}"),
        true,
    );
    reader.runs("document.querySelector('dialog').close()", &[]);
    reader.sees(
        &format!("{host}.parentNode === document.documentElement"),
        true,
    );
    reader.devtools(
        "Emulation.setEmulatedMedia",
        serde_json::json!({ "media": "print" }),
    );
    reader.sees(&style("display"), "none");
    reader.devtools(
        "Emulation.setEmulatedMedia",
        serde_json::json!({ "media": "" }),
    );
    reader.sees(&style("display"), "block");
}
