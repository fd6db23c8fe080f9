use std::{fs::File, io};

/// Bytes written out at a time. A concurrent commit waits for one piece only; behind a whole long log it would wait
/// for 20 to 30 ms.
#[cfg(target_os = "linux")]
const SYNC_PIECE_BYTES: i64 = 256 << 10;

/// Syncs a file like `sync_data`, in pieces, so that concurrent syncs of other files are not delayed.
pub(super) fn sync_in_pieces(file: &File) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    write_out(file)?;
    // Still needed: `sync_file_range` flushes neither the disk's cache nor the file's metadata.
    file.sync_data()
}

/// Writes out the dirty pages piece by piece, so that little is left for the final sync.
#[cfg(target_os = "linux")]
fn write_out(file: &File) -> io::Result<()> {
    use std::os::fd::AsRawFd;

    use libc::{SYNC_FILE_RANGE_WAIT_AFTER, SYNC_FILE_RANGE_WAIT_BEFORE, SYNC_FILE_RANGE_WRITE};

    let how = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
    let length = i64::try_from(file.metadata()?.len()).unwrap_or(i64::MAX);
    let mut at = 0;
    while at < length {
        // SAFETY: the descriptor is open as long as `file` is borrowed, and the call touches no memory of ours.
        let done = unsafe { libc::sync_file_range(file.as_raw_fd(), at, SYNC_PIECE_BYTES, how) };
        if done != 0 {
            let error = io::Error::last_os_error();
            return match error.raw_os_error() {
                // Not supported by the file system: `sync_data` alone is as safe, only slower.
                Some(libc::ENOSYS | libc::EOPNOTSUPP | libc::EINVAL | libc::ESPIPE) => Ok(()),
                _ => Err(error),
            };
        }
        at = at.saturating_add(SYNC_PIECE_BYTES);
    }
    Ok(())
}
