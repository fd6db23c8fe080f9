//! Contrast of the default colours (`styles/palettes.css`) with their backgrounds, by WCAG 2.2: for the fixed palettes,
//! and for `theme="auto"` on pages of many colours. Also what old engines accept of the style sheets. axe-core and
//! tests/e2e/layouts.rs check contrast again in real pages.

use std::collections::HashMap;

const TOKENS: &str = include_str!("../styles/tokens.css");
const PALETTES: &str = include_str!("../styles/palettes.css");
const WIDGET: &str = include_str!("../styles/widget.css");

/// Foreground, background, and minimum contrast: 4.5 for text (WCAG 1.4.3), 3 for graphics (1.4.11).
const PAIRS: [(&str, &str, f64); 11] = [
    ("text", "surface", 4.5),
    ("text", "chosen", 4.5),
    ("text", "page", 4.5),
    ("muted", "surface", 4.5),
    ("muted", "chosen", 4.5),
    // This colour is also the border of a field.
    ("muted", "page", 4.5),
    ("accent", "surface", 3.0),
    ("accent", "chosen", 3.0),
    ("accent", "page", 3.0),
    ("bar", "surface", 3.0),
    ("bar", "page", 3.0),
];

/// Text and background of pages: black and white, greys, sepia, and some brands' colours. Each has at least 7:1.
const PAGES: [(&str, &str); 21] = [
    ("#000000", "#ffffff"),
    ("#1f2328", "#ffffff"),
    ("#333333", "#ffffff"),
    ("#555555", "#ffffff"),
    ("#000080", "#ffffff"),
    ("#333333", "#f5f5f5"),
    ("#5b4636", "#f4ecd8"),
    ("#111111", "#cccccc"),
    ("#111111", "#aaaaaa"),
    ("#000000", "#ff9900"),
    ("#000000", "#ffff00"),
    ("#ffffff", "#000000"),
    ("#eeeeee", "#111111"),
    ("#bbbbbb", "#1e1e1e"),
    ("#cccccc", "#222222"),
    ("#cbd5e1", "#0f172a"),
    ("#ffffff", "#333333"),
    ("#ffffff", "#555555"),
    ("#ffffff", "#8c1d22"),
    ("#ffffff", "#0a4a8f"),
    ("#00ff00", "#000000"),
];

/// Pages whose own text has little more than 4.5:1.
const FAINT_PAGES: [(&str, &str); 5] = [
    ("#666666", "#ffffff"),
    ("#767676", "#ffffff"),
    ("#aaaaaa", "#222222"),
    ("#ffffff", "#0b5cad"),
    ("#839496", "#002b36"),
];

/// Red, green, blue and alpha, from 0 to 1.
type Colour = [f64; 4];

/// The declarations of one rule of a style sheet, by name without `--_default-`.
fn rule(begins: &str) -> HashMap<&'static str, &'static str> {
    let (_, rest) = PALETTES
        .split_once(begins)
        .unwrap_or_else(|| panic!("no rule {begins}"));
    let (_, block) = rest.split_once('{').expect("a rule");
    let declarations = block.split('}').next().expect("its end").split(';');
    let named = |line: &'static str| line.trim().strip_prefix("--_default-")?.split_once(": ");
    declarations.filter_map(named).collect()
}

fn hex(text: &str) -> Colour {
    let channel =
        |at: usize| f64::from(u8::from_str_radix(&text[at..at + 2], 16).expect("#rrggbb")) / 255.0;
    [channel(1), channel(3), channel(5), 1.0]
}

/// The colour that an expression of palettes.css yields, for a page's text colour.
fn value(expression: &str, palette: &HashMap<&str, &str>, text: Colour) -> Colour {
    let numbers = |inner: &str| {
        inner
            .split(',')
            .map(|one| one.trim().parse().expect("a number"))
            .collect::<Vec<f64>>()
    };
    let inner = |begins: &str| expression.strip_prefix(begins)?.strip_suffix(')');
    if expression == "currentColor" {
        text
    } else if expression == "transparent" {
        [0.0; 4]
    } else if expression.starts_with('#') {
        hex(expression)
    } else if let Some(rgba) = inner("rgba(") {
        let rgba = numbers(rgba);
        [rgba[0] / 255.0, rgba[1] / 255.0, rgba[2] / 255.0, rgba[3]]
    } else if let Some(name) = inner("var(--_") {
        value(palette[name], palette, text)
    } else if let Some(both) = inner("color-mix(in srgb, ") {
        let (one, other) = both.rsplit_once(", ").expect("two colours");
        let (one, share) = one.rsplit_once(' ').expect("a share");
        let share = share.trim_end_matches('%').parse::<f64>().expect("percent") / 100.0;
        mixed(
            value(one, palette, text),
            share,
            value(other, palette, text),
        )
    } else {
        panic!("`{expression}` is not known here")
    }
}

/// Mixes two colours as color-mix() does: premultiplied.
fn mixed(one: Colour, share: f64, other: Colour) -> Colour {
    let alpha = one[3] * share + other[3] * (1.0 - share);
    let channel =
        |at: usize| (one[at] * one[3] * share + other[at] * other[3] * (1.0 - share)) / alpha;
    [channel(0), channel(1), channel(2), alpha]
}

/// A translucent colour in front of another one.
fn over(front: Colour, behind: Colour) -> Colour {
    let channel = |at: usize| front[at] * front[3] + behind[at] * (1.0 - front[3]);
    [channel(0), channel(1), channel(2), 1.0]
}

/// Relative luminance, as defined by WCAG.
fn luminance(colour: Colour) -> f64 {
    let channel = |at: usize| {
        let value: f64 = colour[at];
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * channel(0) + 0.7152 * channel(1) + 0.0722 * channel(2)
}

fn contrast(one: Colour, other: Colour) -> f64 {
    let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
    one.max(other) / one.min(other)
}

/// For each pair: its names, its contrast on a page, and the required minimum.
fn contrasts(palette: &HashMap<&str, &str>, text: &str, page: &str) -> Vec<(String, f64, f64)> {
    let (text, page) = (hex(text), hex(page));
    let of = |name: &str| {
        if name == "page" {
            page
        } else {
            over(value(palette[name], palette, text), page)
        }
    };
    let pair = |(front, behind, least): (&str, &str, f64)| {
        // The foreground's alpha is blended with its background, not with the page.
        let seen = over(value(palette[front], palette, text), of(behind));
        (
            format!("{front} on {behind}"),
            contrast(seen, of(behind)),
            least,
        )
    };
    PAIRS.map(pair).to_vec()
}

fn auto() -> HashMap<&'static str, &'static str> {
    let mut palette = without_color_mix();
    palette.extend(rule(
        "@supports (color: color-mix(in srgb, red, blue)) and (color: rgb(from red r g b)) {",
    ));
    palette
}

fn without_color_mix() -> HashMap<&'static str, &'static str> {
    rule("mid-tones that stand out from white and from black. */")
}

#[test]
fn fixed_palettes_have_enough_contrast() {
    for (theme, page) in [("light", "#ffffff"), ("dark", "#121212")] {
        let palette = rule(&format!(":host([theme=\"{theme}\"])"));
        for (pair, found, least) in contrasts(&palette, "#000000", page) {
            assert!(
                found >= least,
                "{pair}, {theme}: {found:.2} is less than {least}"
            );
        }
    }
}

#[test]
fn the_endpoints_own_pages_are_dark_as_the_dark_theme_is() {
    let media = PALETTES
        .split_once("@media (prefers-color-scheme: dark)")
        .expect("the dark pages")
        .1;
    let (_, dark) = PALETTES
        .split_once(":root[data-theme=\"dark\"] {")
        .expect("the dark theme");
    let lines = |css: &'static str| {
        let block = css.split('}').next().unwrap_or_default();
        block
            .lines()
            .filter(|line| line.contains("--_"))
            .map(str::trim)
            .collect::<Vec<_>>()
    };
    assert_eq!(lines(media), lines(dark));
}

#[test]
fn every_colour_of_auto_stands_out_on_pages_of_any_colour() {
    for (text, page) in PAGES {
        assert!(contrast(hex(text), hex(page)) >= 7.0, "{text} on {page}");
        for (pair, found, least) in contrasts(&auto(), text, page) {
            assert!(
                found >= least,
                "{pair}, {text} on {page}: {found:.2} is less than {least}"
            );
        }
    }
}

#[test]
fn on_a_page_of_faint_text_auto_is_hardly_fainter_than_the_page() {
    for (text, page) in FAINT_PAGES {
        let own = contrast(hex(text), hex(page));
        for (pair, found, least) in contrasts(&auto(), text, page) {
            let share = if pair.starts_with("text") || pair == "muted on page" {
                0.75
            } else {
                0.55
            };
            assert!(
                found >= least.min(share * own),
                "{pair}, {text} on {page}: {found:.2} of {own:.2}"
            );
        }
    }
}

#[test]
fn without_color_mix_colours_contrast_on_any_page() {
    for (text, page) in [
        ("#000000", "#ffffff"),
        ("#333333", "#f5f5f5"),
        ("#ffffff", "#000000"),
        ("#eeeeee", "#1a1a1a"),
    ] {
        for (pair, found, least) in contrasts(&without_color_mix(), text, page) {
            assert!(
                found >= least,
                "{pair}, {text} on {page}: {found:.2} is less than {least}"
            );
        }
    }
}

/// A full bar is behind its option's text, where the mask reduces the bar's opacity.
#[test]
fn text_stands_out_from_bars_as_high_as_their_option() {
    let (_, mask) = PALETTES
        .split_once("--_bar-mask: var(--gema-bar, linear-gradient(to top, #000 8px, #000000")
        .expect("a mask");
    let alpha = mask.split_whitespace().next().expect("its end");
    let left = f64::from(u8::from_str_radix(alpha, 16).expect("two hexadecimal digits")) / 255.0;
    let fixed = ["light", "dark"].map(|theme| rule(&format!(":host([theme=\"{theme}\"])")));
    let pages = [("#000000", "#ffffff"), ("#ffffff", "#121212")];
    let fixed = fixed
        .iter()
        .zip(pages)
        .map(|(palette, (text, page))| (palette.clone(), text, page));
    for (palette, text, page) in PAGES
        .map(|(text, page)| (auto(), text, page))
        .into_iter()
        .chain(fixed)
    {
        let of = |name: &str| value(palette[name], &palette, hex(text));
        for (bar, behind) in [("bar", "surface"), ("accent", "chosen")] {
            let [red, green, blue, alpha] = of(bar);
            let behind = over(
                [red, green, blue, alpha * left],
                over(of(behind), hex(page)),
            );
            for front in ["text", "muted"] {
                let found = contrast(over(of(front), behind), behind);
                // If the page's own text has little more than 7:1, secondary text has a little less than 4.5:1.
                let least = if front == "muted" {
                    4.5_f64.min(0.5 * contrast(hex(text), hex(page)))
                } else {
                    4.5
                };
                assert!(
                    found >= least,
                    "{front} on {bar}, {text} on {page}: {found:.2}"
                );
            }
        }
    }
}

/// The rules that every engine reads: selectors and declarations, without those inside `@supports` and `@container`.
fn unguarded(css: &str) -> Vec<(String, String)> {
    let mut css = css.to_owned();
    while let (Some(begin), Some(end)) = (css.find("/*"), css.find("*/")) {
        css.replace_range(begin..end + 2, "");
    }
    let (mut rest, mut found) = (&*css, vec![]);
    while let Some((prelude, after)) = rest.split_once('{') {
        let mut depth = 1;
        let ends = |(_, letter): &(usize, char)| {
            depth += i32::from(*letter == '{') - i32::from(*letter == '}');
            depth == 0
        };
        let (end, _) = after.char_indices().find(ends).expect("the end of a block");
        let (block, prelude) = (&after[..end], prelude.trim());
        if prelude.starts_with("@media") {
            found.extend(unguarded(block));
        } else if !prelude.starts_with('@') {
            found.push((prelude.to_owned(), block.to_owned()));
        }
        rest = &after[end + 1..];
    }
    found
}

/// Functions that Chromium 66, Safari 12 or Firefox 63 does not know.
const FUNCTIONS: [&str; 8] = [
    "light-dark(",
    "color-mix(",
    "max(",
    "min(",
    "clamp(",
    "oklch(",
    "oklab(",
    "lab(",
];
const PROPERTIES: [&str; 8] = [
    "inset",
    "inset-inline",
    "margin-inline",
    "margin-block",
    "padding-inline",
    "padding-block",
    "translate",
    "all",
];
const SELECTORS: [&str; 6] = [
    ":focus-visible",
    ":has(",
    ":is(",
    ":where(",
    " of ",
    "::marker",
];

#[test]
fn old_engines_lose_only_dispensable_rules() {
    let rules = [TOKENS, PALETTES, WIDGET].map(unguarded).concat();
    assert!(rules.len() > 60, "{}", rules.len());
    for (selectors, block) in &rules {
        // One unknown selector invalidates the whole rule.
        let all: Vec<_> = selectors.split(",\n").collect();
        let new = all
            .iter()
            .filter(|selector| SELECTORS.iter().any(|one| selector.contains(one)))
            .count();
        assert!(new == 0 || new == all.len(), "{selectors}");
        for (name, value) in block
            .split(';')
            .filter_map(|one| one.trim().split_once(": "))
        {
            // In a custom property, an unknown function invalidates every declaration that uses the property; elsewhere
            // it invalidates that declaration only. That is acceptable where only the room for later content is lost.
            if !["contain-intrinsic-inline-size", "min-width"].contains(&name) {
                assert!(
                    !FUNCTIONS.iter().any(|one| value.contains(one)),
                    "{selectors}: {name}: {value}"
                );
            }
            assert!(!PROPERTIES.contains(&name), "{selectors}: {name}");
            // A colour that a page may set is a declaration of its own: in a shorthand, a value that the engine does
            // not know would invalidate the rest too.
            let has_colour = ["--_line", "--_accent", "--_surface", "--_bar)"]
                .iter()
                .any(|one| value.contains(one));
            assert!(
                !has_colour || !["border", "outline", "border-top"].contains(&name),
                "{selectors}: {name}: {value}"
            );
        }
    }
}

#[test]
fn contrast_is_measured_as_the_standard_says() {
    assert!((contrast(hex("#ffffff"), hex("#000000")) - 21.0).abs() < 1e-9);
    // The well-known grey that just reaches 4.5:1.
    assert!((4.5..4.6).contains(&contrast(hex("#767676"), hex("#ffffff"))));
    // Half transparent black on white is grey.
    let [red, .., alpha] = over(mixed(hex("#000000"), 0.5, [0.0; 4]), hex("#ffffff"));
    assert!((red - 0.5).abs() < 1e-9 && (alpha - 1.0).abs() < 1e-9);
}
