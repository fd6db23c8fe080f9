//! The colours of `styles/tokens.css`, as they are where a page sets none, against what is behind them: WCAG 2.2's contrast, in light
//! and in dark. In real pages axe-core looks at them again.

use std::collections::HashMap;

const TOKENS: &str = include_str!("../styles/tokens.css");

/// What stands on what, and the least contrast: 4.5 for text (WCAG 1.4.3), 3 for what is drawn (1.4.11).
const PAIRS: [(&str, &str, f64); 13] = [
    ("text", "surface", 4.5),
    ("text", "chosen", 4.5),
    ("text", "page", 4.5),
    ("muted", "surface", 4.5),
    ("muted", "chosen", 4.5),
    ("muted", "page", 4.5),
    // The field is drawn with it.
    ("text", "field", 4.5),
    ("muted", "field", 3.0),
    ("accent", "surface", 3.0),
    ("accent", "chosen", 3.0),
    ("accent", "page", 3.0),
    ("bar", "surface", 3.0),
    ("bar", "page", 3.0),
];

type Colours = HashMap<String, [&'static str; 2]>;

/// By name: in light and in dark. A page is white or black, as a browser has it; the field's own colours are in widget.css.
fn colours() -> Colours {
    let declared = TOKENS.lines().filter_map(|line| line.trim().strip_prefix("--_")?.split_once(':'));
    let both = declared.filter_map(|(name, value)| {
        let (light, dark) = value.split_once("light-dark(")?.1.split_once(')')?.0.split_once(", ")?;
        Some((name.to_owned(), [light, dark]))
    });
    let others = [("page", ["#ffffff", "#121212"]), ("field", ["#ffffff", "#14171b"])];
    both.chain(others.map(|(name, both)| (name.to_owned(), both))).collect()
}

/// Relative luminance, as WCAG defines it.
fn luminance(hex: &str) -> f64 {
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).expect("#rrggbb")) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
    one.max(other) / one.min(other)
}

#[test]
fn every_colour_stands_out_from_what_is_behind_it_in_light_and_dark() {
    let colours = colours();
    for (front, behind, least) in PAIRS {
        for (at, scheme) in ["light", "dark"].into_iter().enumerate() {
            let found = contrast(colours[front][at], colours[behind][at]);
            assert!(found >= least, "{front} on {behind}, {scheme}: {found:.2} is less than {least}");
        }
    }
}

#[test]
fn contrast_is_measured_as_the_standard_says() {
    assert!((contrast("#ffffff", "#000000") - 21.0).abs() < 1e-9);
    // The well-known grey that is just enough.
    assert!((4.5..4.6).contains(&contrast("#767676", "#ffffff")));
}
