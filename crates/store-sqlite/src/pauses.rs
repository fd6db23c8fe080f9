//! Pauses of a checkpoint. SQLite copies all pages of a log in one call. Where the thread that does so shares a core with
//! others, the kernel lets it run for a slice of some milliseconds, for which events would wait.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Number of threads that wait for one that pauses.
static WAITING: AtomicUsize = AtomicUsize::new(0);

#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod linux {
    use std::{
        cell::Cell,
        ffi::{c_int, c_void},
        sync::{Once, atomic::Ordering},
        thread,
        time::Duration,
    };

    use libc::{off64_t, size_t, ssize_t};
    use rusqlite::ffi;

    use super::WAITING;

    /// Number of pages between two pauses: about 0.1 ms of copying.
    const PAGES: u32 = 16;

    /// The kernel adds about as much. A commit takes some of them.
    const PAUSE: Duration = Duration::from_micros(50);

    thread_local! {
        /// Number of pages until the next pause of this thread.
        static LEFT: Cell<Option<u32>> = const { Cell::new(None) };
    }

    /// SQLite's `pwrite` from now on, of all threads.
    unsafe extern "C" fn write(
        file: c_int,
        from: *const c_void,
        n: size_t,
        at: off64_t,
    ) -> ssize_t {
        // SAFETY: the arguments are those of a call of `pwrite`.
        let written = unsafe { libc::pwrite64(file, from, n, at) };
        // A pause may change `errno`.
        if written >= 0 {
            pause();
        }
        written
    }

    fn pause() {
        if WAITING.load(Ordering::Relaxed) > 0 {
            return;
        }
        LEFT.with(|left| match left.get() {
            Some(0) => {
                left.set(Some(PAGES));
                thread::sleep(PAUSE);
            }
            Some(pages) => left.set(Some(pages - 1)),
            None => {}
        });
    }

    fn replace_write() {
        type Write = unsafe extern "C" fn(c_int, *const c_void, size_t, off64_t) -> ssize_t;
        // SAFETY: the VFS is never unregistered, and the name ends with a zero.
        let Some(vfs) = (unsafe { ffi::sqlite3_vfs_find(c"unix".as_ptr()).as_mut() }) else {
            return;
        };
        let Some(set) = vfs.xSetSystemCall else {
            return;
        };
        // SAFETY: SQLite calls it with the arguments of `pwrite`, whose signature it has.
        let write = unsafe { std::mem::transmute::<Write, unsafe extern "C" fn()>(write) };
        for name in [c"pwrite", c"pwrite64"] {
            // SAFETY: the name ends with a zero. SQLite uses one of both, and ignores the other.
            unsafe { set(vfs, name.as_ptr(), Some(write)) };
        }
    }

    pub(super) fn pause_between_pages() {
        static REPLACED: Once = Once::new();
        REPLACED.call_once(replace_write);
        LEFT.set(Some(PAGES));
    }

    #[cfg(test)]
    mod tests {
        use rusqlite::Connection;

        use super::{super::without_pauses, *};

        #[test]
        fn writes_count_on_threads_that_pause_unless_others_wait() {
            let dir = tempfile::tempdir().unwrap();
            let conn = Connection::open(dir.path().join("a.db")).unwrap();
            conn.execute_batch("create table number (number)").unwrap();
            assert_eq!(LEFT.get(), None);
            pause_between_pages();
            let write = || conn.execute_batch("insert into number values (1)").unwrap();
            without_pauses(write);
            assert_eq!(LEFT.get(), Some(PAGES));
            write();
            assert!(LEFT.get() < Some(PAGES), "{LEFT:?}");
        }
    }
}

/// Waits for a thread that pauses. It does not pause meanwhile.
pub(super) fn without_pauses<T>(wait: impl FnOnce() -> T) -> T {
    WAITING.fetch_add(1, Ordering::Relaxed);
    let value = wait();
    WAITING.fetch_sub(1, Ordering::Relaxed);
    value
}

/// Makes this thread pause while SQLite writes pages on it.
pub(super) fn pause_between_pages() {
    #[cfg(all(target_os = "linux", target_pointer_width = "64"))]
    linux::pause_between_pages();
}
