use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use wire::SiteId;

use super::files::{beside, private, sync_directory};
use crate::visitor::{Day, HashKey, Salt, Salts};

/// The live salts, in a file of their own beside the database that only its owner may read. Never in
/// the database, so that no backup of it can tell who was seen.
pub(super) struct SaltFile {
    path: PathBuf,
    salts: Salts,
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
        Ok(Self { path, salts })
    }

    /// See [`Salts::live`].
    pub(super) fn live(&self, site: &SiteId) -> &[Salt] {
        self.salts.live(site)
    }

    /// See [`Salts::turn`]; what changed is on disk before this returns.
    pub(super) fn turn(&mut self, site: &SiteId, day: Day) -> io::Result<bool> {
        if self.salts.live(site).iter().any(|salt| salt.day == day) {
            return Ok(false);
        }
        let fresh = random()?;
        let mut salts = self.salts.clone();
        salts.turn(site, day, || fresh);
        write(&self.path, &salts.to_text())?;
        self.salts = salts;
        Ok(true)
    }

    /// Whether new salts could be put beside the old ones.
    pub(super) fn try_write(&self) -> io::Result<()> {
        let new = beside(&self.path, ".new");
        private(&new)?;
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
    let mut file = private(&new)?;
    file.set_len(0)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    sync_directory(path)
}
