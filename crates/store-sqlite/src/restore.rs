use std::{
    fs, io,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use rusqlite::backup::{Backup, StepResult};
use store::{OpenError, RestoreError, Restored, Sanitizer};

use super::{
    check, connection,
    copies::{self, SanitizedCopies},
    count_log::fold_count_log,
    failure::OpenFailure,
    files::{JOURNAL_SUFFIXES, companion_path, create_private, open_private, sync_directory},
    lock,
    read_model::ReadModel,
    schema,
    secrets::VoteKeys,
    snapshot::Snapshot,
};

/// Replaces the database with the backup if that is consistent. At every point, a crash leaves a complete database:
/// the old one or the new one.
pub fn restore(
    database: &Path,
    backup: &Path,
    now: Timestamp,
    sanitizer: &Sanitizer,
) -> Result<Restored, RestoreError> {
    let _lock = lock(database).map_err(RestoreError::Database)?;
    // If the database is named by a symbolic link, replace the file that it leads to, not the link.
    let is_link = fs::symlink_metadata(database).is_ok_and(|there| there.is_symlink());
    let leads_to = is_link.then(|| fs::canonicalize(database).ok()).flatten();
    let database = leads_to.as_deref().unwrap_or(database);
    let new = companion_path(database, ".restoring");
    let run = || {
        copy(backup, &new).map_err(unusable)?;
        let (articles, SanitizedCopies { cleaned, skipped }) = validate(&new, sanitizer)?;
        let replaced =
            swap(&new, database, now).map_err(|error| RestoreError::Database(error.into()))?;
        Ok(Restored {
            articles,
            cleaned,
            skipped,
            replaced,
        })
    };
    let restored = run();
    // Best effort; after success the file no longer exists under this name.
    let _ = fs::remove_file(&new);
    let _ = remove_journals(&new);
    restored
}

/// Copies the backup, which may be in use by another process (with a WAL) or read-only.
fn copy(backup: &Path, new: &Path) -> Result<(), OpenFailure> {
    // Opening a named pipe would wait for a writer. A file that is missing is reported by SQLite.
    if fs::metadata(backup).is_ok_and(|file| !file.is_file()) {
        return Err(OpenError::NoFile.into());
    }
    let from = connection::open_read_only(backup)?;
    remove_journals(new)?;
    create_private(new)?;
    let mut to = connection::open(new)?;
    match Backup::new(&from, &mut to)?.step(-1)? {
        StepResult::Done => Ok(()),
        _ => Err(OpenError::InUse.into()),
    }
}

fn unusable(failure: OpenFailure) -> RestoreError {
    RestoreError::Backup(failure.into())
}

/// Checks the schema, migrates it, sanitises the copies and checks consistency. Returns the number of articles. The
/// file is self-contained afterwards.
fn validate(new: &Path, sanitizer: &Sanitizer) -> Result<(u64, SanitizedCopies), RestoreError> {
    let open = || -> Result<_, OpenFailure> {
        let mut conn = connection::open(new)?;
        // Check the schema before the first write, which could fire a foreign trigger.
        schema::require_ours(&conn)?;
        schema::prepare(&mut conn)?;
        fold_count_log(&conn)?;
        let sanitized = copies::sanitize(&mut conn, sanitizer)?;
        let read_model = ReadModel::load(&conn, &VoteKeys::load(&conn)?, |_| ())?;
        Ok((Snapshot { conn, read_model }, sanitized))
    };
    let (snapshot, sanitized) = open().map_err(unusable)?;
    let backup = |error: rusqlite::Error| unusable(error.into());
    let check = check::check(&snapshot).map_err(backup)?;
    if check.found > 0 {
        return Err(RestoreError::Wrong(Box::new(check)));
    }
    snapshot
        .conn
        .query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()))
        .map_err(backup)?;
    snapshot.conn.close().map_err(|(_, error)| backup(error))?;
    Ok((check.articles, sanitized))
}

/// Exchanges the files. The old WAL is kept with the old database: it may hold commits that are not in the file.
fn swap(new: &Path, database: &Path, now: Timestamp) -> io::Result<Option<PathBuf>> {
    open_private(new)?.sync_all()?;
    let was_there = fs::exists(database)?;
    let replaced = free_name(database, now)?;
    if was_there {
        link_or_copy(database, &replaced)?;
        if fs::exists(companion_path(database, "-wal"))? {
            link_or_copy(
                &companion_path(database, "-wal"),
                &companion_path(&replaced, "-wal"),
            )?;
        }
        sync_directory(database)?;
    }
    // Remove the old WAL before the rename: SQLite would apply it to the new file.
    remove_journals(database)?;
    sync_directory(database)?;
    fs::rename(new, database)?;
    sync_directory(database)?;
    Ok(was_there.then_some(replaced))
}

/// A name for the old database that neither a file nor a WAL has: `.replaced-TIME`, or `.replaced-TIME-2` and so on if
/// there was another restore in the same second.
fn free_name(database: &Path, now: Timestamp) -> io::Result<PathBuf> {
    let first = format!(".replaced-{}", now.strftime("%Y%m%dT%H%M%SZ"));
    let mut name = companion_path(database, &first);
    let mut number = 1_u64;
    while fs::exists(&name)? || fs::exists(companion_path(&name, "-wal"))? {
        number += 1;
        name = companion_path(database, &format!("{first}-{number}"));
    }
    Ok(name)
}

/// Adds a second name with a hard link, so that the database never lacks a name; copies where links are not supported.
fn link_or_copy(file: &Path, name: &Path) -> io::Result<()> {
    match fs::hard_link(file, name) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            fs::copy(file, name)?;
            open_private(name)?.sync_all()
        }
        result => result,
    }
}

fn remove_journals(of: &Path) -> io::Result<()> {
    for suffix in JOURNAL_SUFFIXES {
        match fs::remove_file(companion_path(of, suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}
