use std::fmt;

use serde::Deserialize;
use text::key::article_key;
use unicode_normalization::UnicodeNormalization;
use wire::{ArticleKey, MAX_ARTICLE_KEY_BYTES};

/// A pattern of ignored articles: a key, in which each `*` matches any number of characters.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct KeyPattern(String);

impl KeyPattern {
    /// The pattern, as in gema.toml.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether every path matches, and so every article of a site whose keys are paths.
    pub(super) fn has_all_paths(&self) -> bool {
        self.0.ends_with('*') && self.0.split('*').collect::<String>() == "/"
    }

    /// Whether the key matches.
    pub fn matches(&self, key: &ArticleKey) -> bool {
        let mut parts = self.0.split('*');
        let first = parts.next().unwrap_or_default();
        let last = parts.next_back();
        let Some(mut rest) = key.as_str().strip_prefix(first) else {
            return false;
        };
        let Some(last) = last else {
            return rest.is_empty();
        };
        // Match each part at its first occurrence, which leaves the longest rest for the others.
        for part in parts {
            match rest.split_once(part) {
                Some((_, after)) => rest = after,
                None => return false,
            }
        }
        rest.ends_with(last)
    }
}

impl fmt::Display for KeyPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for KeyPattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = |what: &str| Err(format!("`{}` {what}", text.escape_debug()));
        if !text.contains('*') {
            return match article_key(&text) {
                Ok(key) => Ok(Self(key.into())),
                Err(invalid) => wrong(&format!(
                    "{invalid}: write a key, or a pattern such as \"/p/*\""
                )),
            };
        }
        if text.chars().all(|c| c == '*') {
            return wrong("would ignore every article: write a pattern such as \"/p/*\"");
        }
        if text.trim() != text || text.chars().any(char::is_control) {
            return wrong("may not have control characters, or white space at its ends");
        }
        let pattern: String = text.nfc().collect();
        if pattern.len() > MAX_ARTICLE_KEY_BYTES {
            return wrong("must be at most 200 bytes, like a key");
        }
        Ok(Self(pattern))
    }
}

#[cfg(test)]
mod tests;
