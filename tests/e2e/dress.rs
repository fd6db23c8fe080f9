//! Theming: the widget with a site's properties and parts.

use serde_json::{Value, json};

use crate::{
    levels::HELD,
    looks::{stands, take},
    newsroom::{ARTICLE, Newsroom},
    page::{Draft, OWN_TEXT, Page, element},
    reader::Reader,
};

/// The computed style of each part of the widget.
pub(crate) const LOOKS: &str = "[...root.querySelectorAll('[part], rect, svg')].filter((one) => one.checkVisibility()).map((one) => {
    const { color, backgroundColor, borderTopColor, borderTopWidth, borderTopLeftRadius, fontFamily, fontSize, fontWeight, marginTop,
        minHeight, paddingTop, boxShadow, textTransform, fill } = getComputedStyle(one);
    return [one.getAttribute('part') ?? one.localName, color, backgroundColor, borderTopColor, borderTopWidth, borderTopLeftRadius,
        fontFamily, fontSize, fontWeight, marginTop, minHeight, paddingTop, boxShadow, textTransform, fill,
        one.localName === 'svg' && getComputedStyle(one).blockSize].join(' ');
})";

/// Every property that a page may set, with its documented defaults in the light and dark themes.
fn properties() -> Vec<(&'static str, [&'static str; 2])> {
    let rows = include_str!("../../docs/embedding.md")
        .lines()
        .filter_map(|line| line.strip_prefix("| `--gema-"));
    let property = |row: &'static str| {
        let mut pieces = row.split('`');
        let name = pieces.next()?;
        // The separator of name and default: ` | `, or ` | as `.
        let is_another = pieces.next()?.contains("as");
        let default = if is_another { "" } else { pieces.next()? };
        let dark = if pieces.next()? == ", " {
            pieces.next()?
        } else {
            default
        };
        Some((name, [default, dark]))
    };
    rows.filter_map(property).collect()
}

/// A value that differs from this one and has the same type.
fn another(default: &str) -> &'static str {
    match default {
        colour if colour.is_empty() || colour.starts_with('#') => "rgb(1, 2, 3)",
        length if length.ends_with("px") || length.ends_with("em") || length.ends_with("em)") => {
            "701px"
        }
        number if number.parse::<f64>().is_ok() => "2",
        _ => "fantasy",
    }
}

#[test]
fn every_documented_property_changes_what_a_reader_sees() {
    let newsroom = Newsroom::open();
    newsroom.puts(ARTICLE, "<p>Isi.</p>", &["--title", "Banjir"]);
    let page = Draft::article(&newsroom.tag("async"), "body=endpoint").served();
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget.reacts("happy").has_chosen(Some("happy"));
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    let tokens = include_str!("../../styles/tokens.css");
    assert_eq!(properties().len(), tokens.matches(": var(--gema-").count());
    for (at, theme) in ["light", "dark", "auto"].into_iter().enumerate() {
        reader.runs(
            "document.querySelector('gema-article').setAttribute('theme', arguments[0])",
            &[json!(theme)],
        );
        for (name, defaults) in properties() {
            // Lying bars are those of a narrow poll.
            let width = if name == "bar-size" { "270px" } else { "" };
            let narrow = "document.querySelector('gema-article').style.width = arguments[0]";
            reader.runs(narrow, &[json!(width)]);
            // Container queries follow a change of the width in the next frame.
            reader.awaits("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))");
            let plain = widget.finds(LOOKS);
            // Set on an ancestor of the element.
            let set = "document.body.style.setProperty(`--gema-${arguments[0]}`, arguments[1])";
            reader.runs(set, &[json!(name), json!(another(defaults[0]))]);
            assert_ne!(widget.finds(LOOKS), plain, "{name}, {theme}");
            // The actual default is the documented one.
            if let Some(default) = defaults.get(at) {
                reader.runs(set, &[json!(name), json!(default)]);
                assert_eq!(widget.finds(LOOKS), plain, "{name}: {default}, {theme}");
            }
            reader.runs("document.body.removeAttribute('style')", &[]);
        }
    }
}

#[test]
fn every_part_can_be_dressed_by_the_page() {
    let newsroom = Newsroom::open();
    newsroom.puts(
        ARTICLE,
        "<p>Isi.</p>",
        &[
            "--title",
            "Banjir",
            "--byline",
            "Humas",
            "--published",
            "2015-11-17",
        ],
    );
    let page = Draft::article(&newsroom.tag("async"), "body=endpoint").served();
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget
        .shares("mastodon")
        .sees("!!root.querySelector('[part=panel]')", true);
    let parts = widget.finds(
        "[...new Set([...root.querySelectorAll('[part]')].map((one) => one.getAttribute('part')))]",
    );
    let parts: Vec<_> = parts
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert!(parts.len() > 20, "{parts:?}");
    for part in parts {
        let rule = format!("gema-article::part({part}) {{ outline: 7px solid rgb(1, 2, 3); }}");
        let script = "const sheet = new CSSStyleSheet(); sheet.replaceSync(arguments[0]); document.adoptedStyleSheets = [sheet];";
        reader.runs(script, &[json!(rule)]);
        let outline = format!("getComputedStyle(root.querySelector('[part={part}]')).outlineWidth");
        assert_eq!(widget.finds(&outline), "7px", "{part}");
    }
}

/// Minimum height of all buttons and links.
const LOWEST: &str = "Math.min(...[...root.querySelectorAll('button, a')].filter((one) => one.checkVisibility()).map((one) => one.offsetHeight))";

#[test]
fn density_lowers_buttons_which_have_44_px_by_default() {
    let newsroom = Newsroom::open();
    // The minimum also holds for small text.
    for (size, density, lowest) in [
        ("12px", "1", 44..45),
        ("16px", "1", 44..45),
        ("32px", "1", 88..89),
        ("12px", "0.75", 33..34),
        ("12px", "0.1", 24..25),
        ("16px", "1.25", 55..56),
    ] {
        let style =
            format!("<style>:root {{ --gema-density: {density}; --gema-size: {size}; }}</style>");
        let page = Draft::article(&(style + &newsroom.tag("async")), "").served();
        let reader = Reader::new();
        let widget = reader.opens(&page).widget();
        let found = widget.is_there().finds(LOWEST).as_u64().expect("a height");
        assert!(
            lowest.contains(&found),
            "{found} px at {density}, text of {size}"
        );
    }
}

/// A square of one colour, and a picture that is not square.
const PICTURES: [(&str, &str); 2] = [
    (
        "/senang.svg",
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'><rect width='8' height='8' fill='teal'/></svg>",
    ),
    (
        "/lebar.svg",
        "<svg xmlns='http://www.w3.org/2000/svg' width='400' height='100'><rect width='400' height='100'/></svg>",
    ),
];

/// For each option: the distance of its label from its left edge, of its count from its right edge, its height, and the
/// label's width.
const OPTION_BOXES: &str = "[...root.querySelectorAll('[part=option]')].map((one) => {
    const [label, count] = ['label', 'count'].map((part) => one.querySelector(`[part=${part}]`).getBoundingClientRect());
    const { left, right, height } = one.getBoundingClientRect();
    return [Math.round(label.left - left), Math.round(right - count.right), Math.round(height), Math.round(label.width)];
})";

#[test]
fn a_missing_option_picture_moves_nothing() {
    let mut site = Draft::default();
    for (path, svg) in PICTURES {
        site = site.file(path, "image/svg+xml", svg.to_owned());
    }
    let pictures = site.served();
    let image = |path| pictures.url(path);
    let options = format!(
        "show_from = 0\nreactions = [\n{{ key = \"happy\", emoji = \"😊\", image = \"{}\" }}, {{ key = \"inspired\", image = \"{}\" }},\n\
         {{ key = \"sad\", emoji = \"😢\", image = \"{}\" }}, {{ key = \"angry\", emoji = \"😡\" }} ]\n",
        image("/senang.svg"),
        image("/lebar.svg"),
        image("/hilang.svg")
    );
    let newsroom = Newsroom::with(&options);
    let policy = format!("img-src {}", pictures.url("").trim_end_matches('/'));
    // Narrow, where options stand one below the other. Marks and faces need nothing of the policy.
    let style = "<style>gema-article { width: 270px }</style>";
    let page = Draft::article(&[style, HELD, &newsroom.tag("async")].concat(), "")
        .policy(&policy)
        .served();
    let reader = Reader::new();
    let widget = reader.opens(&page).widget();
    for level in ["fragment", "wasm"] {
        widget.stands(level);
        let faces = "[...root.querySelectorAll('img[part=face]')].map((one) => [one.alt, one.complete, one.naturalWidth > 0])";
        widget.sees(
            faces,
            json!([["", true, true], ["", true, true], ["", true, false]]),
        );
        // Pictures are square, and as large as an emoji.
        let sizes = "[...root.querySelectorAll('img[part=face]')].slice(0, 2).map((one) => [one.offsetWidth, one.offsetHeight])";
        assert_eq!(widget.finds(sizes), json!([[28, 28], [28, 28]]), "{level}");
        let places = widget.finds(OPTION_BOXES);
        let places = places.as_array().expect("a list");
        assert!(
            places.iter().all(|place| *place == places[3]),
            "{level}: {places:?}"
        );
        let texts = "['label', 'count', 'percent'].map((part) => text(`[data-part=option-happy] [part=${part}]`)).join()";
        widget.sees(texts, "Senang,0,0%");
        reader.runs("release()", &[]);
    }
    widget.reacts("sad").has_chosen(Some("sad"));
    newsroom.has_reactions(ARTICLE, &[("sad", 1)]);
    // Pictures grow with the text size.
    reader.runs(
        "document.body.style.setProperty('--gema-size', '32px')",
        &[],
    );
    widget.sees("root.querySelector('img[part=face]').offsetWidth", 55);
}

/// The theme of the documents.
const TABLOID: &str = include_str!("../../demo/themes/tabloid.css");

/// An article in that theme: light and dark, side by side if there is room.
fn in_the_theme(newsroom: &Newsroom) -> Page {
    let page = "<style>
        * { box-sizing: border-box; }
        body { margin: 0; display: flex; flex-wrap: wrap; }
        main { flex: 1 1 20rem; min-width: 0; padding: 1.5rem 1.25rem 2.5rem; color-scheme: light; background: #fff; color: #111; }
        main + main { color-scheme: dark; background: #111; color: #fbf7e6; }
        h1 { margin: 0 0 0.75rem; font: 900 2rem/1 'Arial Narrow', 'DejaVu Sans Condensed', sans-serif; letter-spacing: -0.02em; }
        #own { margin: 0; font: 1rem/1.5 Arial, 'DejaVu Sans', sans-serif; }
    </style>";
    let head = [page, "<style>", TABLOID, "</style>", &newsroom.tag("async")].concat();
    let body = ["light", "dark"].map(|theme| {
        let element = element(&format!("id={theme} theme={theme}"));
        element.replace("<main>", "<main><h1>Air surut, pasar buka lagi</h1>")
    });
    Draft::default().page("/", &head, &body.concat()).served()
}

#[test]
fn the_example_theme_fits_every_width_in_chromium() {
    let newsroom = Newsroom::open();
    let heading = "article,reads,reaction:happy,reaction:inspired,reaction:surprised,reaction:sad,reaction:angry";
    newsroom.imports(&format!("{heading}\n{ARTICLE},18402,412,1274,96,731,58\n"));
    let page = in_the_theme(&newsroom);
    for width in [320, 360, 1000, 1280] {
        let reader = Reader::with_width(width);
        reader.opens(&page);
        let (light, dark) = (reader.widget_at("#light"), reader.widget_at("#dark"));
        light.is_there();
        reader.runs(
            "document.querySelector('#dark').scrollIntoView({ behavior: 'instant' })",
            &[],
        );
        dark.is_there()
            .reacts("inspired")
            .has_chosen(Some("inspired"));
        light.has_chosen(Some("inspired"));
        reader.runs(
            "document.querySelector('#dark').shadowRoot.activeElement?.blur(); scrollTo(0, 0)",
            &[],
        );
        stands(&reader, width);
        take(&reader, &format!("theme-tabloid-{width}"));
        reader.sees("document.querySelector('#own').innerText", OWN_TEXT);
    }
}

/// The colour of the page's text.
const PAGE_TEXT_COLOUR: &str = "getComputedStyle(document.body).color";

#[test]
fn auto_follows_the_text_colour_and_fixed_themes_do_not() {
    let newsroom = Newsroom::open();
    let page = Page::of(&newsroom);
    let reader = Reader::new();
    let widget = reader.loads(&page);
    let [light, dark] = ["rgb(31, 35, 40)", "rgb(230, 232, 235)"];
    let own = "rgb(70, 20, 20)";
    for (scheme, colour, theme, text) in [
        // A browser's default colours: black on some white, or the reverse.
        ("light", "", "", None),
        ("dark", "", "", None),
        ("light", own, "", Some(own)),
        ("dark", own, "light", Some(light)),
        ("light", own, "dark", Some(dark)),
        ("light", "", "auto", None),
        ("dark", own, "auto", Some(own)),
    ] {
        let script = "document.documentElement.style.colorScheme = arguments[0];
            document.body.style.color = arguments[1];
            document.querySelector('gema-article').setAttribute('theme', arguments[2]);";
        reader.runs(script, &[json!(scheme), json!(colour), json!(theme)]);
        let text = text.map_or_else(|| reader.finds(PAGE_TEXT_COLOUR), Value::from);
        widget.sees(
            "getComputedStyle(root.querySelector('#question')).color",
            text,
        );
    }
}
