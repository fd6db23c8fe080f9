use std::path::Path;

use serde_json::json;

use super::{REFUSING_CHOICES, article, with_heading};
use crate::{
    levels::{HELD, strict},
    newsroom::{ARTICLE, Newsroom, SITE},
    page::{OWN_TEXT, element},
    reader::Reader,
    widget::ALL_THERE,
};

/// axe's faults, in light and in dark.
fn judged(reader: &Reader, state: &str) -> Vec<String> {
    ["light", "dark"]
        .into_iter()
        .flat_map(|scheme| judged_in(scheme, reader, state))
        .collect()
}

fn judged_in(scheme: &str, reader: &Reader, state: &str) -> Vec<String> {
    let dress = "Object.assign(document.documentElement.style, { colorScheme: arguments[0], background: 'Canvas' })";
    reader.runs(dress, &[json!(scheme)]);
    let faults = reader.faults();
    faults
        .into_iter()
        .map(|fault| format!("{state}, {scheme}: {fault}"))
        .collect()
}

#[test]
fn axe_finds_nothing_in_whatever_a_reader_does() {
    for width in [360, 1100] {
        let newsroom = Newsroom::open();
        let page = article(&newsroom, "", "");
        let reader = Reader::with_width(width);
        let widget = reader.opens(&page).widget();
        let mut faults = vec![];
        let mut judge =
            |state: &str| faults.extend(judged(&reader, &format!("{state}, at {width} px")));
        widget.is_there().says("[part=reads]", "Dibaca 1 kali");
        judge("fresh");
        widget.reacts("happy").counts(&[("happy", 1)]);
        judge("reacted");
        let steps = [
            ("more", "all buttons", "[data-open=true]"),
            ("mastodon", "asked for her server", "[part=panel] input"),
            ("go", "no server", "[aria-invalid=true]"),
            ("qr", "the QR code", "[part=panel] img"),
            ("copy", "copied", "[part=share] > [part=notice]"),
        ];
        // On a wide page, all buttons are visible, so the first step is skipped.
        for (press, state, open) in steps.into_iter().skip(usize::from(width > 600)) {
            widget
                .clicks(&format!("[data-part={press}]"))
                .sees(&format!("!!root.querySelector('{open}')"), true);
            judge(state);
        }
        assert_eq!(faults, [""; 0], "{faults:#?}");
    }
}

#[test]
fn axe_finds_nothing_where_something_fails() {
    let mut newsroom = Newsroom::open();
    let reader = Reader::new();
    let mut faults = vec![];

    let denied = "<script>navigator.clipboard.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError'));</script>";
    let page = article(&newsroom, denied, "");
    reader
        .loads(&page)
        .shares("copy")
        .says("[part=panel] label", "Salin tautan ini:");
    faults.extend(judged(&reader, "to be copied by hand"));

    let page = article(&newsroom, REFUSING_CHOICES, "");
    let widget = reader.loads(&page);
    widget.reacts("sad").says(
        "[part=poll] [part=notice]",
        "Maaf, pilihan Anda tidak dapat diterima.",
    );
    faults.extend(judged(&reader, "refused"));

    let page = strict(&newsroom, "");
    reader
        .opens(&page)
        .widget()
        .stands("plain")
        .reacts("happy")
        .counts(&[("happy", 1)]);
    // The page has no heading of its own, which axe requires: add one.
    reader.runs(
        "document.querySelector('main').prepend(Object.assign(document.createElement('h1'), { innerText: 'Banjir' }))",
        &[],
    );
    faults.extend(judged(&reader, "without WebAssembly"));

    let page = article(&newsroom, "", "");
    let widget = reader.loads(&page);
    newsroom.is_killed();
    widget
        .shares("qr")
        .says("[part=panel] p", "Kode QR gagal dimuat. Silakan coba lagi.");
    faults.extend(judged(&reader, "no QR code"));
    widget.reacts("sad").says(
        "[part=poll] [part=notice]",
        "Pilihan Anda akan terkirim begitu tersambung kembali.",
    );
    faults.extend(judged(&reader, "waiting"));
    assert_eq!(faults, [""; 0], "{faults:#?}");
}

#[test]
fn axe_finds_nothing_in_fragments_and_counts() {
    let newsroom = Newsroom::in_languages(&["id".into(), "ar".into()], "");
    newsroom.puts(
        ARTICLE,
        "<p>Air surut.</p>",
        &[
            "--title",
            "Banjir",
            "--byline",
            "Humas",
            "--published",
            "2015-11-17",
        ],
    );
    let reader = Reader::new();
    let mut faults = vec![];
    let copy = format!("<main><gema-article article='{ARTICLE}'></gema-article></main>");
    let list = "<main><p><gema-count article=satu></gema-count> <gema-count article=dua show=reactions></gema-count></p></main>";
    for (state, page) in [
        ("as the endpoint draws it", article(&newsroom, HELD, "")),
        ("closed", article(&newsroom, HELD, "poll=closed")),
        ("Arabic", article(&newsroom, HELD, "lang=ar bar=top")),
        (
            "dark by its own wish",
            article(
                &newsroom,
                HELD,
                "theme=dark style='background: black; color: white'",
            ),
        ),
        (
            "the endpoint's copy",
            crate::page::Page::with(&(HELD.to_owned() + &newsroom.tag("async")), &copy),
        ),
    ] {
        let widget = reader.opens(&page).widget();
        widget.stands("fragment");
        faults.extend(judged(&reader, state));
        reader.runs("release()", &[]);
        widget.is_there();
        faults.extend(judged(&reader, &format!("{state}, with all its code")));
    }
    reader.opens(&with_heading(&newsroom, "", list));
    reader.sees(
        "[...document.querySelectorAll('gema-count')].every((one) => one.shadowRoot)",
        true,
    );
    faults.extend(judged(&reader, "a list"));
    assert_eq!(faults, [""; 0], "{faults:#?}");
}

/// axe needs scripts, which this reader's browser blocks: they are permitted once everything is loaded. A frame inside
/// `noscript` would disappear then, so this one is outside.
#[test]
fn axe_finds_nothing_in_the_noscript_frame_in_chromium() {
    let newsroom = Newsroom::open();
    let source = newsroom.url(&format!(
        "/v1/sites/{SITE}/widget.html?frame=1&amp;article=a&amp;lang=id&amp;title=Banjir&amp;url=https%3A%2F%2Fwarta.example"
    ));
    let frame =
        format!("<iframe width=100% height=640 title='Bagikan' src='{source}'></iframe></main>");
    let page = with_heading(&newsroom, "", &element("").replace("</main>", &frame));
    let rini = Reader::without_javascript();
    let mut faults = vec![];
    let mut judge = |state: &str| {
        rini.devtools(
            "Emulation.setScriptExecutionDisabled",
            json!({ "value": false }),
        );
        for scheme in ["light", "dark"] {
            faults.extend(judged_in(
                scheme,
                rini.turns_to_page(),
                &format!("{state}: the page"),
            ));
            // The frame inherits the page's colour scheme, and has a background of its own.
            let found = rini.turns_to_frame().faults();
            faults.extend(
                found
                    .into_iter()
                    .map(|fault| format!("{state}, in a {scheme} page: {fault}")),
            );
        }
        rini.devtools(
            "Emulation.setScriptExecutionDisabled",
            json!({ "value": true }),
        );
    };
    rini.opens(&page)
        .reads("#own", OWN_TEXT)
        .turns_to_frame()
        .reads("[part=responses]", "Jadilah yang pertama");
    judge("fresh");
    rini.turns_to_frame().clicks("[data-part=option-happy]");
    rini.turns_to_frame()
        .has_attribute("[aria-pressed=true]", "data-part", Some("option-happy"));
    judge("reacted");
    assert_eq!(faults, [""; 0], "{faults:#?}");
}

#[test]
fn axe_finds_nothing_in_the_pages_of_the_demo_in_chromium() {
    let newsroom = Newsroom::demo();
    let files =
        std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("demo")).expect("demo/");
    let names = files.filter_map(|file| file.expect("a file").file_name().into_string().ok());
    let mut pages: Vec<_> = names
        .filter(|name| name.ends_with(".html"))
        .map(|name| format!("/{name}"))
        .collect();
    pages.extend([
        "/".into(),
        "/artikel.html?berita=pelatihan-arsip-digital".into(),
    ]);
    assert!(pages.len() >= 4, "{pages:?}");
    for width in [360, 1280] {
        let reader = Reader::with_width(width);
        let mut faults = vec![];
        for page in &pages {
            reader.goes_to(&newsroom.url(page)).sees(ALL_THERE, true);
            for scheme in ["light", "dark"] {
                let scheme = json!({ "name": "prefers-color-scheme", "value": scheme });
                reader.devtools(
                    "Emulation.setEmulatedMedia",
                    json!({ "features": [scheme] }),
                );
                faults.extend(
                    reader
                        .faults()
                        .into_iter()
                        .map(|fault| format!("{page}, {scheme}: {fault}")),
                );
            }
        }
        assert_eq!(faults, [""; 0], "at {width} px: {faults:#?}");
    }
}

#[test]
fn axe_sees_into_the_widget_and_finds_what_is_wrong_there() {
    let newsroom = Newsroom::open();
    let page = article(&newsroom, "", "");
    let reader = Reader::new();
    let widget = reader.widget();
    for (spoil, rule) in [
        (
            "root.querySelector('[part=option]').replaceChildren()",
            "button-name",
        ),
        (
            "root.querySelector('[part=option]').ariaPressed = 'perhaps'",
            "aria-valid-attr-value",
        ),
        (
            "root.querySelector('[part=reads]').style.color = '#999'",
            "color-contrast",
        ),
        (
            "root.querySelector('[part=share] a').ariaLabel = root.querySelector('[part=share] a').innerText = ' '",
            "link-name",
        ),
        (
            "root.querySelector('[part=below]').lang = 'xx-nowhere-'",
            "valid-lang",
        ),
        (
            "root.querySelector('[part=below]').append(document.createElement('input'))",
            "label",
        ),
    ] {
        reader.opens(&page);
        widget.is_there().finds(spoil);
        let faults = reader.faults();
        assert!(
            faults
                .iter()
                .any(|fault| fault.starts_with(&format!("{rule} at gema-article "))),
            "{rule}: {faults:#?}"
        );
    }
}
