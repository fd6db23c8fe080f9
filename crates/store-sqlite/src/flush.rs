use std::{fs::File, io};

/// As much is on its way to the disk at a time, in bytes. A commit meanwhile waits for that much only: behind the whole of a long
/// log it would wait for 20 to 30 ms.
#[cfg(target_os = "linux")]
const PIECE: i64 = 256 << 10;

/// Has on disk what was written to a file, as `sync_data` does, while others sync other files.
pub(super) fn in_pieces(file: &File) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    write_out(file)?;
    // What was written out may still be in the disk's own memory, and how long the file is on no disk at all.
    file.sync_data()
}

/// Writes out one piece after the other, so that the sync has next to nothing left to do.
#[cfg(target_os = "linux")]
fn write_out(file: &File) -> io::Result<()> {
    use std::os::fd::AsRawFd;

    use libc::{SYNC_FILE_RANGE_WAIT_AFTER, SYNC_FILE_RANGE_WAIT_BEFORE, SYNC_FILE_RANGE_WRITE};

    let how = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
    let length = i64::try_from(file.metadata()?.len()).unwrap_or(i64::MAX);
    let mut at = 0;
    while at < length {
        // SAFETY: the descriptor is open as long as `file` is borrowed, and the call touches no memory of ours.
        let done = unsafe { libc::sync_file_range(file.as_raw_fd(), at, PIECE, how) };
        if done != 0 {
            let error = io::Error::last_os_error();
            return match error.raw_os_error() {
                // Not every file system knows it; the sync alone is as safe.
                Some(libc::ENOSYS | libc::EOPNOTSUPP | libc::EINVAL | libc::ESPIPE) => Ok(()),
                _ => Err(error),
            };
        }
        at = at.saturating_add(PIECE);
    }
    Ok(())
}
