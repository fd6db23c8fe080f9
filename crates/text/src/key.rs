//! Normalisation of article keys: trims and shortens them, and converts them to Unicode NFC, so that the same title
//! typed on two systems gives the same key. The loader makes the same keys.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use wire::{ArticleKey, Invalid};

use crate::{
    invisible::{is_invisible, is_unknown, may_be_needed},
    printable::printable,
};

/// Maximum length of an unshortened key in bytes: an address that browsers and proxies accept.
const MAX_TEXT_BYTES: usize = 8 * 1024;

/// Normalises a key from outside: converts it to NFC, trims it, and shortens it if it is too long.
///
/// # Errors
/// [`Invalid`] for a text without visible characters, with control characters, or longer than 8,192 bytes.
pub fn article_key(text: &str) -> Result<ArticleKey, Invalid> {
    let length = Invalid("must have 1 to 8192 bytes");
    if text.len() > MAX_TEXT_BYTES {
        return Err(length);
    }
    let text = match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => Cow::Borrowed(text),
        IsNormalized::No | IsNormalized::Maybe => Cow::Owned(text.nfc().collect()),
    };
    match text.trim_matches(is_white_space) {
        "" => Err(length),
        text => ArticleKey::shortened(text),
    }
}

/// Whether a key is the path of a page and contains nothing that looks like a sentence, markup or another host's
/// address. Needed because anybody may send events for any key.
pub fn is_path(key: &ArticleKey) -> bool {
    let key = key.as_str();
    let is_odd =
        |c: char| c.is_whitespace() || c.is_control() || is_blank(c) || "\\<>\"`{}|^".contains(c);
    key.starts_with('/') && !key.starts_with("//") && !key.contains(is_odd) && printable(key) == key
}

/// Whether a character is shown as nothing or as a space, or as the box of a missing glyph. Joiners and selectors
/// are not blank where they are needed; [`printable`] escapes them elsewhere.
fn is_blank(c: char) -> bool {
    // Empty, although their category is that of letters and symbols.
    let is_empty = matches!(
        c,
        '\u{2800}' | '\u{13441}'..='\u{13446}' | '\u{16fe4}' | '\u{1d159}'
    );
    is_empty || is_unknown(c) || is_invisible(c) && !may_be_needed(c)
}

/// A path decoded as in the loader, by `decodeURIComponent`; unchanged if that would throw or give control characters.
pub fn decoded(path: &str) -> Cow<'_, str> {
    let is_hex = |at: usize| path.as_bytes().get(at).is_some_and(u8::is_ascii_hexdigit);
    let is_whole = path
        .bytes()
        .enumerate()
        .all(|(at, byte)| byte != b'%' || (is_hex(at + 1) && is_hex(at + 2)));
    let decoded = percent_decode_str(path).decode_utf8();
    decoded
        .ok()
        .filter(|decoded| is_whole && !decoded.contains(char::is_control))
        .unwrap_or(path.into())
}

/// White space according to JavaScript's `String.prototype.trim`.
fn is_white_space(c: char) -> bool {
    (c.is_whitespace() && c != '\u{85}') || c == '\u{feff}'
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Vector {
        about: String,
        input: String,
        key: String,
    }

    #[test]
    fn article_key_matches_the_loader() {
        let vectors = include_str!("../../../tests/fixtures/keys.json");
        for Vector { about, input, key } in serde_json::from_str::<Vec<Vector>>(vectors).unwrap() {
            assert_eq!(article_key(&input).unwrap().as_str(), key, "{about}");
            assert_eq!(
                article_key(&key).unwrap().as_str(),
                key,
                "{about}: the key of a key"
            );
        }
    }

    #[test]
    fn article_key_is_the_same_for_any_composition() {
        assert_eq!(article_key("cafe\u{301}"), article_key("caf\u{e9}"));
        assert_eq!(
            article_key("/index.php?id=123").unwrap().as_str(),
            "/index.php?id=123"
        );
    }

    #[test]
    fn is_path_rejects_sentences_and_other_hosts() {
        let is_path = |text: &str| is_path(&article_key(text).unwrap());
        for path in [
            "/",
            "/2015/11/fgd.html",
            "/index.php?id=123&a=b",
            "/berita/%C3%A9/caf\u{e9}",
            "/خبر/۱",
            "/a#!/b",
            "/@a/b~c",
            "/l'article",
        ] {
            assert!(is_path(path), "{path}");
        }
        for other in [
            "fgd",
            "//other.example/x",
            "/\\other.example/x",
            "\\\\other.example",
            "https://other.example/",
            "javascript:alert(1)",
            "Buy now",
            "/Buy now",
            "/Buy\u{a0}now",
            "/a\u{202e}b",
            "/a\u{2028}b",
            "/<b>a",
            "/\"a",
        ] {
            assert!(!is_path(other), "{other}");
        }
    }

    #[test]
    fn article_key_rejects_blank_and_control_characters() {
        let long = "a".repeat(MAX_TEXT_BYTES + 1);
        for text in ["", " \n", "\u{a0}", "a\nb", "a\u{0}", "a\u{85}b", &long] {
            assert!(article_key(text).is_err(), "{text:?}");
        }
        assert!(article_key(&long[1..]).is_ok());
    }

    #[test]
    fn a_path_with_blank_letters_is_no_path() {
        let is = |text: &str| is_path(&article_key(text).unwrap());
        for blank in [
            '\u{2800}',
            '\u{3164}',
            '\u{ffa0}',
            '\u{200b}',
            '\u{ad}',
            '\u{2060}',
            '\u{e0041}',
            '\u{180b}',
        ] {
            assert!(!is(&format!("/BUY{blank}PILLS")), "{:x}", u32::from(blank));
        }
        // Words of Persian and Hindi, and an emoji.
        for path in ["/می\u{200c}روم", "/क्\u{200d}ष", "/❤\u{fe0f}"] {
            assert!(is(path), "{path}");
        }
    }

    #[test]
    fn is_path_rejects_every_blank_and_unknown_character() {
        use icu_properties::{
            CodePointMapData, CodePointSetData,
            props::{DefaultIgnorableCodePoint, GeneralCategory},
        };
        let categories = CodePointMapData::<GeneralCategory>::new();
        let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
        let is_path = |text: String| is_path(&ArticleKey::parse(&text).unwrap());
        for c in '\u{a0}'..=char::MAX {
            let category = categories.get(c);
            if ignorable.contains(c) || category == GeneralCategory::Format {
                for text in [format!("/a{c}b"), format!("/{c}"), format!("/a{c}")] {
                    assert!(!is_path(text), "{:x}", c as u32);
                }
            }
            let is_unknown = [GeneralCategory::Unassigned, GeneralCategory::PrivateUse];
            // A sample of the million.
            if is_unknown.contains(&category) && u32::from(c).is_multiple_of(8) {
                assert!(!is_path(format!("/a{c}b")), "{:x}", c as u32);
            }
        }
        for c in [
            '\u{2800}',
            '\u{1d159}',
            '\u{180e}',
            '\u{e000}',
            '\u{378}',
            '\u{3164}',
        ] {
            assert!(!is_path(format!("/a{c}b")), "{:x}", c as u32);
        }
    }

    #[test]
    fn is_path_accepts_the_joiners_of_words() {
        for path in [
            "/می\u{200c}خواهم",
            "/\u{d28}\u{d4d}\u{200d}",
            "/\u{915}\u{94d}\u{200d}\u{937}",
            "/\u{2764}\u{fe0f}",
            "/日本/caf\u{e9}",
        ] {
            assert!(is_path(&article_key(path).unwrap()), "{path}");
        }
    }
}
