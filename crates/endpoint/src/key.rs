//! An article's key as every edge takes it: in Unicode NFC, so that one title typed on two systems is
//! one article.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use wire::{ArticleKey, Invalid};

/// Takes a key from outside.
///
/// # Errors
/// [`Invalid`] says which rule of [`ArticleKey`] its NFC form breaks.
pub fn article_key(text: &str) -> Result<ArticleKey, Invalid> {
    let text = match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => Cow::Borrowed(text),
        IsNormalized::No | IsNormalized::Maybe => Cow::Owned(text.nfc().collect()),
    };
    ArticleKey::parse(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_the_same_however_its_letters_are_composed() {
        assert_eq!(article_key("cafe\u{301}"), article_key("caf\u{e9}"));
        assert_eq!(article_key("/index.php?id=123").unwrap().as_str(), "/index.php?id=123");
        assert!(article_key("").is_err());
    }

    #[test]
    fn its_length_is_that_of_its_composed_form() {
        // 3 bytes decomposed, 2 composed.
        assert!(article_key(&"e\u{301}".repeat(100)).is_ok());
        assert!(article_key(&"e\u{301}".repeat(101)).is_err());
    }
}
