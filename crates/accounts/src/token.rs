use std::fmt;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use wire::Invalid;

/// Random bytes of a session's token.
pub const SESSION_TOKEN_BYTES: usize = 32;

/// Random bytes of a link's token.
pub const LINK_TOKEN_BYTES: usize = 16;

/// A bearer token: of a session, a read-only link or an invitation. Only its hash is stored. Its randomness makes a
/// fast hash sufficient.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A token of these random bytes.
    pub fn new(random: &[u8]) -> Self {
        Self(BASE64URL_NOPAD.encode(random))
    }

    /// Parses a token from a cookie or an address.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        [SESSION_TOKEN_BYTES, LINK_TOKEN_BYTES]
            .contains(&bytes.len())
            .then(|| Self(text.to_owned()))
    }

    /// The text for the cookie or the address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The hash to store, and to look the token up by.
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0.as_bytes()).into())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// The SHA-256 of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TokenHash(pub [u8; 32]);

impl TokenHash {
    /// Parses the hexadecimal form.
    ///
    /// # Errors
    /// [`Invalid`] for any other text.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let bytes = HEXLOWER.decode(text.as_bytes()).ok();
        bytes
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self)
            .ok_or(Invalid("must have 64 hexadecimal digits"))
    }
}

impl fmt::Display for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl TryFrom<String> for TokenHash {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}

impl From<TokenHash> for String {
    fn from(hash: TokenHash) -> Self {
        hash.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_survives_its_address_and_hides_in_the_log() {
        for random in [&[7; SESSION_TOKEN_BYTES][..], &[9; LINK_TOKEN_BYTES]] {
            let token = Token::new(random);
            let again = Token::parse(token.as_str()).unwrap();
            assert_eq!(again.hash(), token.hash());
            assert_eq!(
                TokenHash::parse(&token.hash().to_string()),
                Ok(token.hash())
            );
            assert!(!format!("{token:?}").contains(token.as_str()));
        }
        for text in ["", "a", "AAAA", &"A".repeat(4096), "Ä"] {
            assert!(Token::parse(text).is_none(), "{text}");
        }
    }
}
