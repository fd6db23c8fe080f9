//! Normalisation of article keys: trims and shortens them, and converts them to Unicode NFC, so that the same title
//! typed on two systems gives the same key. The loader makes the same keys.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use unicode_normalization::{
    IsNormalized, UnicodeNormalization, char::is_combining_mark, is_nfc_quick,
};
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

/// Maximum number of combining marks in a row. More stack up over the lines above; words of Tibetan have six.
const MAX_MARKS: usize = 6;

/// Whether a key is the path of a page and contains nothing that looks like a sentence, markup or another host's
/// address. Needed because anybody may send events for any key. A path with `.` or `..` is none: browsers report the
/// path to which it leads, which may be another host's address (`/..//other.example`).
pub fn is_path(key: &ArticleKey) -> bool {
    let key = key.as_str();
    let is_odd =
        |c: char| c.is_whitespace() || c.is_control() || is_blank(c) || "\\<>\"`{}|^".contains(c);
    let path = key.split(['?', '#']).next().unwrap_or_default();
    key.starts_with('/')
        && !key.starts_with("//")
        && !path.split('/').any(is_dots)
        && !key.contains(is_odd)
        && !has_many_marks(key)
        && printable(key) == key
}

/// Whether a part of a path means the path itself or the one above, also as browsers decode it.
fn is_dots(part: &str) -> bool {
    let dots = part.to_ascii_lowercase().replace("%2e", ".");
    matches!(&*dots, "." | "..")
}

fn has_many_marks(text: &str) -> bool {
    let mut marks = 0;
    text.chars().any(|c| {
        marks = if is_combining_mark(c) { marks + 1 } else { 0 };
        marks > MAX_MARKS
    })
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
mod tests;
