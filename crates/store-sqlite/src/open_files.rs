//! Whether the open files still have their names. A database that is removed or replaced while it is open works on
//! without a name, and what is stored in it is lost when the process ends.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use store::OpenError;

use super::{failure::Failure, files::companion_path};

/// Files that belong to the open database, by what SQLite appends to its name.
const SUFFIXES: [&str; 3] = ["", "-wal", "-shm"];

/// A file, whatever its name is: device and inode.
type FileId = (u64, u64);

/// The files of an open database, with the lock that says which process has them.
pub(super) struct OpenFiles {
    database: PathBuf,
    files: Vec<(PathBuf, FileId)>,
    lock: Mutex<File>,
}

impl OpenFiles {
    /// The files that an open database has now. SQLite has its log beside the file to which a symbolic link leads.
    pub(super) fn of(database: &Path, lock: File) -> io::Result<Self> {
        let real = fs::canonicalize(database)?;
        let mut files = Vec::new();
        for suffix in SUFFIXES {
            let path = match suffix {
                "" => database.to_owned(),
                suffix => companion_path(&real, suffix),
            };
            if let Some(id) = id_of(&path)? {
                files.push((path, id));
            }
        }
        Ok(Self {
            database: database.to_owned(),
            files,
            lock: Mutex::new(lock),
        })
    }

    /// Fails if a file has been removed or replaced. A lock that was removed is taken again.
    pub(super) fn check(&self) -> Result<(), Failure> {
        for (path, id) in &self.files {
            if id_of(path).map_err(Failure::Files)? != Some(*id) {
                return Err(Failure::Replaced(path.clone()));
            }
        }
        self.check_lock()
    }

    fn check_lock(&self) -> Result<(), Failure> {
        let path = companion_path(&self.database, ".lock");
        let mut lock = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        let found = id_of(&path).map_err(Failure::Files)?;
        let held = lock.metadata().map_err(Failure::Files)?;
        if found == id(&held) {
            return Ok(());
        }
        *lock = super::lock(&self.database).map_err(|error| match error {
            OpenError::InUse => Failure::Replaced(path),
            error => Failure::Files(io::Error::other(error)),
        })?;
        Ok(())
    }
}

/// The file of that name; `None`: there is none.
fn id_of(path: &Path) -> io::Result<Option<FileId>> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(id(&metadata)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(unix)]
fn id(metadata: &fs::Metadata) -> Option<FileId> {
    use std::os::unix::fs::MetadataExt;
    Some((metadata.dev(), metadata.ino()))
}

/// Other systems neither remove nor replace a file that is open.
#[cfg(not(unix))]
fn id(_: &fs::Metadata) -> Option<FileId> {
    None
}
