use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

/// A path that SQLite takes for a file's name: `:memory:` and `file:…` have other meanings.
fn literal(path: &Path) -> PathBuf {
    Path::new(".").join(path)
}

/// Opens the file, which is created if it is missing.
pub(super) fn open(path: &Path) -> rusqlite::Result<Connection> {
    Connection::open(literal(path))
}

/// Opens an existing file.
pub(super) fn open_read_only(path: &Path) -> rusqlite::Result<Connection> {
    Connection::open_with_flags(
        literal(path),
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_is_that_of_a_file() {
        let dir = tempfile::tempdir().unwrap();
        for name in [":memory:", "file:a.db?mode=memory", "a.db"] {
            let path = dir.path().join(name);
            open(&path)
                .unwrap()
                .execute_batch("create table t (x)")
                .unwrap();
            assert!(path.exists(), "{name}");
        }
        assert_eq!(literal(Path::new(":memory:")), Path::new("./:memory:"));
        assert_eq!(literal(Path::new("/var/a.db")), Path::new("/var/a.db"));
    }
}
