use wire::{IdempotencyKey, VisitorToken};

/// Identity of a voter. Only a keyed hash of it is ever stored.
#[derive(Clone, PartialEq, Eq)]
pub enum Visitor {
    /// The token that the browser stores.
    Token(VisitorToken),
    /// A fingerprint of address and browser, for browsers that store nothing: see [`crate::stand_in`]. It changes every
    /// day.
    StandIn(Vec<u8>),
}

impl Visitor {
    /// The bytes that identify the visitor.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Token(token) => token.as_str().as_bytes(),
            Self::StandIn(bytes) => bytes,
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
pub enum Once {
    /// A random key made by the browser.
    Key(IdempotencyKey),
    /// A fingerprint: see [`crate::stand_in`].
    StandIn(Vec<u8>),
}

impl Once {
    /// Length in bytes.
    pub fn size(&self) -> usize {
        match self {
            Self::Key(key) => key.as_str().len(),
            Self::StandIn(bytes) => bytes.len(),
        }
    }
}

impl std::fmt::Debug for Once {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Once(…)")
    }
}
