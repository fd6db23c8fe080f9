use std::collections::HashSet;

use rusqlite::Connection;

use crate::visitor::HashKey;

/// A vote key's place among those that are known here.
pub(super) type SecretId = u16;

/// This database's own vote key: its place, and its name in the table.
pub(super) const OWN: SecretId = 0;
const OWN_NAME: &str = "vote";

/// The keys that votes are hashed with: this database's own, and those of databases that articles came from.
pub(super) struct Secrets {
    keys: Vec<(String, HashKey)>,
}

impl Secrets {
    /// Reads all of them.
    pub(super) fn load(conn: &Connection) -> rusqlite::Result<Self> {
        let mut select = conn.prepare("select name, value from secret order by name <> ?1, name")?;
        let keys = select.query_map([OWN_NAME], |row| Ok((row.get(0)?, HashKey(row.get(1)?))))?;
        Ok(Self { keys: keys.collect::<Result<_, _>>()? })
    }

    /// Forgets what is not on disk. The places of the others stay.
    pub(super) fn reload(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        let stored: HashSet<String> = Self::load(conn)?.keys.into_iter().map(|(name, _)| name).collect();
        self.keys.retain(|(name, _)| stored.contains(name));
        Ok(())
    }

    /// The key at that place.
    pub(super) fn get(&self, id: SecretId) -> &HashKey {
        &self.keys[usize::from(id)].1
    }

    /// Its name in the table.
    pub(super) fn name(&self, id: SecretId) -> &str {
        &self.keys[usize::from(id)].0
    }

    /// The place of the key of that name.
    pub(super) fn id(&self, name: &str) -> Option<SecretId> {
        self.keys.iter().position(|(known, _)| known == name).and_then(|at| SecretId::try_from(at).ok())
    }
}
