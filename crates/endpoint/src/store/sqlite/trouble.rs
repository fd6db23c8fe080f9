use std::{
    io,
    sync::atomic::{AtomicU64, Ordering},
};

use metrics::Cause;
use rusqlite::ErrorCode;

/// What went wrong below the domain. It is logged; whoever asked only learns that the store is unavailable.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("database: {0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("salts: {0}")]
    Salts(#[from] io::Error),
    #[error("a job panicked")]
    Panic,
}

impl Failure {
    /// What is the matter.
    pub(super) fn cause(&self) -> Cause {
        match self {
            Self::Sqlite(error) => match error.sqlite_error_code() {
                Some(ErrorCode::DiskFull) => Cause::Full,
                Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => Cause::Denied,
                Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Cause::Damaged,
                _ => Cause::Other,
            },
            Self::Salts(error) => match error.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Cause::Full,
                _ => Cause::Denied,
            },
            Self::Panic => Cause::Other,
        }
    }

    /// What an operator can do about it.
    pub(super) fn remedy(&self) -> &'static str {
        match (self.cause(), self) {
            (_, Self::Panic) => "This is a mistake in gema: report it with the lines above.",
            (Cause::Full, _) => "Make room on the disk of the database; no restart is needed.",
            (Cause::Denied, _) => {
                "Let the user that runs gema write to the database, its directory and the salts beside it; no restart is needed."
            }
            (Cause::Damaged, _) => "The file is damaged: stop gema, and put a backup in its place with `gema restore`.",
            _ => "Look at the disk of the database: it may be full, over a quota, or broken. No restart is needed.",
        }
    }
}

/// How often something has failed in a row. A disk that is full fails a thousand times a second, and the log may be on it.
#[derive(Default)]
pub(in crate::store) struct Trouble(AtomicU64);

impl Trouble {
    /// Whether this failure is to be logged, the first, second, fourth, eighth … in a row: as which one.
    pub(in crate::store) fn again(&self) -> Option<u64> {
        let in_a_row = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        in_a_row.is_power_of_two().then_some(in_a_row)
    }

    /// Whether there was any, which is over now.
    pub(in crate::store) fn is_over(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 0 && self.0.swap(0, Ordering::Relaxed) > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_a_thousand_times_is_logged_ten_times() {
        let trouble = Trouble::default();
        let logged: Vec<_> = (0..1000).filter_map(|_| trouble.again()).collect();
        assert_eq!(logged, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
        assert!(trouble.is_over() && !trouble.is_over());
        assert_eq!(trouble.again(), Some(1));
    }

    #[test]
    fn each_failure_has_its_remedy() {
        let sqlite = |code| Failure::Sqlite(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None));
        let salts = |kind: io::ErrorKind| Failure::Salts(kind.into());
        for (failure, cause, word) in [
            (sqlite(rusqlite::ffi::SQLITE_FULL), Cause::Full, "Make room"),
            (salts(io::ErrorKind::StorageFull), Cause::Full, "Make room"),
            (sqlite(rusqlite::ffi::SQLITE_READONLY), Cause::Denied, "Let the user"),
            (salts(io::ErrorKind::ReadOnlyFilesystem), Cause::Denied, "Let the user"),
            (sqlite(rusqlite::ffi::SQLITE_CORRUPT), Cause::Damaged, "gema restore"),
            (sqlite(rusqlite::ffi::SQLITE_IOERR), Cause::Other, "disk of the database"),
            (salts(io::ErrorKind::IsADirectory), Cause::Denied, "salts"),
            (Failure::Panic, Cause::Other, "report"),
        ] {
            assert_eq!(failure.cause(), cause, "{failure}");
            assert!(failure.remedy().contains(word), "{failure}: {}", failure.remedy());
        }
    }
}
