use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

/// The file of that kind beside a database: `gema.db.salts` for `gema.db`.
pub(super) fn beside(database: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(database);
    name.push(suffix);
    name.into()
}

/// Opens a file, made if it is not there, that only its owner may read.
pub(super) fn private(path: &Path) -> io::Result<File> {
    readable_by_owner().create(true).truncate(false).open(path)
}

/// Makes an empty file that only its owner may read. What has the name is removed, and is not written to: it may be a link that somebody else has
/// put there. An error if the name is taken again meanwhile.
pub(super) fn fresh(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    readable_by_owner().create_new(true).open(path)
}

fn readable_by_owner() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes what was renamed, made or removed in the file's directory durable.
pub(super) fn sync_directory(of: &Path) -> io::Result<()> {
    File::open(directory(of))?.sync_all()
}

/// Where a file is.
pub(super) fn directory(of: &Path) -> &Path {
    match of.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}
