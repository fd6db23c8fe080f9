use super::StoreError;

/// Why a store rejects writes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WritesBlocked {
    /// A migration is running. If it is aborted, writes are accepted again.
    #[error("all its counts are being migrated to another database now")]
    Migrating,
    /// A migration has finished: all data is in the store that is named here, and writes stay blocked until an
    /// operator reopens this one.
    #[error("all its counts are in {0} now")]
    Migrated(String),
    /// The state could not be read.
    #[error(transparent)]
    Unknown(#[from] StoreError),
}

/// A lease that blocks the writes of all other processes while it is renewed. Holds its token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WriteBlockLease(pub String);
