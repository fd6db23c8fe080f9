use crate::{ArticleKey, Invalid, MAX_ARTICLE_KEY_BYTES, name::check_characters};

/// Length of the readable prefix of a shortened key, in bytes.
const PREFIX_BYTES: usize = 180;

/// Parameters of FNV-1a with 64 bits.
const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

impl ArticleKey {
    /// Shortens a trimmed text in Unicode NFC to a key. A text of up to 200 bytes stays unchanged. Otherwise the key
    /// is the longest prefix of at most 180 bytes that ends between characters, then `~`, then the FNV-1a hash (64
    /// bits, 16 hex digits) of the whole text. The loader makes the same keys.
    ///
    /// # Errors
    /// [`Invalid`] for an empty text, surrounding white space, and control characters.
    pub fn shortened(text: &str) -> Result<Self, Invalid> {
        if text.len() <= MAX_ARTICLE_KEY_BYTES {
            return Self::parse(text);
        }
        check_characters(text)?;
        let prefix = &text[..text.floor_char_boundary(PREFIX_BYTES)];
        let hash = text.bytes().fold(OFFSET, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(PRIME)
        });
        Self::parse(&format!("{prefix}~{hash:016x}"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_hash_is_fnv_1a() {
        // The published value for "foobar".
        let hash = b"foobar".iter().fold(OFFSET, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(PRIME)
        });
        assert_eq!(hash, 0x8594_4171_f739_67e8);
    }

    #[test]
    fn an_invalid_character_anywhere_in_a_long_key_is_refused() {
        for odd in ["\u{0}", "\n", "\u{7f}", "\u{85}"] {
            assert!(
                ArticleKey::shortened(&format!("{}{odd}{}", "a".repeat(250), "b".repeat(10)))
                    .is_err(),
                "{odd:?}"
            );
        }
        for edge in [
            format!(" {}", "a".repeat(250)),
            format!("{} ", "a".repeat(250)),
            String::new(),
        ] {
            assert!(ArticleKey::shortened(&edge).is_err(), "{edge:?}");
        }
    }

    /// Texts around and beyond the maximum length, with characters of one to four bytes.
    fn texts() -> impl Strategy<Value = String> {
        "[a-z/ \u{e9}\u{e01}-\u{e2e}\u{1f600}-\u{1f64f}]{1,260}"
            .prop_map(|text| text.trim().to_owned())
    }

    proptest! {
        #[test]
        fn every_text_has_a_key_whose_beginning_is_its_own(text in texts(), other in texts()) {
            prop_assume!(!text.is_empty() && !other.is_empty());
            let key = ArticleKey::shortened(&text).unwrap();
            prop_assert!(key.as_str().len() <= MAX_ARTICLE_KEY_BYTES);
            // Idempotent, so it may be applied on both sides.
            prop_assert_eq!(&ArticleKey::shortened(key.as_str()).unwrap(), &key);
            if text.len() <= MAX_ARTICLE_KEY_BYTES {
                prop_assert_eq!(key.as_str(), &text);
            } else {
                let (prefix, hash) = key.as_str().rsplit_once('~').unwrap();
                prop_assert!(text.starts_with(prefix) && prefix.len() <= PREFIX_BYTES);
                let next = text[prefix.len()..].chars().next().unwrap();
                prop_assert!(prefix.len() + next.len_utf8() > PREFIX_BYTES, "the longest");
                prop_assert!(hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)));
            }
            prop_assert_eq!(ArticleKey::shortened(&other).unwrap() == key, other == text);
        }
    }
}
