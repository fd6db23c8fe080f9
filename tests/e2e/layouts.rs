//! Unusual pages: layouts that leave an element no width, root elements of any font size, colours without a
//! `color-scheme`, large text, and text properties that apply to everything. Each is checked as rendered by the
//! endpoint and by the browser.

use serde_json::{Value, json};

use crate::{
    engine::Engine,
    levels::HELD,
    locales::boxes,
    looks::take,
    newsroom::{ARTICLE, Newsroom},
    page::{OWN_TEXT, Page, element},
    reader::Reader,
    widget::Widget,
};

/// Counts of a typical newsroom.
const COUNTS: &str =
    "article,reads,reaction:happy,reaction:inspired,reaction:surprised,reaction:sad,reaction:angry";

fn newsroom() -> Newsroom {
    let newsroom = Newsroom::open();
    newsroom.imports(&format!(
        "{COUNTS}\n{ARTICLE},123456,12345,9876,3210,2109,3333\n"
    ));
    newsroom
}

/// A page with that style sheet and body.
fn page(newsroom: &Newsroom, css: &str, body: &str) -> Page {
    Page::with(
        &format!("<style>{css}</style>{HELD}{}", newsroom.tag("async")),
        body,
    )
}

/// Opens a page in a window of this width, and checks it before and after the WebAssembly takes over. A screenshot is
/// kept.
fn looked_at(page: &Page, width: u32, name: &str, look: impl Fn(&Reader, &Widget<'_>, &str)) {
    let reader = Reader::with_width(width);
    let widget = reader.opens(page).widget();
    widget.stands("fragment").sees(
        "root.querySelector('[part=option]').checkVisibility()",
        true,
    );
    look(&reader, &widget, "fragment");
    reader.runs("release()", &[]);
    widget.is_there();
    look(&reader, &widget, "wasm");
    take(&reader, &format!("layout-{name}"));
}

/// Elements that overflow the page or the element's parent, and words that are broken although they would fit on a
/// line.
const MISFITS: &str = "(() => {
    const host = document.querySelector('gema-article'), root = host.shadowRoot, found = [];
    if (document.documentElement.scrollWidth > innerWidth) found.push(`the page is ${document.documentElement.scrollWidth} px wide`);
    const room = host.parentElement.getBoundingClientRect(), box = host.getBoundingClientRect();
    if (box.left < room.left - 1 || box.right > room.right + 1) found.push('it is wider than its parent');
    for (const part of root.querySelectorAll('[part]:not(.said)')) {
        const { left, right } = part.getBoundingClientRect();
        if (part.checkVisibility() && (left < box.left - 1 || right > box.right + 1)) found.push(`${part.getAttribute('part')} sticks out`);
    }
    for (const part of root.querySelectorAll('[part=label], [part=count], [part=percent], [part=share-button], [part=share-label], [part=question], [part=reads]')) {
        if (!part.checkVisibility()) continue;
        const line = part.closest('[part=option]') ?? part.closest('li') ?? part, { paddingLeft, paddingRight } = getComputedStyle(line);
        const fits = line.closest('ul, form, div').clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
        for (const text of [...part.childNodes].filter((node) => node.nodeType === 3)) {
            for (const { 0: word, index } of text.data.matchAll(/\\S+/g)) {
                const range = document.createRange();
                range.setStart(text, index);
                range.setEnd(text, index + word.length);
                const pieces = [...range.getClientRects()];
                const width = pieces.reduce((sum, piece) => sum + piece.width, 0);
                if (new Set(pieces.map(({ top }) => Math.round(top))).size > 1 && width < fits - 4) found.push(`${word} is broken`);
            }
        }
    }
    return found;
})()";

/// Width of the poll.
const POLL_WIDTH: &str =
    "Math.round(root.querySelector('[part=poll]').getBoundingClientRect().width)";

fn is_wide(page: &Page, width: u32, name: &str, least: u64) {
    looked_at(page, width, name, |reader, widget, level| {
        assert_eq!(reader.finds(MISFITS), json!([]), "{name}, {level}");
        let found = widget.finds(POLL_WIDTH).as_u64().expect("a width");
        assert!(found >= least, "{name}, {level}: {found} px wide");
    });
}

/// Parts with too little contrast with their real background: less than 4.5:1 for text, 3:1 for graphics.
const FAINT: &str = "(() => {
    const host = document.querySelector('gema-article'), root = host.shadowRoot, found = [];
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const rgba = (colour) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
        return [red, green, blue, alpha / 255];
    };
    const over = (front, behind) => [0, 1, 2].map((at) => front[at] * front[3] + behind[at] * (1 - front[3]));
    const around = (node) => node.parentElement ?? node.getRootNode().host;
    const behind = (node) => node ? over(rgba(getComputedStyle(node).backgroundColor), behind(around(node))) : [255, 255, 255];
    const light = (colour) => colour.map((one) => one / 255).map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
        .reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0.05);
    const judge = (what, colour, ground, least) => {
        const both = [light(over(rgba(colour), ground)), light(ground)], contrast = Math.max(...both) / Math.min(...both);
        if (!(contrast >= least)) found.push(`${what}: ${contrast.toFixed(2)}`);
    };
    for (const part of 'reads share-label share-name question label count percent responses'.split(' ')) {
        for (const one of root.querySelectorAll(`[part=${part}]`)) judge(part, getComputedStyle(one).color, behind(one), 4.5);
    }
    for (const option of root.querySelectorAll('[part=option]')) {
        const style = getComputedStyle(option), chosen = option.ariaPressed === 'true';
        // Side by side, only the choice has a border.
        const isBeside = getComputedStyle(option.closest('ul')).display === 'flex';
        if (chosen || !isBeside) judge(chosen ? 'border of the choice' : 'border', style.borderTopColor, behind(around(option)), chosen ? 3 : 1.2);
        if (style.borderTopStyle !== 'solid') found.push('no border');
        judge('bar', getComputedStyle(option.querySelector('rect')).fill, behind(option), 3);
        option.focus({ focusVisible: true });
        // WebKit shows focus only after a key press, which the keyboard tests check.
        if (option.matches(':focus-visible') || !SCRIPTS_SHOW_NO_FOCUS) {
            if (style.outlineStyle !== 'solid') found.push('no focus ring');
            judge('focus ring', style.outlineColor, behind(around(option)), 3);
        }
        option.blur();
    }
    return [...new Set(found)];
})()";

/// [`FAINT`] for this engine.
pub(crate) fn faint() -> String {
    FAINT.replace(
        "SCRIPTS_SHOW_NO_FOCUS",
        if Engine::current() == Engine::WebKit {
            "true"
        } else {
            "false"
        },
    )
}

fn is_readable(page: &Page, name: &str) {
    // Options side by side, and one below the other.
    for width in [700, 280] {
        looked_at(
            page,
            width,
            &format!("{name}-{width}"),
            |reader, widget, level| {
                if level == "wasm" {
                    widget.reacts("inspired").has_chosen(Some("inspired"));
                }
                assert_eq!(reader.finds(&faint()), json!([]), "{name}, {level}");
            },
        );
    }
}

// Widths.

/// A short article, and beside it the element that the bare tag adds.
fn beside(article: &str) -> String {
    format!("<article>{article}</article><gema-article article='{ARTICLE}'></gema-article>")
}

#[test]
fn in_a_flex_row_it_has_the_free_width() {
    let newsroom = newsroom();
    let page = page(&newsroom, "body { display: flex }", &beside("<p>Isi</p>"));
    is_wide(&page, 800, "flex-row", 700);
    is_wide(&page, 360, "flex-row-360", 280);
}

#[test]
fn a_bare_tags_element_in_a_flex_row_has_the_free_width() {
    let newsroom = newsroom();
    let style = "<style>body { display: flex } article { flex: none }</style>";
    let body = format!(
        "<article><p>Isi</p></article>{}",
        newsroom.tag(&format!("async data-article='{ARTICLE}'"))
    );
    let page = Page::with(&[style, HELD].concat(), &body);
    is_wide(&page, 800, "bare-tag", 700);
}

#[test]
fn in_a_flex_row_the_widget_keeps_a_readable_width() {
    let newsroom = newsroom();
    let page = page(
        &newsroom,
        "body { display: flex }",
        &beside(&format!("<p>{}</p>", OWN_TEXT.repeat(40))),
    );
    is_wide(&page, 800, "flex-row-long", 280);
    is_wide(&page, 320, "flex-row-long-320", 140);
}

#[test]
fn in_a_centred_flex_column_it_has_the_free_width() {
    let newsroom = newsroom();
    let css = "body { display: flex; flex-direction: column; align-items: center }";
    is_wide(
        &page(&newsroom, css, &beside("<p>Isi</p>")),
        800,
        "flex-column",
        700,
    );
}

#[test]
fn in_a_float_the_widget_takes_the_free_width() {
    let newsroom = newsroom();
    for css in [
        "main { float: left }",
        "gema-article { float: left }",
        "main { display: inline-block }",
    ] {
        let page = page(&newsroom, css, &element(""));
        is_wide(&page, 800, "float", 700);
        is_wide(&page, 320, "float-320", 280);
    }
}

#[test]
fn in_a_table_and_in_a_grid_it_has_the_free_width() {
    let newsroom = newsroom();
    let table = "body { display: table } main { display: table-cell }";
    is_wide(&page(&newsroom, table, &element("")), 800, "table", 700);
    let grid = "body { display: grid; grid-template-columns: auto 1fr; justify-items: start }";
    is_wide(&page(&newsroom, grid, &element("")), 800, "grid", 700);
    for css in [
        "main { width: fit-content }",
        "main { position: absolute }",
        "body { direction: rtl; display: flex }",
    ] {
        is_wide(&page(&newsroom, css, &element("")), 800, "fit-content", 700);
    }
}

#[test]
fn a_page_in_columns_breaks_none_of_its_parts() {
    let newsroom = newsroom();
    let css =
        ".lajur { columns: 3; column-fill: auto; height: 40em } .lajur > p { margin: 0 0 1em }";
    let pieces = "[...root.querySelectorAll('[part=bar], [part=poll]')].map((one) => one.getClientRects().length)";
    // Wherever the first column ends: before the widget, within its bar, or within its poll.
    for lines in [2, 6, 10, 14] {
        let text = "<p>Baris.</p>".repeat(lines);
        let body = format!("<div class=lajur>{text}{}</div>", element("body=page"));
        looked_at(
            &page(&newsroom, css, &body),
            1200,
            "columns",
            |_, widget, level| {
                assert_eq!(
                    widget.finds(pieces),
                    json!([1, 1]),
                    "{lines} lines, {level}"
                );
            },
        );
    }
}

#[test]
fn a_width_that_the_page_gives_it_holds() {
    let newsroom = newsroom();
    let css = "body { display: flex } gema-article { width: 220px }";
    looked_at(
        &page(&newsroom, css, &beside("<p>Isi</p>")),
        800,
        "width",
        |reader, widget, level| {
            assert_eq!(
                (widget.finds(POLL_WIDTH), reader.finds(MISFITS)),
                (json!(220), json!([])),
                "{level}"
            );
        },
    );
}

#[test]
fn the_widget_fits_narrowest_and_widest_window_in_chromium() {
    let newsroom = newsroom();
    for (width, least) in [(240, 220), (320, 300), (2560, 2500)] {
        is_wide(
            &page(&newsroom, "", &element("")),
            width,
            &format!("width-{width}"),
            least,
        );
    }
}

#[test]
fn the_margins_of_the_article_are_those_of_the_page_still() {
    let newsroom = newsroom();
    let css = "body { margin: 0 } h1 { margin: 0 0 40px } #own { margin: 30px 0 }";
    let page = page(&newsroom, css, &format!("<h1>Banjir</h1>{}", element("")));
    looked_at(&page, 800, "margins", |reader, _, level| {
        let gap = "document.querySelector('#own').getBoundingClientRect().top - document.querySelector('h1').getBoundingClientRect().bottom";
        assert_eq!(reader.finds(gap), json!(40), "{level}");
    });
}

// Sizes.

/// The font size of all text, except that below the options, and the labels and percentages of options side by side.
const SIZES: &str = "[...new Set([...root.querySelectorAll('[part=reads], [part=share-label], [part=share-button], [part=option], [part=count]')].map((one) => getComputedStyle(one).fontSize))]";

#[test]
fn the_text_has_the_pages_size_whatever_the_roots() {
    let newsroom = newsroom();
    let css = "html { font-size: 62.5% } body { font-size: 1.6rem }";
    looked_at(
        &page(&newsroom, css, &element("")),
        360,
        "root-62",
        |reader, widget, level| {
            assert_eq!(widget.finds(SIZES), json!(["16px"]), "{level}");
            assert_eq!(reader.finds(MISFITS), json!([]), "{level}");
            // In a narrow column: the first few buttons, and the rest behind "more".
            widget.sees("root.querySelector('.more').checkVisibility()", true);
        },
    );
    for (css, size) in [
        ("html { font-size: 62.5% } body { font-size: 10px }", "14px"),
        ("body { font-size: 20px }", "20px"),
        (
            "main { font-size: 8px } gema-article { --gema-size: 12px }",
            "12px",
        ),
    ] {
        looked_at(
            &page(&newsroom, css, &element("")),
            800,
            "sizes",
            |_, widget, level| {
                assert_eq!(widget.finds(SIZES), json!([size]), "{css}, {level}");
            },
        );
    }
}

#[test]
fn one_property_scales_all_of_it() {
    let newsroom = newsroom();
    // A wide column for both, so that they have the same buttons.
    let page = page(&newsroom, "main { width: 1500px }", &element(""));
    let reader = Reader::with_width(1600);
    let widget = reader.opens(&page).widget();
    reader.runs("release()", &[]);
    widget.is_there();
    let measures = "(() => {
        // WebKit does not compute the style of hidden elements.
        const style = (part) => getComputedStyle(root.querySelector(`:not([hidden]) > [part=${part}]`)), px = (text) => Math.round(parseFloat(text) * 100) / 100;
        return [style('reads').fontSize, style('question').fontSize, style('reads').marginTop, style('poll').marginTop, style('poll').paddingTop,
            style('share-button').paddingLeft, style('share-button').borderTopLeftRadius, style('share-button').minHeight,
            style('option').paddingTop, style('face').fontSize].map(px);
    })()";
    let doubled = widget.finds(&format!("JSON.stringify({measures}.map((one) => 2 * one))"));
    reader.runs("document.body.style.setProperty('--gema-size', '2em')", &[]);
    widget.sees(&format!("JSON.stringify({measures})"), doubled);
}

#[test]
fn large_text_breaks_no_word_and_overflows_nothing_in_chromium() {
    let newsroom = newsroom();
    for width in [320, 360] {
        for percent in [130, 150, 200] {
            let page = page(
                &newsroom,
                &format!("html {{ font-size: {percent}% }}"),
                &element(""),
            );
            is_wide(&page, width, &format!("text-{percent}-{width}"), 280);
        }
    }
}

#[test]
fn languages_of_long_words_fit_240_and_2560_px_in_chromium() {
    let newsroom = boxes::open();
    for width in [240, 2560] {
        for lang in ["ta", "th", "de", "ar"] {
            let page = page(
                &newsroom,
                "body { text-align: left }",
                &format!(
                    "<main><gema-article article={lang} lang={lang}><p>Isi.</p></gema-article></main>"
                ),
            );
            looked_at(
                &page,
                width,
                &format!("{lang}-{width}"),
                |reader, _, level| {
                    let found = reader.finds(MISFITS);
                    // Thai has no spaces between its words.
                    let found = found
                        .as_array()
                        .expect("a list")
                        .iter()
                        .filter(|one| lang != "th" || !one.to_string().contains("broken"));
                    assert_eq!(
                        found.collect::<Vec<_>>(),
                        [&Value::Null; 0],
                        "{lang} at {width} px, {level}"
                    );
                },
            );
        }
    }
}

// Colours.

#[test]
fn on_a_dark_page_without_a_color_scheme_it_is_readable() {
    let newsroom = newsroom();
    is_readable(
        &page(
            &newsroom,
            "body { background: #111; color: #eee }",
            &element(""),
        ),
        "dark-page",
    );
}

#[test]
fn in_a_dark_box_on_a_light_page_it_is_readable() {
    let newsroom = newsroom();
    let css = "main { background: #1e2a38; color: #dde; padding: 1em }";
    is_readable(&page(&newsroom, css, &element("")), "dark-box");
}

#[test]
fn on_coloured_pages_and_on_light_boxes_it_is_readable() {
    let newsroom = newsroom();
    for (name, css) in [
        ("sepia", "body { background: #f4ecd8; color: #5b4636 }"),
        ("brand", "body { background: #8c1d22; color: #fff }"),
        ("grey", "body { color: #555 }"),
        (
            "light-box",
            "body { background: #111; color: #eee } main { background: #fff; color: #222; padding: 1em }",
        ),
        (
            "dark-scheme",
            "html { color-scheme: dark } body { background: #fff; color: #222 }",
        ),
    ] {
        is_readable(&page(&newsroom, css, &element("")), name);
    }
}

#[test]
fn colours_follow_a_changed_class_of_the_page() {
    let newsroom = newsroom();
    let css =
        "body { background: #fff; color: #222 } .dark body { background: #161616; color: #ddd }";
    looked_at(
        &page(&newsroom, css, &element("")),
        700,
        "switch",
        |reader, widget, level| {
            for (class, text) in [
                ("dark", "rgb(221, 221, 221)"),
                ("", "rgb(34, 34, 34)"),
                ("dark", "rgb(221, 221, 221)"),
            ] {
                reader.runs(
                    "document.documentElement.className = arguments[0]",
                    &[json!(class)],
                );
                widget.sees(
                    "getComputedStyle(root.querySelector('#question')).color",
                    text,
                );
                assert_eq!(reader.finds(&faint()), json!([]), "{class}, {level}");
            }
        },
    );
}

#[test]
fn unknown_values_of_the_page_keep_borders_and_focus_ring() {
    let newsroom = newsroom();
    let values = [
        "text", "muted", "surface", "line", "accent", "chosen", "bar",
    ]
    .map(|name| format!("--gema-{name}: new-colour(1 2 3);"));
    let css = format!(
        "body {{ background: #111; color: #eee }} gema-article {{ {} }}",
        values.concat()
    );
    is_readable(&page(&newsroom, &css, &element("")), "unknown-values");
}

#[test]
fn full_size_bars_are_pale_unless_the_page_sets_their_colour() {
    let newsroom = newsroom();
    // Options one below the other: WebKit's window has a minimum width, at which they are side by side.
    let css =
        "body { background: #111; color: #eee; --gema-bar-size: 100% } main { max-width: 250px }";
    looked_at(
        &page(&newsroom, css, &element("")),
        280,
        "thick-bars",
        |reader, widget, level| {
            let mask = "getComputedStyle(root.querySelector('.track')).maskImage.split('(')[0]";
            assert_eq!(widget.finds(mask), "linear-gradient", "{level}");
            reader.runs("document.body.style.setProperty('--gema-bar', '#345')", &[]);
            widget.sees(mask, "none");
            reader.runs("document.body.removeAttribute('style')", &[]);
        },
    );
}

#[test]
fn a_touch_leaves_no_hover_style_in_chromium() {
    let newsroom = newsroom();
    let page = page(&newsroom, "", &element(""));
    let reader = Reader::with_width(360);
    reader.devtools(
        "Emulation.setTouchEmulationEnabled",
        json!({ "enabled": true }),
    );
    let widget = reader.opens(&page).widget();
    reader
        .sees("matchMedia('(hover: none)').matches", true)
        .runs("release()", &[]);
    widget
        .is_there()
        .reacts("happy")
        .has_chosen(Some("happy"))
        .reacts("happy")
        .has_chosen(None);
    widget.sees(
        "root.querySelector('[data-part=option-happy]').matches(':hover')",
        true,
    );
    let borders = "new Set([...root.querySelectorAll('[part=option]')].map((one) => getComputedStyle(one).borderTopColor)).size";
    widget.sees(borders, 1);
}

// Text.

/// Text properties that a page may set on its article.
const LOUD: &str = "article { text-indent: 3em; letter-spacing: 0.3em; word-spacing: 1em; text-transform: uppercase; text-align: right; \
    text-align-last: right; text-shadow: 2px 2px red; white-space: pre-wrap; font: italic small-caps 900 16px/2.8 cursive; hyphens: auto; \
    cursor: wait; quotes: 'a' 'b'; tab-size: 1; word-break: break-all; overflow-wrap: anywhere; line-break: anywhere; list-style: square; \
    -webkit-text-fill-color: transparent; -webkit-text-stroke: 1px red; font-feature-settings: 'smcp'; font-kerning: none; stroke: red; \
    text-rendering: geometricPrecision; text-wrap: nowrap; text-emphasis: dot red; text-underline-offset: 5px; color: #222 }";

/// The properties in which the parts of two widgets differ.
const PROPERTY_DIFFERENCES: &str = "(() => {
    const [one, other] = [...document.querySelectorAll('gema-article')].map((host) => [...host.shadowRoot.querySelectorAll('[part=bar], [part=bar] *, [part=poll], [part=poll] *')]);
    const properties = 'textIndent letterSpacing wordSpacing textTransform textAlign textAlignLast textShadow whiteSpace fontStyle fontVariant \
        fontWeight fontSize fontFamily lineHeight hyphens cursor quotes tabSize wordBreak overflowWrap lineBreak listStyleType webkitTextFillColor \
        webkitTextStrokeWidth fontFeatureSettings fontKerning textRendering textWrap textEmphasis textUnderlineOffset color direction \
        width height'.split(' ');
    const differs = (name) => one.flatMap((part, at) => {
        const both = [part, other[at]].map((each) => getComputedStyle(each)[name]);
        return both[0] === both[1] ? [] : [`${name} of ${part.outerHTML.slice(0, 60)}: ${both.join(', ')}`];
    });
    return one.length === other.length ? properties.flatMap(differs) : ['other parts'];
})()";

#[test]
fn text_properties_of_the_page_affect_only_the_article() {
    let newsroom = newsroom();
    let plain = format!(
        "<section style='font-size: 16px; color: #222'><gema-article article='{ARTICLE}'><p>Isi</p></gema-article></section>"
    );
    let loud = format!(
        "<article>{}</article>",
        element("id=loud")
            .replace("<main>", "")
            .replace("</main>", "")
    );
    let page = page(&newsroom, LOUD, &[plain, loud].concat());
    let reader = Reader::with_width(800);
    let widgets = [reader.opens(&page).widget(), reader.widget_at("#loud")];
    for level in ["fragment", "wasm"] {
        for widget in &widgets {
            widget.is_shown();
        }
        if level == "wasm" {
            reader.runs(
                "document.querySelector('#loud').scrollIntoView({ behavior: 'instant' })",
                &[],
            );
            widgets.iter().for_each(|widget| _ = widget.is_there());
        }
        reader.sees(PROPERTY_DIFFERENCES, json!([]));
        let own = "(({ textTransform, letterSpacing, textAlign }) => [textTransform, letterSpacing, textAlign])(getComputedStyle(document.querySelector('#own')))";
        assert_eq!(
            reader.finds(own),
            json!(["uppercase", "4.8px", "right"]),
            "{level}"
        );
        reader.runs("release()", &[]);
    }
    take(&reader, "layout-loud");
}

#[test]
fn the_widget_is_hidden_with_its_page() {
    let newsroom = newsroom();
    looked_at(
        &page(&newsroom, "", &element("")),
        800,
        "hidden",
        |reader, widget, level| {
            reader.runs("document.body.style.visibility = 'hidden'", &[]);
            let visible = "[...root.querySelectorAll('[part]')].filter((one) => getComputedStyle(one).visibility === 'visible').length";
            assert_eq!(widget.finds(visible), json!(0), "{level}");
            reader.runs("document.body.style.visibility = ''", &[]);
        },
    );
}

#[test]
fn arabic_begins_on_the_right_where_the_page_sets_its_text_left() {
    let newsroom = boxes::open();
    let body = "<main><gema-article article=ar lang=ar><p>Isi.</p></gema-article></main>";
    looked_at(
        &page(&newsroom, "body { text-align: left }", body),
        700,
        "arabic",
        |reader, widget, level| {
            // The distance of the text from the end of its line.
            let left = "['reads', 'question', 'responses', 'label'].map((part) => {
            const one = root.querySelector(`[part=${part}]`), range = document.createRange();
            range.selectNodeContents(one);
            const box = one.getBoundingClientRect(), text = range.getBoundingClientRect();
            return Math.abs(box.right - text.right) < 2;
        })";
            assert_eq!(
                widget.finds(left),
                json!([true, true, true, true]),
                "{level}"
            );
            assert_eq!(reader.finds(MISFITS), json!([]), "{level}");
        },
    );
}

// Room.

#[test]
fn the_demo_keeps_room_by_the_rules_that_the_documents_show() {
    let demo = include_str!("../../demo/demo.css");
    for document in [
        include_str!("../../docs/embedding.md"),
        include_str!("../../docs/id/pemasangan.md"),
    ] {
        assert!(demo.contains(room(document)));
    }
}

/// The documented rules that reserve room.
fn room(document: &'static str) -> &'static str {
    let at = document
        .find("gema-article { display: block; --gema-reserve-bar")
        .expect("the rules");
    document[at..]
        .split("```")
        .next()
        .expect("the end of the block")
}

#[test]
fn reserved_room_collapses_ten_seconds_without_the_script() {
    let css = room(include_str!("../../docs/embedding.md"));
    let page = Page::with(&format!("<style>{css}</style>"), &element("bar=top"));
    let reader = Reader::with_width(700);
    reader.opens(&page);
    let heights = "['::before', '::after'].map((one) => parseFloat(getComputedStyle(document.querySelector('gema-article'), one).height))";
    let kept = reader.finds(heights);
    assert!(
        kept.as_array()
            .expect("a list")
            .iter()
            .all(|one| one.as_f64() > Some(100.0)),
        "{kept}"
    );
    // Pauses all animations at this time.
    let set = "for (const one of document.getAnimations()) { one.pause(); one.currentTime = arguments[0]; }";
    reader.runs(set, &[json!(9_900)]);
    assert_eq!(reader.finds(heights), kept);
    reader.runs(set, &[json!(10_100)]);
    assert_eq!(reader.finds(heights), json!([0, 0]));
    let left = "document.querySelector('gema-article').getBoundingClientRect().height - document.querySelector('#own').getBoundingClientRect().height";
    assert!(reader.finds(left).as_f64() < Some(40.0));
}
