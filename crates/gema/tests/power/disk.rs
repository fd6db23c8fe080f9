//! A simulated disk that can lose its power, below SQLite in place of its file system layer, so that the code under
//! test needs no changes. Files are real; in addition, each remembers its content at the last sync and the writes since
//! then.

use std::{
    collections::HashMap,
    fs, mem,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rusqlite::ffi;
use tempfile::TempDir;

use crate::{random::Random, vfs};

/// A directory whose files can lose unsynced writes.
pub(crate) struct Disk {
    dir: TempDir,
    state: Arc<Mutex<State>>,
}

/// Effect of a power cut on unsynced writes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Loss {
    /// All unsynced writes are lost.
    Everything,
    /// Any unsynced writes are lost, whole or by sectors.
    AnyPart,
}

/// State of a disk.
pub(crate) struct State {
    files: HashMap<PathBuf, File>,
    /// Number of writes and syncs before the power cut.
    until_cut: Option<u64>,
    has_power: bool,
    /// Number of writes and syncs before they fail, and the error code.
    until_fault: Option<(u64, i32)>,
}

/// State of a file.
#[derive(Default)]
struct File {
    /// Content at the last sync; `None`: never synced.
    synced: Option<Vec<u8>>,
    since: Vec<Op>,
}

/// An operation since the last sync.
enum Op {
    Write { at: usize, bytes: Vec<u8> },
    Truncate(usize),
}

/// An operation that is about to be done.
pub(crate) enum Asked<'a> {
    Write { at: usize, bytes: &'a [u8] },
    Truncate(usize),
    Sync,
    Delete,
}

/// Unit of torn writes; smaller than a page.
const SECTOR: usize = 512;

impl Disk {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let state = State {
            files: HashMap::new(),
            until_cut: None,
            has_power: true,
            until_fault: None,
        };
        let state = Arc::new(Mutex::new(state));
        vfs::mount(dir.path(), Arc::clone(&state));
        Self { dir, state }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Cuts the power at that write or sync, counted from now.
    pub(crate) fn cut_in(&self, operations: u64) {
        self.state().until_cut = Some(operations);
    }

    pub(crate) fn has_power(&self) -> bool {
        self.state().has_power
    }

    /// From that write or sync on, each fails with this SQLite error code, until
    /// [`is_well_again`](Self::is_well_again).
    pub(crate) fn fail_in(&self, operations: u64, code: i32) {
        self.state().until_fault = Some((operations, code));
    }

    pub(crate) fn is_well_again(&self) {
        self.state().until_fault = None;
    }

    /// Restores the power, and applies the loss. No file may be open. Returns the number of lost bytes.
    pub(crate) fn restart(&self, loss: Loss, random: &mut Random) -> usize {
        let mut state = self.state();
        let mut lost = 0;
        for (path, file) in &mut state.files {
            let was_synced = file.synced.is_some();
            let mut image = file.synced.clone().unwrap_or_default();
            let mut kept = false;
            for op in mem::take(&mut file.since) {
                let of = op.len();
                let is_kept = match loss {
                    Loss::Everything => 0,
                    Loss::AnyPart => op.apply_some(&mut image, random),
                };
                kept |= is_kept > 0;
                lost += of - is_kept;
            }
            if was_synced || kept {
                fs::write(path, &image).unwrap();
                file.synced = Some(image);
            } else {
                let _ = fs::remove_file(path);
            }
        }
        // The WAL index exists only in memory.
        for entry in fs::read_dir(self.dir.path()).unwrap() {
            let path = entry.unwrap().path();
            if path.to_string_lossy().ends_with("-shm") {
                fs::remove_file(path).unwrap();
            }
        }
        state.until_cut = None;
        state.has_power = true;
        state.until_fault = None;
        lost
    }

    fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.state)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        vfs::unmount(self.dir.path());
    }
}

pub(crate) fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    /// Registers an opened file. A file that existed before counts as synced.
    pub(crate) fn open(&mut self, path: &Path, was_there: bool) {
        if !self.files.contains_key(path) {
            let synced = was_there.then(|| fs::read(path).unwrap());
            self.files.insert(
                path.to_owned(),
                File {
                    synced,
                    since: Vec::new(),
                },
            );
        }
    }

    /// Fails if the power is off.
    pub(crate) fn read(&self) -> Result<(), i32> {
        if self.has_power {
            Ok(())
        } else {
            Err(ffi::SQLITE_IOERR_READ)
        }
    }

    /// Fails if the operation must fail; otherwise records it.
    pub(crate) fn ask(&mut self, path: &Path, asked: &Asked<'_>) -> Result<(), i32> {
        if !self.has_power {
            return Err(ffi::SQLITE_IOERR);
        }
        if let Some((left, code)) = &mut self.until_fault {
            *left = left.saturating_sub(1);
            if *left == 0 {
                return Err(*code);
            }
        }
        if let Some(left) = &mut self.until_cut {
            *left = left.saturating_sub(1);
            self.has_power = *left > 0;
        }
        let Some(file) = self.files.get_mut(path) else {
            return Ok(());
        };
        match *asked {
            Asked::Write { at, bytes } => file.since.push(Op::Write {
                at,
                bytes: bytes.to_vec(),
            }),
            Asked::Truncate(to) => file.since.push(Op::Truncate(to)),
            Asked::Sync if self.has_power => file.sync(),
            Asked::Delete if self.has_power => drop(self.files.remove(path)),
            // The power was cut during the operation, so it was not done.
            Asked::Sync | Asked::Delete => {}
        }
        if self.has_power {
            Ok(())
        } else {
            Err(ffi::SQLITE_IOERR)
        }
    }
}

impl File {
    fn sync(&mut self) {
        let image = self.synced.get_or_insert_default();
        for op in self.since.drain(..) {
            op.apply(image);
        }
    }
}

impl Op {
    fn len(&self) -> usize {
        match self {
            Self::Write { bytes, .. } => bytes.len(),
            Self::Truncate(_) => 1,
        }
    }

    fn apply(&self, image: &mut Vec<u8>) {
        match self {
            Self::Write { at, bytes } => write(image, *at, bytes),
            Self::Truncate(to) => image.resize(*to, 0),
        }
    }

    /// Applies none, some or all of the operation. Returns the number of applied bytes.
    fn apply_some(&self, image: &mut Vec<u8>, random: &mut Random) -> usize {
        match (random.below(3), self) {
            (0, _) => 0,
            (1, Self::Write { at, bytes }) => {
                let mut kept = 0;
                for (number, sector) in bytes.chunks(SECTOR).enumerate() {
                    if random.below(2) == 0 {
                        write(image, at + number * SECTOR, sector);
                        kept += sector.len();
                    }
                }
                kept
            }
            _ => {
                self.apply(image);
                self.len()
            }
        }
    }
}

fn write(image: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = at + bytes.len();
    if image.len() < end {
        image.resize(end, 0);
    }
    image[at..end].copy_from_slice(bytes);
}
