/// Files that a backup may replace.
mod target;

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

use super::{
    connection,
    count_log::fold_count_log,
    failure::boxed,
    files::{
        JOURNAL_SUFFIXES, companion_path, create_private, directory, is_database_file,
        sync_directory,
    },
    vote_log::VoteLog,
};

/// Writes the snapshot to a self-contained file, atomically. Returns its size in bytes.
pub(super) fn backup(
    snapshot: &Connection,
    database: &Path,
    file: &Path,
    replace: bool,
) -> Result<u64, BackupError> {
    check_target(database, file, replace)?;
    let new = companion_path(file, ".new");
    let lock = begin(&new)?;
    let written = write(snapshot, &new).and_then(|()| publish(&new, file, replace));
    if written.is_err() {
        // Best effort: the next backup replaces a partial file.
        let _ = fs::remove_file(&new);
    }
    written?;
    Ok(lock.metadata()?.len())
}

/// Rejects a target that belongs to the database, or that must not be replaced.
fn check_target(database: &Path, file: &Path, replace: bool) -> Result<(), BackupError> {
    fs::canonicalize(directory(file))?;
    if is_database_file(database, file) {
        return Err(BackupError::Itself);
    }
    target::check(file, replace)
}

/// Creates and locks the temporary file, and removes what an interrupted backup left.
fn begin(new: &Path) -> Result<File, BackupError> {
    // A concurrent backup holds a lock on this file.
    if target::check_partial(new)? {
        lock_file(&File::open(new)?)?;
    }
    let file = create_private(new)?;
    lock_file(&file)?;
    for suffix in JOURNAL_SUFFIXES {
        match fs::remove_file(companion_path(new, suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(file)
}

/// Locks the file until it is closed; fails if another process has the lock.
fn lock_file(file: &File) -> Result<(), BackupError> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(BackupError::Busy),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

fn write(snapshot: &Connection, new: &Path) -> Result<(), BackupError> {
    let mut to = connection::open(new).map_err(failed)?;
    // A partial copy is discarded, and `publish` syncs the file before the rename: no journal is needed here.
    to.execute_batch("pragma journal_mode = off; pragma synchronous = off")
        .map_err(failed)?;
    match Backup::new(snapshot, &mut to)
        .and_then(|backup| backup.step(-1))
        .map_err(failed)?
    {
        StepResult::Done => {}
        _ => return Err(BackupError::Busy),
    }
    // Leave WAL mode, so the file is self-contained and opens read-only. The select loads the copied header, which
    // still has WAL mode.
    to.execute_batch("select count(*) from sqlite_schema; pragma journal_mode = delete")
        .map_err(failed)?;
    // A restore must not revive sessions that have been signed out since.
    to.execute_batch("pragma journal_mode = off; pragma secure_delete = on; delete from session")
        .map_err(failed)?;
    fold_votes(&to).map_err(failed)?;
    // It does not tell that of other events either.
    fold_count_log(&to).map_err(failed)
}

/// Moves the logged votes into their table: a backup does not tell their order of arrival.
fn fold_votes(backup: &Connection) -> rusqlite::Result<()> {
    let transaction = backup.unchecked_transaction()?;
    VoteLog::load(&transaction)?.fold(&transaction)?;
    transaction.commit()
}

pub(super) fn failed(error: rusqlite::Error) -> BackupError {
    BackupError::Engine(boxed(&error))
}

/// Syncs the file and gives it its final name.
fn publish(new: &Path, file: &Path, replace: bool) -> Result<(), BackupError> {
    File::open(new)?.sync_all()?;
    // Again: writing took time, and something else may have the name now.
    target::check(file, replace)?;
    if replace {
        fs::rename(new, file)?;
    } else {
        // Unlike a rename, a hard link never replaces a file that was created meanwhile. Fall back to rename where the
        // file system lacks links.
        match fs::hard_link(new, file) {
            Ok(()) => fs::remove_file(new)?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(BackupError::Exists);
            }
            Err(_) => fs::rename(new, file)?,
        }
    }
    Ok(sync_directory(file)?)
}
