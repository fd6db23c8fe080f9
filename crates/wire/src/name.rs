use std::fmt;

/// Maximum length of an article key, in bytes of UTF-8.
pub const MAX_ARTICLE_KEY_BYTES: usize = 200;

/// Maximum length of the name of a site, reaction or network, in bytes.
const MAX_SLUG_BYTES: usize = 40;

/// Why a text is invalid: the predicate of a sentence, which names the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invalid(pub &'static str);

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Invalid {}

/// Defines a text type that can only be made by [`parse`](SiteId::parse), or from JSON.
macro_rules! parsed_text {
    ($(#[$doc:meta])* $name:ident, $check:path, $($schema:tt)*) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(value_type = String, $($schema)*))]
        pub struct $name(Box<str>);

        impl $name {
            /// Validates the text.
            ///
            /// # Errors
            /// [`Invalid`](crate::Invalid) names the rule that it breaks.
            pub fn parse(text: &str) -> Result<Self, $crate::Invalid> {
                $check(text)?;
                Ok(Self(text.into()))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::Invalid;
            fn try_from(text: String) -> Result<Self, Self::Error> {
                $check(&text)?;
                Ok(Self(text.into()))
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0.into()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
pub(crate) use parsed_text;

parsed_text! {
    /// A news site: `a-z 0-9 - _ .`, 1 to 40 bytes.
    SiteId, check_slug, pattern = "^[a-z0-9._-]{1,40}$"
}

parsed_text! {
    /// An article's key within its site: a slug, or a path with its query. 1 to 200 bytes, no control characters.
    /// Requests may contain longer keys (up to 8,192 bytes), with surrounding white space: they are trimmed, and
    /// [shortened](ArticleKey::shortened). Keys must be in Unicode NFC. Callers convert them, because the tables for
    /// that would be larger than the rest of this crate.
    ArticleKey, check_article_key,
    pattern = "^[\\u0009-\\u000d \\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff]*\
               [^\\u0000-\\u0020\\u007f-\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff]\
               ([^\\u0000-\\u001f\\u007f-\\u009f]*\
               [^\\u0000-\\u0020\\u007f-\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff])?\
               [\\u0009-\\u000d \\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff]*$"
}

parsed_text! {
    /// An option of the poll, identified by name rather than position: `a-z 0-9 - _ .`, 1 to 40 bytes.
    Reaction, check_slug, pattern = "^[a-z0-9._-]{1,40}$"
}

parsed_text! {
    /// A network to share to: `a-z 0-9 - _ .`, 1 to 40 bytes.
    Network, check_slug, pattern = "^[a-z0-9._-]{1,40}$"
}

fn check_slug(text: &str) -> Result<(), Invalid> {
    if text.is_empty() || text.len() > MAX_SLUG_BYTES {
        return Err(Invalid("must have 1 to 40 characters"));
    }
    let allowed =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte);
    if text.bytes().all(allowed) {
        Ok(())
    } else {
        Err(Invalid("may only have a-z, 0-9, '-', '_' and '.'"))
    }
}

fn check_article_key(text: &str) -> Result<(), Invalid> {
    if text.is_empty() || text.len() > MAX_ARTICLE_KEY_BYTES {
        return Err(Invalid("must have 1 to 200 bytes"));
    }
    check_characters(text)
}

/// Checks the characters of a key of any length.
pub(crate) fn check_characters(text: &str) -> Result<(), Invalid> {
    // C0, DEL, and C1 in UTF-8.
    let bytes = text.as_bytes();
    let c1 = bytes
        .windows(2)
        .any(|pair| pair[0] == 0xc2 && pair[1] < 0xa0);
    if c1 || bytes.iter().any(u8::is_ascii_control) {
        return Err(Invalid("may not have control characters"));
    }
    if text.trim_ascii() != text {
        return Err(Invalid("may not begin or end with white space"));
    }
    Ok(())
}
