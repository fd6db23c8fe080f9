use rusqlite::{Connection, params};
use visitor::HashKey;

/// A vote key's place among those that are known here.
pub(super) type SecretId = u16;

/// This database's own vote key: its place, and its name in the table.
pub(super) const OWN: SecretId = 0;
const OWN_NAME: &str = "vote";

/// The keys that votes are hashed with: this database's own, and those of databases that articles came from.
#[derive(Clone)]
pub(super) struct Secrets {
    keys: Vec<(String, HashKey)>,
    /// How many of them are on disk: the others are of the open transaction.
    settled: usize,
}

impl Secrets {
    /// Reads all of them.
    pub(super) fn load(conn: &Connection) -> rusqlite::Result<Self> {
        let mut select = conn.prepare("select name, value from secret order by name <> ?1, name")?;
        let keys = select.query_map([OWN_NAME], |row| Ok((row.get(0)?, HashKey(row.get(1)?))))?;
        let keys: Vec<_> = keys.collect::<Result<_, _>>()?;
        Ok(Self { settled: keys.len(), keys })
    }

    /// The transaction is durable, and so is what was learnt in it.
    pub(super) fn settle(&mut self) {
        self.settled = self.keys.len();
    }

    /// The transaction never was.
    pub(super) fn undo(&mut self) {
        self.keys.truncate(self.settled);
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

    /// Keeps the key of another database.
    pub(super) fn learn(&mut self, conn: &Connection, name: &str, key: &HashKey) -> rusqlite::Result<SecretId> {
        conn.execute("insert into secret (name, value) values (?1, ?2)", params![name, key.0])?;
        self.keys.push((name.to_owned(), key.clone()));
        Ok(SecretId::try_from(self.keys.len() - 1).unwrap_or(SecretId::MAX))
    }
}
