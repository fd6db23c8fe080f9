use std::{
    collections::HashMap,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use visitor::{Day, HashKey, Salt, Salts};
use wire::SiteId;

use super::files::{beside, fresh, sync_directory};

/// The live salts, in a file of their own beside the database that only its owner may read. Never in
/// the database, so that no backup of it can tell who was seen.
pub(super) struct SaltFile {
    path: PathBuf,
    salts: Salts,
    /// The day to which each site was turned since the start, or since a transaction failed.
    turned: HashMap<SiteId, Day>,
}

impl SaltFile {
    /// Reads the file, if there is one.
    pub(super) fn open(path: PathBuf) -> io::Result<Self> {
        let salts = match fs::read_to_string(&path) {
            Ok(text) => Salts::parse(&text).unwrap_or_else(|| {
                tracing::warn!(file = %path.display(), "salts cannot be read; reads of this window may count again");
                Salts::default()
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Salts::default(),
            Err(error) => return Err(error),
        };
        // What a crash has left may hold salts that should be gone.
        match fs::remove_file(beside(&path, ".new")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(Self { path, salts, turned: HashMap::new() }),
        }
    }

    /// See [`Salts::live`].
    pub(super) fn live(&self, site: &SiteId) -> &[Salt] {
        self.salts.live(site)
    }

    /// See [`Salts::turn`]; what changed is on disk before this returns. Whether what was seen in other windows is still
    /// to be deleted: it may be so even if the salts themselves were turned before, by a process that was killed then.
    pub(super) fn turn(&mut self, site: &SiteId, day: Day) -> io::Result<bool> {
        if self.turned.get(site) == Some(&day) {
            return Ok(false);
        }
        let (fresh, mut salts) = (random()?, self.salts.clone());
        if salts.turn(site, day, || fresh) {
            self.replace(salts)?;
        }
        self.turned.insert(site.clone(), day);
        Ok(true)
    }

    /// See [`Salts::retire`]; what changed is on disk before this returns.
    pub(super) fn retire(&mut self, served: &[SiteId], today: Day) -> io::Result<()> {
        let mut salts = self.salts.clone();
        if salts.retire(served, today) {
            self.replace(salts)?;
        }
        Ok(())
    }

    /// What was to be deleted after [`turn`](Self::turn) was not.
    pub(super) fn turn_again(&mut self) {
        self.turned.clear();
    }

    fn replace(&mut self, salts: Salts) -> io::Result<()> {
        write(&self.path, &salts.to_text())?;
        self.salts = salts;
        Ok(())
    }

    /// Whether new salts could be put beside the old ones.
    pub(super) fn try_write(&self) -> io::Result<()> {
        let new = beside(&self.path, ".new");
        fresh(&new)?;
        fs::remove_file(new)
    }
}

/// 256 bits of the system's randomness.
pub(super) fn random() -> io::Result<HashKey> {
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(io::Error::other)?;
    Ok(HashKey(key))
}

/// Replaces the file as a whole: a crash leaves the old one or the new one.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let new = beside(path, ".new");
    let mut file = fresh(&new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    sync_directory(path)
}
