//! Space that style sheets reserve for the widget, which must collapse if the script does not load (docs/embedding.md,
//! "No layout shift").

use cssparser::{ParseError, Parser, Token};
use scraper::ElementRef;
use url::Url;

use super::{
    Report, Web,
    element::Elements,
    finding::{Findings, note, warning},
    page::Page,
};

/// Maximum number of style sheets that are fetched, and of bytes of each.
const MAX_SHEETS: usize = 10;
const MAX_SHEET_BYTES: u64 = 1 << 20;

/// Maximum nesting depth of rules.
const MAX_DEPTH: usize = 16;

/// A style rule, with its declarations as text.
struct Rule {
    selector: String,
    declarations: Vec<(String, String)>,
    line: u64,
}

#[derive(Default)]
struct StyleSheet {
    rules: Vec<Rule>,
    keyframes: Vec<String>,
}

/// Reports space that never collapses, or that none is reserved.
pub(super) fn examine(
    web: &dyn Web,
    page: &Page,
    elements: &Elements<'_>,
    findings: &mut Findings,
    report: &mut Report,
) {
    let mut sheets: Vec<(Option<Url>, u64, StyleSheet)> = page
        .elements("style")
        .map(|style| {
            (
                None,
                page.line(style).unwrap_or(1),
                parse(&style.text().collect::<String>()),
            )
        })
        .collect();
    let links: Vec<_> = page
        .elements("link")
        .filter(is_sheet)
        .filter_map(|link| page.web(link.attr("href")?))
        .collect();
    if links.len() > MAX_SHEETS {
        report
            .unchecked
            .push(format!("style sheets after the first {MAX_SHEETS}"));
    }
    for link in links.into_iter().take(MAX_SHEETS) {
        match web.get(
            &link,
            &[
                ("accept", "text/css,*/*;q=0.1"),
                ("sec-fetch-dest", "style"),
            ],
            MAX_SHEET_BYTES,
        ) {
            Ok(answer) if answer.is_success() => {
                sheets.push((Some(link), 0, parse(&answer.text())))
            }
            _ => report
                .unchecked
                .push(format!("the style sheet {link}, which does not come")),
        }
    }
    let known: Vec<_> = sheets
        .iter()
        .flat_map(|(_, _, sheet)| sheet.keyframes.iter().cloned())
        .collect();
    let mut is_reserved = false;
    for (link, begins, sheet) in &sheets {
        for rule in &sheet.rules {
            let Some(declaration) = reserved(rule) else {
                continue;
            };
            is_reserved = true;
            if collapses(rule, &known) {
                continue;
            }
            let says = format!(
                "`{declaration}` reserves room for the widget. Where the script does not come (an old browser, a blocker, a failed request) it stays empty for ever."
            );
            let write = format!(
                "{} {{ …; animation: gema-room 0s 10s forwards; }}\n@keyframes gema-room {{ to {{ height: 0; min-height: 0; margin: 0; }} }}",
                rule.selector
            );
            let finding = warning("room-for-ever", says, write);
            findings.push(match link {
                Some(link) => finding.found(&format!("{link}: {}", rule.selector)),
                None => finding.on(begins + rule.line.saturating_sub(1), &rule.selector),
            });
        }
    }
    if elements.first().is_some() && !is_reserved {
        let says =
            "No style sheet reserves room for the widget, so what is below it moves when it comes.";
        let write = "Copy the rules of \"No layout shift\" in docs/embedding.md into the page's style sheet.";
        findings.push(note("room-none", says, write));
    }
}

fn is_sheet(link: &ElementRef<'_>) -> bool {
    let rel = link.attr("rel").unwrap_or_default().to_ascii_lowercase();
    rel.split_ascii_whitespace().any(|rel| rel == "stylesheet") && !rel.contains("alternate")
}

/// The declaration that reserves space before the widget has loaded, if there is one.
fn reserved(rule: &Rule) -> Option<String> {
    let selects = |selector: &str| {
        let has_pseudo = selector.contains("::before")
            || selector.contains("::after")
            || selector.contains(":not([data-ready");
        selector.contains("gema-article")
            && (has_pseudo || selector.trim().ends_with("gema-article"))
    };
    let is_before_ready = rule.selector.contains("data-ready");
    if !rule.selector.split(',').any(selects) {
        return None;
    }
    let names: &[&str] = if is_before_ready {
        &[
            "height",
            "min-height",
            "block-size",
            "min-block-size",
            "padding-bottom",
        ]
    } else {
        &["min-height", "min-block-size", "height"]
    };
    let is_none = |value: &str| {
        matches!(
            value,
            "" | "0"
                | "0px"
                | "auto"
                | "none"
                | "initial"
                | "unset"
                | "revert"
                | "100%"
                | "inherit"
                | "fit-content"
                | "max-content"
                | "min-content"
        )
    };
    let found = rule.declarations.iter().find(|(name, value)| {
        names.contains(&name.as_str()) && !is_none(value.trim_end_matches("!important").trim())
    });
    found
        .filter(|(_, value)| !is_line(value))
        .map(|(name, value)| format!("{name}: {value}"))
}

/// Minimum height that counts as reserved space, in CSS pixels; anything lower is decoration.
const MIN_RESERVED_PX: f64 = 16.0;

fn is_line(value: &str) -> bool {
    let pixels = value
        .trim_end_matches("!important")
        .trim()
        .strip_suffix("px")
        .and_then(|pixels| pixels.parse::<f64>().ok());
    pixels.is_some_and(|pixels| pixels < MIN_RESERVED_PX)
}

/// Whether the rule has an animation that is defined, and so presumably collapses the space.
fn collapses(rule: &Rule, known: &[String]) -> bool {
    let animations = rule.declarations.iter().filter(|(name, _)| {
        matches!(
            name.as_str(),
            "animation" | "animation-name" | "-webkit-animation"
        )
    });
    let mut words = animations.flat_map(|(_, value)| value.split([' ', ',']));
    words.any(|word| known.iter().any(|known| known == word))
}

fn parse(css: &str) -> StyleSheet {
    let mut sheet = StyleSheet::default();
    block(&mut Parser::new(css), &mut sheet, "", 0);
    sheet
}

/// Parses the rules and declarations of a block. `around`: the selector of the enclosing rule.
fn block(parser: &mut Parser<'_>, sheet: &mut StyleSheet, around: &str, depth: usize) {
    let line = u64::from(parser.current_source_location().line) + 1;
    let mut rule = Rule {
        selector: around.to_owned(),
        declarations: Vec::new(),
        line,
    };
    let mut start = parser.position();
    while let Ok(token) = parser.next_including_whitespace_and_comments().cloned() {
        match token {
            Token::CurlyBracketBlock => {
                let whole = parser.slice_from(start);
                let prelude = without_comments(whole.strip_suffix('{').unwrap_or(whole));
                let _ = parser.parse_nested_block(|inner| {
                    if depth < MAX_DEPTH {
                        inside(inner, sheet, &prelude, around, depth);
                    }
                    Ok::<(), ParseError<()>>(())
                });
                start = parser.position();
            }
            Token::Semicolon => {
                let whole = parser.slice_from(start);
                declare(&mut rule, whole.strip_suffix(';').unwrap_or(whole));
                start = parser.position();
            }
            _ => {}
        }
    }
    declare(&mut rule, parser.slice_from(start));
    if !rule.declarations.is_empty() && !around.is_empty() {
        sheet.rules.push(rule);
    }
}

fn inside(
    parser: &mut Parser<'_>,
    sheet: &mut StyleSheet,
    prelude: &str,
    around: &str,
    depth: usize,
) {
    if let Some(name) = keyframes(prelude) {
        sheet.keyframes.push(name);
    } else if prelude.starts_with('@') {
        block(parser, sheet, around, depth + 1);
    } else if around.is_empty() || !prelude.contains('&') {
        block(parser, sheet, prelude, depth + 1);
    } else {
        block(parser, sheet, &prelude.replace('&', around), depth + 1);
    }
}

/// The name after `@keyframes`.
fn keyframes(prelude: &str) -> Option<String> {
    let rest = prelude
        .strip_prefix("@keyframes")
        .or_else(|| prelude.strip_prefix("@-webkit-keyframes"))?;
    Some(rest.trim().trim_matches(['"', '\'']).to_owned())
}

fn declare(rule: &mut Rule, text: &str) {
    let text = without_comments(text);
    if let Some((name, value)) = text.split_once(':') {
        rule.declarations.push((
            name.trim().to_ascii_lowercase(),
            value.trim().to_ascii_lowercase(),
        ));
    }
}

fn without_comments(text: &str) -> String {
    let mut all = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("/*") {
        all.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    all.push_str(rest);
    all.split_whitespace().collect::<Vec<_>>().join(" ")
}
