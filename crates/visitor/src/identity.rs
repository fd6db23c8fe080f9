use wire::{IdempotencyKey, VisitorToken};

use crate::Client;

/// Identity of a voter. Only a keyed hash of it is ever stored.
#[derive(Clone, PartialEq, Eq)]
pub enum Visitor {
    /// The token that the browser stores.
    Token(VisitorToken),
    /// A fingerprint of address and browser, for browsers that store nothing: see [`crate::fingerprint`]. It changes every
    /// day.
    Fingerprint(Vec<u8>),
    /// The fingerprint of a reader of another counter's client: the same voter as with [`Self::Fingerprint`], but counted
    /// under the client's name too.
    Client(Client, Vec<u8>),
}

impl Visitor {
    /// The bytes that identify the visitor.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Token(token) => token.as_str().as_bytes(),
            Self::Fingerprint(bytes) | Self::Client(_, bytes) => bytes,
        }
    }

    /// Whether the identity is only a fingerprint.
    pub fn is_fingerprint(&self) -> bool {
        matches!(self, Self::Fingerprint(_) | Self::Client(..))
    }

    /// The other counter's client that sent the event.
    pub fn client(&self) -> Option<Client> {
        match self {
            Self::Client(client, _) => Some(*client),
            _ => None,
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
