use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

/// Suffixes of the files that SQLite keeps beside an open database.
pub(super) const JOURNAL_SUFFIXES: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Suffixes of the database and of all files that SQLite and Gema keep beside it, for a moment too.
const DATABASE_SUFFIXES: [&str; 12] = [
    "",
    "-wal",
    "-shm",
    "-journal",
    ".salts",
    ".salts.new",
    ".lock",
    ".sock",
    ".restoring",
    ".restoring-wal",
    ".restoring-shm",
    ".restoring-journal",
];

/// Whether the path is that of the database or of a file beside it, under any name of their directories. SQLite keeps
/// its files beside the file to which a symbolic link leads, Gema beside the link.
pub fn is_database_file(database: &Path, file: &Path) -> bool {
    let names = [located(database), fs::canonicalize(database).ok()];
    let is_beside = |database: PathBuf, file: &Path| {
        let mut suffixes = DATABASE_SUFFIXES.iter();
        suffixes.any(|suffix| companion_path(&database, suffix) == file)
    };
    located(file).is_some_and(|file| {
        let mut names = names.into_iter().flatten();
        names.any(|name| is_beside(name, &file))
    })
}

/// The path with the real name of its directory; `None` if that does not exist.
fn located(path: &Path) -> Option<PathBuf> {
    let directory = fs::canonicalize(directory(path)).ok()?;
    Some(directory.join(path.file_name()?))
}

/// Path of a companion file: `gema.db.salts` for `gema.db`.
pub(super) fn companion_path(database: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(database);
    name.push(suffix);
    name.into()
}

/// Opens or creates a file with mode 0600.
pub(super) fn open_private(path: &Path) -> io::Result<File> {
    readable_by_owner().create(true).truncate(false).open(path)
}

/// The same, but fails at a symbolic link, which may be placed by somebody else and would make the file it leads to.
pub(super) fn open_private_itself(path: &Path) -> io::Result<File> {
    let mut options = readable_by_owner();
    options.create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NOFOLLOW);
    options.open(path)
}

/// Creates an empty file with mode 0600. An existing file is unlinked rather than opened, because it may be a symbolic
/// link placed by somebody else. Fails if the name is taken again in between.
pub(super) fn create_private(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    readable_by_owner().create_new(true).open(path)
}

/// Opens an existing regular file for reading. Neither follows a symbolic link nor waits for the writer of a pipe.
pub(super) fn open_regular(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(
        &mut options,
        libc::O_NOFOLLOW | libc::O_NONBLOCK,
    );
    let file = options.open(path)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "not a regular file",
        ))
    }
}

fn readable_by_owner() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Whether the file exists, and every user of the machine can read it.
#[cfg(unix)]
pub(super) fn is_readable_by_all(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o004 != 0)
}

/// Systems without modes of files have other means.
#[cfg(not(unix))]
pub(super) fn is_readable_by_all(_: &Path) -> bool {
    false
}

/// Makes renames, creations and removals in the file's directory durable.
pub(super) fn sync_directory(of: &Path) -> io::Result<()> {
    File::open(directory(of))?.sync_all()
}

/// The directory of a file.
pub(super) fn directory(of: &Path) -> &Path {
    match of.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn open_private_itself_fails_at_a_symbolic_link() {
        let dir = tempfile::tempdir().unwrap();
        let [other, link] = ["other", "gema.db.lock"].map(|name| dir.path().join(name));
        std::os::unix::fs::symlink(&other, &link).unwrap();
        assert!(open_private_itself(&link).is_err());
        assert!(!other.exists());
        fs::remove_file(&link).unwrap();
        assert!(open_private_itself(&link).is_ok() && open_private_itself(&link).is_ok());
    }

    #[test]
    fn all_names_of_the_databases_files_are_known() {
        let dir = tempfile::tempdir().unwrap();
        let real = dir.path().join("real");
        let linked = dir.path().join("linked");
        fs::create_dir(&real).unwrap();
        std::os::unix::fs::symlink(&real, &linked).unwrap();
        let database = linked.join("gema.db");
        // Before the database exists, and after it was created.
        for _ in 0..2 {
            for suffix in DATABASE_SUFFIXES {
                for directory in [&real, &linked] {
                    let file = directory.join(format!("gema.db{suffix}"));
                    assert!(is_database_file(&database, &file), "{}", file.display());
                }
            }
            for other in ["gema.sock", "gema.db.backup", "gema.db-", "x"] {
                assert!(!is_database_file(&database, &real.join(other)), "{other}");
            }
            fs::write(&database, "").unwrap();
        }
        let link = dir.path().join("link.db");
        std::os::unix::fs::symlink(&database, &link).unwrap();
        for file in [real.join("gema.db-wal"), dir.path().join("link.db.salts")] {
            assert!(is_database_file(&link, &file), "{}", file.display());
        }
    }
}
