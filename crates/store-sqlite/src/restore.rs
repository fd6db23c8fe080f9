use std::{
    fs, io,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use rusqlite::{
    Connection, OpenFlags,
    backup::{Backup, StepResult},
};
use store::{OpenError, RestoreError, Restored, Vet};

use super::{
    check,
    copies::{self, Vetted},
    files::{beside, fresh, private, sync_directory},
    lock,
    memory::Memory,
    schema,
    secrets::Secrets,
    snapshot::Snapshot,
    trouble::Unopened,
};

/// What SQLite keeps beside an open database.
const LOGS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Puts the backup in the database's place, if it is sound. Whatever happens, there is a whole database afterwards: the old
/// one or the new one.
pub fn restore(database: &Path, backup: &Path, now: Timestamp, vet: &Vet) -> Result<Restored, RestoreError> {
    let _lock = lock(database).map_err(RestoreError::Database)?;
    let new = beside(database, ".restoring");
    let put = || {
        copy(backup, &new).map_err(unusable)?;
        let (articles, Vetted { cleaned, skipped }) = sound(&new, vet)?;
        let replaced = swap(&new, database, now).map_err(|error| RestoreError::Database(error.into()))?;
        Ok(Restored { articles, cleaned, skipped, replaced })
    };
    let restored = put();
    // Gone by now if it has become the database; else it is of no use.
    let _ = fs::remove_file(&new);
    let _ = remove_logs(&new);
    restored
}

/// Copies the backup, which may be the file of a running SQLite with its log, and cannot be written to.
fn copy(backup: &Path, new: &Path) -> Result<(), Unopened> {
    let from = Connection::open_with_flags(backup, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    remove_logs(new)?;
    fresh(new)?;
    let mut to = Connection::open(new)?;
    match Backup::new(&from, &mut to)?.step(-1)? {
        StepResult::Done => Ok(()),
        _ => Err(OpenError::InUse.into()),
    }
}

fn unusable(unopened: Unopened) -> RestoreError {
    RestoreError::Backup(unopened.into())
}

/// Whether the copy is a database of ours that adds up; brought up to date and made whole by itself, with every article's copy as it may be
/// kept. How many articles it has.
fn sound(new: &Path, vet: &Vet) -> Result<(u64, Vetted), RestoreError> {
    let open = || -> Result<_, Unopened> {
        let mut conn = Connection::open(new)?;
        // Before anything is written, for which a trigger would run.
        schema::require_ours(&conn)?;
        schema::prepare(&mut conn)?;
        let vetted = copies::vet(&mut conn, vet)?;
        let memory = Memory::load(&conn, &Secrets::load(&conn)?)?;
        Ok((Snapshot { conn, memory }, vetted))
    };
    let (snapshot, vetted) = open().map_err(unusable)?;
    let backup = |error: rusqlite::Error| unusable(error.into());
    let check = check::check(&snapshot).map_err(backup)?;
    if check.found > 0 {
        return Err(RestoreError::Wrong(Box::new(check)));
    }
    snapshot.conn.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(())).map_err(backup)?;
    snapshot.conn.close().map_err(|(_, error)| backup(error))?;
    Ok((check.articles, vetted))
}

/// Exchanges the files. The old one keeps its log, if it has one: there may be more in it than in the file.
fn swap(new: &Path, database: &Path, now: Timestamp) -> io::Result<Option<PathBuf>> {
    private(new)?.sync_all()?;
    let was_there = fs::exists(database)?;
    let replaced = beside(database, &format!(".replaced-{}", now.strftime("%Y%m%dT%H%M%SZ")));
    if was_there {
        keep(database, &replaced)?;
        if fs::exists(beside(database, "-wal"))? {
            keep(&beside(database, "-wal"), &beside(&replaced, "-wal"))?;
        }
        sync_directory(database)?;
    }
    // Before the new file has the name: SQLite would take what is left of the old one's log for its own.
    remove_logs(database)?;
    sync_directory(database)?;
    fs::rename(new, database)?;
    sync_directory(database)?;
    Ok(was_there.then_some(replaced))
}

/// Gives a file a second name, so that there is never none; where the file system has no such thing, a copy.
fn keep(file: &Path, name: &Path) -> io::Result<()> {
    match fs::hard_link(file, name) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            fs::copy(file, name)?;
            private(name)?.sync_all()
        }
        result => result,
    }
}

fn remove_logs(of: &Path) -> io::Result<()> {
    for suffix in LOGS {
        match fs::remove_file(beside(of, suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}
