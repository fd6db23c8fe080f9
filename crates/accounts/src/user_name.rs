use std::fmt;

use serde::{Deserialize, Serialize};
use wire::Invalid;

/// Maximum length of a name. Names have only ASCII characters.
const MAX_NAME_CHARS: usize = 64;

/// The name of a user: a short name or an e-mail address, in lower case, so that no two names look alike.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UserName(String);

impl UserName {
    /// Parses a name; upper case is folded.
    ///
    /// # Errors
    /// [`Invalid`] for a text with other characters, or of another length.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let name = text.trim().to_ascii_lowercase();
        let is_inner =
            |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._@+-".contains(c);
        let is_valid = name.len() <= MAX_NAME_CHARS
            && name.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
            && name.chars().all(is_inner);
        match is_valid {
            true => Ok(Self(name)),
            false => Err(Invalid(
                "must have 1 to 64 of the characters a-z, 0-9 and . _ @ + -, and begin with a letter or digit",
            )),
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for UserName {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}

impl From<UserName> for String {
    fn from(name: UserName) -> Self {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_folded_and_ascii() {
        for (text, name) in [
            ("Budi", Some("budi")),
            (" siti.n@news.example ", Some("siti.n@news.example")),
            ("", None),
            ("-a", None),
            ("a b", None),
            ("вudi", None),
            ("a\n", Some("a")),
            ("a/b", None),
        ] {
            let parsed = UserName::parse(text).ok();
            assert_eq!(parsed.as_ref().map(UserName::as_str), name, "{text}");
        }
        assert!(UserName::parse(&"a".repeat(64)).is_ok());
        assert!(UserName::parse(&"a".repeat(65)).is_err());
    }
}
