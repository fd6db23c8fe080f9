//! Escaping of untrusted text for terminals.

/// Escapes characters that affect a terminal (`\u{202e}`): control characters, line separators, and bidirectional
/// controls.
pub fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for one in text.chars() {
        match one {
            _ if one.is_control() => shown.extend(one.escape_unicode()),
            // Marks, embeddings, overrides and isolates of the bidirectional algorithm (UAX #9), and line and
            // paragraph separators.
            '\u{61c}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' => {
                shown.extend(one.escape_unicode());
            }
            _ => shown.push(one),
        }
    }
    shown
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
        // Persian and Hindi need joiners, which are kept.
        assert_eq!(
            printable("می\u{200c}خواهم بérita"),
            "می\u{200c}خواهم بérita"
        );
    }
}
