/// An error of a crate that only one engine knows.
pub type Reason = Box<dyn std::error::Error + Send + Sync>;

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

/// Why there is no new backup, with the remedy. A file that was there is as it was.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is something of that name.
    #[error("it is there already: name another file, or add --force to replace it")]
    Exists,
    /// The name is the database's own, or of what stands beside it.
    #[error("it belongs to the database itself: name another file")]
    Itself,
    /// The engine has no file of its own.
    #[error(
        "this database is in redis: back up its servers' files (docs/operating.md), or write what may leave with `gema export`"
    )]
    NoFile,
    /// Somebody else is writing it.
    #[error("another backup is being written to it: wait for that one")]
    Busy,
    /// The engine's own reason.
    #[error("the database could not be copied: {0}")]
    Engine(Reason),
    /// The system's reason.
    #[error("it cannot be written by the user that runs gema: {0}")]
    Io(#[from] std::io::Error),
}

/// Why a backup was not put in the database's place, with the remedy. The database is as it was.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The database cannot be replaced: mostly because somebody has it open.
    #[error(transparent)]
    Database(OpenError),
    /// What was named cannot be a database.
    #[error("the backup cannot be used: {0}")]
    Backup(OpenError),
    /// It is a database, but not as it should be.
    #[error("the backup cannot be trusted, {} found wrong: restore an older one", .0.found)]
    Wrong(Box<super::Check>),
    /// The engine cannot do that.
    #[error("only a database in a file can be restored")]
    NoFile,
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
    /// Its tables are not only those that Gema makes.
    #[error(
        "its schema is not gema's ({0}): something else has changed it; name a file that `gema backup` has written"
    )]
    Changed(String),
    /// No engine goes by that name.
    #[error("`{0}:` is no engine: write sqlite:PATH, redis://HOST or redis+cluster://HOST,HOST")]
    UnknownScheme(String),
    /// There is such an engine, but not in this program.
    #[error("this gema was built without {0}: install one that has it, or name a file")]
    NotBuilt(&'static str),
    /// What it says of servers cannot be.
    #[error("the URL cannot be: {0}")]
    BadUrl(String),
    /// Servers would lose what they acknowledge.
    #[error("{0}")]
    Unsafe(String),
    /// Servers cannot do what is asked of them.
    #[error("{0}")]
    Unfit(String),
    /// Servers do not answer, or not what they should.
    #[error("{0}")]
    Redis(String),
    /// The engine's own reason.
    #[error(transparent)]
    Engine(Reason),
    /// The system's reason: mostly a directory that is not there, or not ours to write to.
    #[error("its directory must be there, and writable by this user")]
    Io(#[from] std::io::Error),
}
