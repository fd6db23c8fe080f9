use std::{fmt::Display, io, path::PathBuf};

use metrics::Cause;
use rusqlite::ErrorCode;
use store::{BoxedError, OpenError};
use text::printable::printable;

/// Why a database could not be opened, before conversion into the error of all engines.
pub(super) enum OpenFailure {
    /// One of the errors of all engines.
    Known(OpenError),
    /// An error of SQLite.
    Sqlite(rusqlite::Error),
}

impl From<OpenError> for OpenFailure {
    fn from(error: OpenError) -> Self {
        Self::Known(error)
    }
}

impl From<io::Error> for OpenFailure {
    fn from(error: io::Error) -> Self {
        Self::Known(error.into())
    }
}

impl From<rusqlite::Error> for OpenFailure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<OpenFailure> for OpenError {
    fn from(failure: OpenFailure) -> Self {
        match failure {
            OpenFailure::Known(error) => error,
            OpenFailure::Sqlite(error) => match error.sqlite_error_code() {
                Some(ErrorCode::NotADatabase) => Self::NotOurs,
                _ => Self::Engine(boxed(&error)),
            },
        }
    }
}

/// An error of SQLite, safe for a terminal: it may quote the schema, which others may have written.
pub(super) fn printable_error(error: &impl Display) -> String {
    printable(&error.to_string())
}

/// [`printable_error`] as the reason of another error.
pub(super) fn boxed(error: &rusqlite::Error) -> BoxedError {
    printable_error(error).into()
}

/// A failure of the database or the salts file, or a bug. It is logged; callers only see that the store is
/// unavailable.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("database: {}", printable_error(.0))]
    Sqlite(#[from] rusqlite::Error),
    #[error("salts: {0}")]
    Salts(#[from] io::Error),
    #[error("{} was removed or replaced while gema has it open", printable(&.0.display().to_string()))]
    Replaced(PathBuf),
    #[error("the files of the database: {0}")]
    Files(io::Error),
    #[error("a job panicked")]
    Panic,
}

impl Failure {
    /// The cause, as a label of the error metric.
    pub(super) fn cause(&self) -> Cause {
        match self {
            Self::Sqlite(error) => match error.sqlite_error_code() {
                Some(ErrorCode::DiskFull) => Cause::Full,
                Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                    Cause::Denied
                }
                Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Cause::Damaged,
                _ => Cause::Other,
            },
            Self::Salts(error) => match error.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Cause::Full,
                _ => Cause::Denied,
            },
            Self::Replaced(_) => Cause::Replaced,
            Self::Files(_) => Cause::Denied,
            Self::Panic => Cause::Other,
        }
    }

    /// The remedy, as a sentence for the operator.
    pub(super) fn remedy(&self) -> &'static str {
        match (self.cause(), self) {
            (_, Self::Panic) => "This is a mistake in gema: report it with the lines above.",
            (Cause::Full, _) => {
                "Make room on the disk of the database; no restart is needed. If there is room, `gema check` names the cause."
            }
            (Cause::Denied, _) => {
                "Let the user that runs gema write to the database, its directory and the salts beside it; no restart is needed."
            }
            (Cause::Replaced, _) => {
                "Put that file back in its place; no restart is needed. If it is nowhere, do not stop gema yet: docs/backup.md says \
                 how to copy what it still has open."
            }
            (Cause::Damaged, _) => {
                "The file is damaged: stop gema, and put a backup in its place with `gema restore`."
            }
            _ => {
                "Look at the disk of the database: it may be full, over a quota, or broken. No restart is needed."
            }
        }
    }
}

#[cfg(test)]
mod tests;
