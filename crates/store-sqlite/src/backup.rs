use std::{
    fs::{self, File, TryLockError},
    io,
    path::Path,
};

use rusqlite::{
    Connection,
    backup::{Backup, StepResult},
};
use store::BackupError;

use super::files::{beside, directory, fresh, sync_directory};

/// What belongs to a database and stands beside it.
const BESIDE: [&str; 6] = ["", "-wal", "-shm", ".salts", ".lock", ".sock"];

/// Writes all that the snapshot holds to a file that stands by itself, whole or not at all. The number of its bytes.
pub(super) fn backup(snapshot: &Connection, database: &Path, file: &Path, replace: bool) -> Result<u64, BackupError> {
    refuse(database, file, replace)?;
    let new = beside(file, ".new");
    let lock = begin(&new)?;
    let written = write(snapshot, &new).and_then(|()| put(&new, file, replace));
    if written.is_err() {
        // It is of no use; if it stays, the next backup replaces it.
        let _ = fs::remove_file(&new);
    }
    written?;
    Ok(lock.metadata()?.len())
}

/// Whether that file may be written.
fn refuse(database: &Path, file: &Path, replace: bool) -> Result<(), BackupError> {
    let directory = fs::canonicalize(directory(file))?.join(file.file_name().unwrap_or_default());
    let database = fs::canonicalize(database)?;
    if BESIDE.iter().any(|suffix| beside(&database, suffix) == directory) {
        return Err(BackupError::Itself);
    }
    if !replace && fs::symlink_metadata(file).is_ok() {
        return Err(BackupError::Exists);
    }
    Ok(())
}

/// An empty file that nobody else writes to; what an interrupted backup left of it is gone.
fn begin(new: &Path) -> Result<File, BackupError> {
    // Another backup that is under way holds it.
    if fs::symlink_metadata(new).is_ok_and(|there| there.is_file()) {
        hold(&File::open(new)?)?;
    }
    let file = fresh(new)?;
    hold(&file)?;
    for suffix in ["-wal", "-shm", "-journal"] {
        match fs::remove_file(beside(new, suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(file)
}

/// For as long as it is open, or busy.
fn hold(file: &File) -> Result<(), BackupError> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(BackupError::Busy),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

fn write(snapshot: &Connection, new: &Path) -> Result<(), BackupError> {
    let mut to = Connection::open(new).map_err(failed)?;
    // Nobody needs a part of it back, and it is durable before it gets its name.
    to.execute_batch("pragma journal_mode = off; pragma synchronous = off").map_err(failed)?;
    match Backup::new(snapshot, &mut to).and_then(|backup| backup.step(-1)).map_err(failed)? {
        StepResult::Done => {}
        _ => return Err(BackupError::Busy),
    }
    // One file by itself, which can be read where nothing can be written. It is looked at first, because what was copied
    // says that it has a log beside it.
    to.execute_batch("select count(*) from sqlite_schema; pragma journal_mode = delete").map_err(failed)?;
    Ok(())
}

pub(super) fn failed(error: rusqlite::Error) -> BackupError {
    BackupError::Engine(error.into())
}

/// Gives the file its name, when it is durable.
fn put(new: &Path, file: &Path, replace: bool) -> Result<(), BackupError> {
    File::open(new)?.sync_all()?;
    if replace {
        fs::rename(new, file)?;
    } else {
        // Unlike a rename, this never replaces what somebody else has put there meanwhile. Not every file system has it.
        match fs::hard_link(new, file) {
            Ok(()) => fs::remove_file(new)?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(BackupError::Exists),
            Err(_) => fs::rename(new, file)?,
        }
    }
    Ok(sync_directory(file)?)
}
