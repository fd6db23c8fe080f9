use wire::{EventKey, VisitorToken};

/// Who chooses. Only a mark of her is ever stored.
#[derive(Clone, PartialEq, Eq)]
pub enum Visitor {
    /// By the token that her browser keeps.
    Token(VisitorToken),
    /// By who seems to be there, where a browser keeps none: see [`crate::stand_in`]. Another one every day.
    StandIn(Vec<u8>),
}

impl Visitor {
    /// What tells her from others.
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

/// What makes an event of one article and window the same event. It is hashed with a salt that is
/// thrown away; neither form is ever stored.
#[derive(Clone, PartialEq, Eq)]
pub enum Once {
    /// The browser's own key for it.
    Key(EventKey),
    /// Who seems to be there: see [`crate::stand_in`].
    StandIn(Vec<u8>),
}

impl Once {
    /// How many bytes it has.
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
