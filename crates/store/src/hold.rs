use super::StoreError;

/// Why a store takes no writes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Closed {
    /// Everything is on its way to another store. If that breaks off, writes are taken again.
    #[error("all its counts are on their way to another database at this moment")]
    Moving,
    /// Everything is in that one, and nothing is written here until somebody says so.
    #[error("all its counts are in {0} now")]
    Moved(String),
    /// It cannot be known.
    #[error(transparent)]
    Unknown(#[from] StoreError),
}

/// Keeps everybody else's writes out of a store, for as long as it is renewed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hold(pub String);
