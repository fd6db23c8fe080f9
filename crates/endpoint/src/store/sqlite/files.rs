use std::{
    ffi::OsString,
    fs::{File, OpenOptions},
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
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
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
