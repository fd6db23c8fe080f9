use std::{
    fs,
    io::{self, Read},
    path::Path,
};

use store::BackupError;

use super::super::{files::open_regular, schema::is_header_of_ours};

/// Bytes of SQLite's header, at the start of every database.
const HEADER_BYTES: u64 = 100;

/// Rejects a name that something else than an earlier backup has. A rename would replace a device, a pipe or a link.
pub(super) fn check(file: &Path, replace: bool) -> Result<(), BackupError> {
    match existing(file)? {
        None => Ok(()),
        Some(there) if !there.is_file() => Err(BackupError::NotRegular),
        Some(_) if !replace => Err(BackupError::Exists),
        Some(_) => match header(file)? {
            header if header.is_empty() || is_header_of_ours(&header) => Ok(()),
            _ => Err(BackupError::Foreign),
        },
    }
}

/// Whether an interrupted backup left a file under the temporary name. Rejects what no backup has left there; a
/// symbolic link is allowed, because only the link is removed.
pub(super) fn check_partial(new: &Path) -> Result<bool, BackupError> {
    let foreign = || BackupError::Temporary(new.to_owned());
    match existing(new)? {
        None => Ok(false),
        Some(there) if there.is_symlink() => Ok(false),
        Some(there) if !there.is_file() => Err(foreign()),
        Some(_) => {
            let header = header(new)?;
            // After a crash, the first page may not have been written.
            let is_partial = header.iter().all(|byte| *byte == 0) || is_header_of_ours(&header);
            is_partial.then_some(true).ok_or_else(foreign)
        }
    }
}

/// What has this name, without following a link.
fn existing(file: &Path) -> io::Result<Option<fs::Metadata>> {
    match fs::symlink_metadata(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        found => found.map(Some),
    }
}

/// The first bytes of a regular file.
fn header(file: &Path) -> io::Result<Vec<u8>> {
    let mut header = Vec::new();
    open_regular(file)?
        .take(HEADER_BYTES)
        .read_to_end(&mut header)?;
    Ok(header)
}
