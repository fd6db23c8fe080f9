/// Why the store did not do what was asked. Nothing of it was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// More is waiting than it takes: again in a second.
    #[error("the store has more to do than it can queue")]
    Busy,
    /// It cannot work at the moment; the log says why.
    #[error("the store is unavailable")]
    Unavailable,
}

/// Why a store could not be opened, with the remedy.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it.
    #[error("it is in use by another gema: stop that one, or name another database")]
    InUse,
    /// A later version has changed its tables.
    #[error("its schema ({found}) is newer than this gema knows ({known}): install the newer gema")]
    Newer {
        /// The version of its schema.
        found: usize,
        /// The last one that is known here.
        known: usize,
    },
    /// It is the database of some other program.
    #[error("it is not a database of gema: name another file")]
    NotOurs,
    /// No engine goes by that name.
    #[error("`{0}:` is no engine: write sqlite:PATH")]
    UnknownScheme(String),
    /// The engine's own reason.
    #[error(transparent)]
    Sqlite(rusqlite::Error),
    /// The system's reason: mostly a directory that is not there, or not ours to write to.
    #[error("its directory must be there, and writable by this user")]
    Io(#[from] std::io::Error),
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::NotADatabase) => Self::NotOurs,
            _ => Self::Sqlite(error),
        }
    }
}
