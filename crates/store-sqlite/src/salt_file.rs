use std::{
    collections::HashMap,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use visitor::{Day, HashKey, Salt, Salts};
use wire::SiteId;

use super::files::{companion_path, create_private, sync_directory};

/// The current salts, in a separate file with mode 0600. They are never in the database, so a backup cannot reveal who
/// read what.
pub(super) struct SaltFile {
    path: PathBuf,
    salts: Salts,
    /// The day of each site's last window change, since the start or since a transaction failed.
    rotated: HashMap<SiteId, Day>,
}

impl SaltFile {
    /// Reads the file; a missing file is an empty one.
    pub(super) fn open(path: PathBuf) -> io::Result<Self> {
        let salts = match fs::read_to_string(&path) {
            Ok(text) => Salts::parse(&text).unwrap_or_else(|| {
                tracing::warn!(file = %path.display(), "salts cannot be read; reads of this window may count again");
                Salts::default()
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Salts::default(),
            Err(error) => return Err(error),
        };
        // A temporary file left by a crash may hold expired salts.
        match fs::remove_file(companion_path(&path, ".new")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(Self {
                path,
                salts,
                rotated: HashMap::new(),
            }),
        }
    }

    /// See [`Salts::live`].
    pub(super) fn live(&self, site: &SiteId) -> &[Salt] {
        self.salts.live(site)
    }

    /// See [`Salts::rotate`]; durable on return. Returns whether the digests of older windows must still be deleted,
    /// which can be true even if the salts are current: a killed process may have changed only the salts.
    pub(super) fn rotate(&mut self, site: &SiteId, day: Day) -> io::Result<bool> {
        if self.rotated.get(site) == Some(&day) {
            return Ok(false);
        }
        let fresh = random()?;
        let mut salts = self.salts.clone();
        if salts.rotate(site, day, || fresh) {
            self.replace(salts)?;
        }
        self.rotated.insert(site.clone(), day);
        Ok(true)
    }

    /// See [`Salts::prune`]; durable on return. A file that something else has removed is written again: without it, reads
    /// count twice after a restart.
    pub(super) fn prune(&mut self, served: &[SiteId], today: Day) -> io::Result<()> {
        let mut salts = self.salts.clone();
        if salts.prune(served, today) || salts != Salts::default() && !self.path.exists() {
            self.replace(salts)?;
        }
        Ok(())
    }

    /// After a rollback: the deletion that followed [`rotate`](Self::rotate) must be repeated.
    pub(super) fn forget_rotations(&mut self) {
        self.rotated.clear();
    }

    fn replace(&mut self, salts: Salts) -> io::Result<()> {
        write(&self.path, &salts.to_text())?;
        self.salts = salts;
        Ok(())
    }

    /// Probes whether the salts file could be rewritten.
    pub(super) fn try_write(&self) -> io::Result<()> {
        let new = companion_path(&self.path, ".new");
        create_private(&new)?;
        fs::remove_file(new)
    }
}

/// 256 random bits from the operating system.
pub(super) fn random() -> io::Result<HashKey> {
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(io::Error::other)?;
    Ok(HashKey(key))
}

/// Replaces the file atomically: a crash leaves the old or the new one.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let new = companion_path(path, ".new");
    let mut file = create_private(&new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    sync_directory(path)
}
