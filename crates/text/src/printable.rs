//! Escaping of untrusted text for terminals.

use std::fmt::Write as _;

use crate::invisible::{is_invisible, is_needed};

/// Escapes characters that affect a terminal, or that are invisible, so that two different texts look different
/// (`\u{202e}`): control characters, line separators, bidirectional controls, and zero-width characters. Joiners that a
/// word needs are kept.
pub fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for (one, is_shown) in judged(text) {
        match is_shown {
            true => shown.push(one),
            false => shown.extend(one.escape_unicode()),
        }
    }
    shown
}

/// Escapes the same characters in a JSON text, which keeps its meaning: `\u009b`.
pub fn printable_json(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for (one, is_shown) in judged(json) {
        // Within its strings, JSON has no line feed.
        if is_shown || one == '\n' {
            shown.push(one);
            continue;
        }
        for unit in one.encode_utf16(&mut [0; 2]) {
            // Writing to a String cannot fail.
            let _ = write!(shown, "\\u{unit:04x}");
        }
    }
    shown
}

/// The characters of a text, and whether each may be shown as it is.
fn judged(text: &str) -> impl Iterator<Item = (char, bool)> {
    let mut before = None;
    let mut rest = text.chars();
    std::iter::from_fn(move || {
        let one = rest.next()?;
        let after = rest.clone().next();
        let is_shown = !is_hidden(one) || is_needed(one, before, after);
        before = Some(one);
        Some((one, is_shown))
    })
}

/// Whether a character is a control, a separator of lines or paragraphs, or invisible.
fn is_hidden(c: char) -> bool {
    // Signs of Arabic, Syriac and Kaithi numbers are format characters, and visible.
    let is_sign = matches!(
        c,
        '\u{600}'
            ..='\u{605}'
                | '\u{6dd}'
                | '\u{70f}'
                | '\u{890}'
                | '\u{891}'
                | '\u{8e2}'
                | '\u{110bd}'
                | '\u{110cd}'
    );
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') || is_invisible(c) && !is_sign
}

#[cfg(test)]
mod tests;
