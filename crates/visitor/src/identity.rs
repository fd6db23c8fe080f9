use wire::{IdempotencyKey, VisitorToken};

/// Identity of a voter. Only a keyed hash of it is ever stored.
#[derive(Clone, PartialEq, Eq)]
pub enum Visitor {
    /// The token that the browser stores.
    Token(VisitorToken),
    /// A fingerprint of address and browser, for browsers that store nothing: see [`crate::fingerprint`]. It changes every
    /// day.
    Fingerprint(Vec<u8>),
}

impl Visitor {
    /// The bytes that identify the visitor.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Token(token) => token.as_str().as_bytes(),
            Self::Fingerprint(bytes) => bytes,
        }
    }
}

impl From<VisitorToken> for Visitor {
    fn from(token: VisitorToken) -> Self {
        Self::Token(token)
    }
}

impl std::fmt::Debug for Visitor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Visitor(…)")
    }
}

/// Deduplication key of a read or share within one article and window. It is hashed with a salt that is later deleted;
/// neither the key nor the salt is kept in the database.
#[derive(Clone, PartialEq, Eq)]
pub enum DedupKey {
    /// A random key made by the browser.
    Browser(IdempotencyKey),
    /// A fingerprint: see [`crate::fingerprint`].
    Fingerprint(Vec<u8>),
}

impl DedupKey {
    /// Length in bytes.
    pub fn size(&self) -> usize {
        match self {
            Self::Browser(key) => key.as_str().len(),
            Self::Fingerprint(bytes) => bytes.len(),
        }
    }
}

impl std::fmt::Debug for DedupKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DedupKey(…)")
    }
}
