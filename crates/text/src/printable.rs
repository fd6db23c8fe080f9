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
mod tests {
    use super::*;

    #[test]
    fn printable_escapes_terminal_controls() {
        assert_eq!(
            printable("/a\u{202e}b\u{2066}c\u{200f}"),
            "/a\\u{202e}b\\u{2066}c\\u{200f}"
        );
        assert_eq!(
            printable("a\u{1b}[2J\r\n\u{2028}"),
            "a\\u{1b}[2J\\u{d}\\u{a}\\u{2028}"
        );
        assert_eq!(printable("a\u{9b}2J\u{7f}"), "a\\u{9b}2J\\u{7f}");
    }

    #[test]
    fn texts_that_differ_in_an_invisible_character_look_different() {
        for invisible in [
            '\u{ad}',
            '\u{34f}',
            '\u{61c}',
            '\u{180e}',
            '\u{200b}',
            '\u{200c}',
            '\u{200d}',
            '\u{200e}',
            '\u{2060}',
            '\u{2063}',
            '\u{3164}',
            '\u{fe00}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{e0001}',
            '\u{e0061}',
            '\u{e01ef}',
        ] {
            for (start, end) in [("/a", "b"), ("/a", ""), ("/", "a"), ("/\u{e9}", "\u{e9}")] {
                let text = format!("{start}{invisible}{end}");
                let escaped = format!("{start}{}{end}", invisible.escape_unicode());
                assert_eq!(printable(&text), escaped);
            }
        }
        // The second of two joiners changes nothing.
        assert_eq!(
            printable("\u{645}\u{200c}\u{200c}\u{62e}"),
            "\u{645}\\u{200c}\\u{200c}\u{62e}"
        );
    }

    #[test]
    fn what_a_word_or_an_emoji_needs_is_kept() {
        for text in [
            "می\u{200c}خواهم بérita",
            // A conjunct, a half form, and Malayalam's final consonant.
            "\u{915}\u{94d}\u{200c}\u{937}",
            "\u{915}\u{94d}\u{200d} a",
            "\u{d28}\u{d4d}\u{200d}",
            "\u{2764}\u{fe0f}\u{200d}\u{1f525}",
            "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
            "\u{6dd}\u{661}",
        ] {
            assert_eq!(printable(text), text);
        }
    }

    #[test]
    fn printable_json_has_the_same_meaning_and_no_hidden_character() {
        let texts: Vec<String> = ('\0'..=char::MAX)
            .filter(|c| is_hidden(*c))
            .map(|c| format!("a{c}b"))
            .collect();
        assert!(texts.len() > 400, "{}", texts.len());
        let json = serde_json::to_string_pretty(&texts).unwrap();
        let shown = printable_json(&json);
        assert!(!shown.contains(|c| c != '\n' && is_hidden(c)));
        assert_eq!(serde_json::from_str::<Vec<String>>(&shown).unwrap(), texts);
        assert_eq!(
            printable_json("{\n  \"a\": \"\u{9b}\u{202e}\u{e0001}é\"\n}"),
            "{\n  \"a\": \"\\u009b\\u202e\\udb40\\udc01é\"\n}"
        );
    }
}
