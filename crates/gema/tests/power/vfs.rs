//! A SQLite VFS that replaces the default one in this process. It forwards each call to the default VFS, unless the
//! simulated [disk](crate::disk) of the directory handles the call itself.

use std::{
    alloc::{Layout, alloc_zeroed, dealloc},
    collections::HashMap,
    ffi::{CStr, c_char, c_int, c_void},
    path::{Path, PathBuf},
    ptr, slice,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use rusqlite::ffi::{
    self, SQLITE_CANTOPEN, SQLITE_IOERR_DELETE, SQLITE_OK, sqlite3_file, sqlite3_int64,
    sqlite3_io_methods, sqlite3_vfs,
};

use crate::disk::{Asked, State, locked};

type Shared = Arc<Mutex<State>>;

/// The mounted disks, by directory.
static MOUNTED: LazyLock<Mutex<HashMap<PathBuf, Shared>>> = LazyLock::new(|| {
    install();
    Mutex::default()
});

/// From now on, files opened in that directory are on this disk.
pub(crate) fn mount(dir: &Path, state: Shared) {
    MOUNTED
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(dir.canonicalize().unwrap(), state);
}

pub(crate) fn unmount(dir: &Path) {
    MOUNTED
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .remove(dir);
}

fn disk_of(path: &Path) -> Option<Shared> {
    MOUNTED
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .get(path.parent()?)
        .cloned()
}

/// The system's default VFS. It lives as long as the process.
struct System(*mut sqlite3_vfs);

// SAFETY: SQLite's layers may be used by every thread.
unsafe impl Send for System {}
// SAFETY: as above.
unsafe impl Sync for System {}

static SYSTEM: LazyLock<System> = LazyLock::new(|| {
    // SAFETY: the default layer exists once SQLite is initialised, and is never removed.
    unsafe {
        assert_eq!(ffi::sqlite3_initialize(), SQLITE_OK);
        System(ffi::sqlite3_vfs_find(c"unix".as_ptr()))
    }
});

fn install() {
    // SAFETY: a copy of the system's layer serves wherever it does; it is never freed.
    unsafe {
        let ours = sqlite3_vfs {
            szOsFile: size_of::<Opened>() as c_int,
            pNext: ptr::null_mut(),
            zName: c"disk".as_ptr(),
            xOpen: Some(open),
            xDelete: Some(delete),
            ..*SYSTEM.0
        };
        assert_eq!(
            ffi::sqlite3_vfs_register(Box::leak(Box::new(ours)), 1),
            SQLITE_OK
        );
    }
}

/// An open file as SQLite sees it: `base`, which SQLite reads, must come first.
#[repr(C)]
struct Opened {
    base: sqlite3_file,
    system: *mut sqlite3_file,
    on: *mut On,
}

/// The location of an open file; temporary files without a name have none.
struct On {
    path: PathBuf,
    disk: Shared,
}

impl On {
    fn ask(&self, asked: &Asked<'_>) -> Result<(), c_int> {
        locked(&self.disk).ask(&self.path, asked)
    }
}

fn layout() -> Layout {
    // SAFETY: see `SYSTEM`.
    let size = unsafe { (*SYSTEM.0).szOsFile } as usize;
    Layout::from_size_align(size, 16).unwrap()
}

/// # Safety
/// The name is null or ends with a null byte.
unsafe fn path_of(name: *const c_char) -> Option<PathBuf> {
    // SAFETY: the caller's promise.
    (!name.is_null()).then(|| unsafe { PathBuf::from(CStr::from_ptr(name).to_str().unwrap()) })
}

unsafe extern "C" fn open(
    _: *mut sqlite3_vfs,
    name: *const c_char,
    file: *mut sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: SQLite allocates `szOsFile` bytes for `file`, and `name` lives as long as the file.
    unsafe {
        let opened = file.cast::<Opened>();
        (*opened).base.pMethods = ptr::null();
        let path = path_of(name);
        let was_there = path.as_deref().is_some_and(Path::exists);
        let disk = path.as_deref().and_then(disk_of);
        if disk
            .as_ref()
            .is_some_and(|disk| locked(disk).read().is_err())
        {
            return SQLITE_CANTOPEN;
        }
        let system = alloc_zeroed(layout()).cast::<sqlite3_file>();
        let code = ((*SYSTEM.0).xOpen.unwrap())(SYSTEM.0, name, system, flags, out);
        if code != SQLITE_OK {
            dealloc(system.cast(), layout());
            return code;
        }
        let on = path.zip(disk).map(|(path, disk)| {
            locked(&disk).open(&path, was_there);
            Box::into_raw(Box::new(On { path, disk }))
        });
        opened.write(Opened {
            base: sqlite3_file { pMethods: &METHODS },
            system,
            on: on.unwrap_or(ptr::null_mut()),
        });
        SQLITE_OK
    }
}

unsafe extern "C" fn delete(_: *mut sqlite3_vfs, name: *const c_char, sync: c_int) -> c_int {
    // SAFETY: SQLite passes a valid name.
    unsafe {
        if let Some(path) = path_of(name)
            && let Some(disk) = disk_of(&path)
            && locked(&disk).ask(&path, &Asked::Delete).is_err()
        {
            return SQLITE_IOERR_DELETE;
        }
        ((*SYSTEM.0).xDelete.unwrap())(SYSTEM.0, name, sync)
    }
}

/// # Safety
/// The file was opened by [`open`].
unsafe fn opened<'a>(file: *mut sqlite3_file) -> (&'a Opened, Option<&'a On>) {
    // SAFETY: the caller's promise.
    unsafe {
        let opened = &*file.cast::<Opened>();
        (opened, opened.on.as_ref())
    }
}

/// Calls a method of an open file: first on the simulated disk, if an operation is given, then on the system.
macro_rules! on {
    ($file:ident, $method:ident($($argument:expr),*)) => {
        // SAFETY: SQLite calls methods only for open files, with arguments that the method accepts.
        unsafe {
            let system = opened($file).0.system;
            ((*(*system).pMethods).$method.unwrap())(system, $($argument),*)
        }
    };
    ($file:ident, $asked:expr, $method:ident($($argument:expr),*)) => {
        // SAFETY: as above.
        match unsafe { opened($file) }.1.map_or(Ok(()), |on| on.ask(&$asked)) {
            Ok(()) => on!($file, $method($($argument),*)),
            Err(code) => code,
        }
    };
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    let code = on!(file, xClose());
    // SAFETY: it is closed once, and was allocated by `open`.
    unsafe {
        let (system, on) = {
            let (opened, _) = opened(file);
            (opened.system, opened.on)
        };
        dealloc(system.cast(), layout());
        if !on.is_null() {
            drop(Box::from_raw(on));
        }
        (*file.cast::<Opened>()).base.pMethods = ptr::null();
    }
    code
}

unsafe extern "C" fn read(
    file: *mut sqlite3_file,
    to: *mut c_void,
    many: c_int,
    at: sqlite3_int64,
) -> c_int {
    // SAFETY: SQLite reads open files.
    if let Some(on) = unsafe { opened(file) }.1
        && let Err(code) = locked(&on.disk).read()
    {
        return code;
    }
    on!(file, xRead(to, many, at))
}

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    from: *const c_void,
    many: c_int,
    at: sqlite3_int64,
) -> c_int {
    // SAFETY: `from` points to that many bytes.
    let bytes = unsafe { slice::from_raw_parts(from.cast(), many as usize) };
    on!(
        file,
        Asked::Write {
            at: at as usize,
            bytes
        },
        xWrite(from, many, at)
    )
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, to: sqlite3_int64) -> c_int {
    on!(file, Asked::Truncate(to as usize), xTruncate(to))
}

/// Syncs the simulated disk only: its memory is as good as the system's disk, and faster.
unsafe extern "C" fn sync(file: *mut sqlite3_file, flags: c_int) -> c_int {
    let _ = flags;
    // SAFETY: SQLite syncs open files.
    unsafe { opened(file) }
        .1
        .map_or(Ok(()), |on| on.ask(&Asked::Sync))
        .err()
        .unwrap_or(SQLITE_OK)
}

/// Methods that are forwarded without a call to the simulated disk.
macro_rules! pass_on {
    ($($name:ident = $method:ident($($argument:ident: $kind:ty),*);)*) => {
        $(unsafe extern "C" fn $name(file: *mut sqlite3_file, $($argument: $kind),*) -> c_int {
            on!(file, $method($($argument),*))
        })*
    };
}

pass_on! {
    file_size = xFileSize(to: *mut sqlite3_int64);
    lock = xLock(kind: c_int);
    unlock = xUnlock(kind: c_int);
    is_reserved = xCheckReservedLock(to: *mut c_int);
    control = xFileControl(what: c_int, with: *mut c_void);
    sector_size = xSectorSize();
    characteristics = xDeviceCharacteristics();
    shm_map = xShmMap(page: c_int, size: c_int, extend: c_int, to: *mut *mut c_void);
    shm_lock = xShmLock(offset: c_int, many: c_int, flags: c_int);
    shm_unmap = xShmUnmap(delete: c_int);
}

unsafe extern "C" fn shm_barrier(file: *mut sqlite3_file) {
    on!(file, xShmBarrier());
}

static METHODS: sqlite3_io_methods = sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(is_reserved),
    xFileControl: Some(control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};
