/// An error of a library that only one engine uses.
pub type BoxedError = Box<dyn std::error::Error + Send + Sync>;

/// Why an operation failed. It had no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The queue is full: retry in a second.
    #[error("the store's queue is full")]
    Busy,
    /// The store does not work at the moment; the log has the cause.
    #[error("the store is unavailable")]
    Unavailable,
}

/// Why a backup failed, with the remedy. A file of that name is unchanged.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The file exists.
    #[error("it is there already: name another file, or add --force to replace it")]
    Exists,
    /// A directory, link, pipe or device has that name.
    #[error("it is there already, and is not a regular file: name another file")]
    NotRegular,
    /// The file is not a backup.
    #[error(
        "it is there already, and is not a backup of gema: name another file, or remove that one first"
    )]
    Foreign,
    /// Something else than an unfinished backup has the temporary name.
    #[error(
        "it is first called {}, which is there already and is not an unfinished backup: name another file",
        .0.display()
    )]
    Temporary(std::path::PathBuf),
    /// The file is the database, or belongs to it.
    #[error("it belongs to the database itself: name another file")]
    Itself,
    /// The engine has no database file.
    #[error(
        "this database is in redis: back up its servers' files (docs/operating.md), or write what may leave with `gema export`"
    )]
    NoFile,
    /// Another process is writing the backup.
    #[error("another backup is being written to it: wait for that one")]
    Busy,
    /// An error of SQLite.
    #[error("the database could not be copied: {0}")]
    Engine(BoxedError),
    /// An I/O error.
    #[error("it cannot be written by the user that runs gema: {0}")]
    Io(#[from] std::io::Error),
}

/// Why a restore failed, with the remedy. The database is unchanged.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The database cannot be replaced, usually because a process has it open.
    #[error(transparent)]
    Database(OpenError),
    /// The file is not a usable database.
    #[error("the backup cannot be used: {0}")]
    Backup(OpenError),
    /// The backup is inconsistent.
    #[error("the backup cannot be trusted, {} found wrong: restore an older one", .0.found)]
    Wrong(Box<super::CheckReport>),
    /// The engine has no database file.
    #[error("only a database in a file can be restored")]
    NoFile,
}

/// Why a store could not be opened, with the remedy.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has the database open.
    #[error("it is in use by another gema: stop that one, or name another database")]
    InUse,
    /// A directory, pipe or device where the database should be.
    #[error("it is there, and is not a regular file: name another file")]
    NotRegular,
    /// The schema is newer than this program.
    #[error("its schema ({found}) is newer than this gema knows ({known}): install the newer gema")]
    Newer {
        /// Version of the database's schema.
        found: usize,
        /// Latest version that this program knows.
        known: usize,
    },
    /// The database of another program.
    #[error("it is not a database of gema: name another file")]
    NotOurs,
    /// A directory, pipe or device.
    #[error("it is not a regular file: name a file that `gema backup` has written")]
    NoFile,
    /// The schema has objects that Gema did not create, or lacks some.
    #[error(
        "its schema is not gema's ({0}): something else has changed it; name a file that `gema backup` has written"
    )]
    Changed(String),
    /// Unknown scheme.
    #[error(
        "`{0}:` is not a known engine: write sqlite:PATH, redis://HOST or redis+cluster://HOST,HOST"
    )]
    UnknownScheme(String),
    /// The engine is not compiled into this program.
    #[error("this gema was built without {0}: install one that has it, or name a file")]
    NotBuilt(&'static str),
    /// The URL is invalid.
    #[error("invalid URL: {0}")]
    BadUrl(String),
    /// The servers' configuration would lose acknowledged writes.
    #[error("{0}")]
    Unsafe(String),
    /// The servers lack a required feature or setting.
    #[error("{0}")]
    Unfit(String),
    /// The servers are unreachable, or their replies are invalid.
    #[error("{0}")]
    Redis(String),
    /// An error of SQLite.
    #[error(transparent)]
    Engine(BoxedError),
    /// An I/O error, usually a directory that is missing or not writable.
    #[error("its directory must be there, and writable by this user")]
    Io(#[from] std::io::Error),
}
