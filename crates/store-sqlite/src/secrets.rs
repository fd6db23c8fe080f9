use rusqlite::{Connection, params};
use visitor::HashKey;

/// Index of a vote key.
pub(super) type VoteKeyId = u16;

/// This database's own vote key: its index, and its name in the table.
pub(super) const OWN_VOTE_KEY: VoteKeyId = 0;
const OWN_VOTE_KEY_NAME: &str = "vote";

/// The keys that votes are hashed with: this database's own, and those of imported databases.
#[derive(Clone, Default)]
pub(super) struct VoteKeys {
    keys: Vec<(String, HashKey)>,
    /// Number of keys that are durable; the rest belong to the open transaction.
    durable: usize,
}

impl VoteKeys {
    /// Loads all keys.
    pub(super) fn load(conn: &Connection) -> rusqlite::Result<Self> {
        let mut select =
            conn.prepare("select name, value from secret order by name <> ?1, name")?;
        let keys = select.query_map([OWN_VOTE_KEY_NAME], |row| {
            Ok((row.get(0)?, HashKey(row.get(1)?)))
        })?;
        let keys: Vec<_> = keys.collect::<Result<_, _>>()?;
        Ok(Self {
            durable: keys.len(),
            keys,
        })
    }

    /// Keeps the keys of the transaction, after its commit. Returns whether it had any.
    pub(super) fn commit(&mut self) -> bool {
        let added = self.keys.len() > self.durable;
        self.durable = self.keys.len();
        added
    }

    /// Forgets the keys of the transaction, after its rollback.
    pub(super) fn rollback(&mut self) {
        self.keys.truncate(self.durable);
    }

    /// The key at an index.
    pub(super) fn get(&self, id: VoteKeyId) -> &HashKey {
        &self.keys[usize::from(id)].1
    }

    /// The key's name in the table.
    pub(super) fn name(&self, id: VoteKeyId) -> &str {
        &self.keys[usize::from(id)].0
    }

    /// The index of a named key.
    pub(super) fn id(&self, name: &str) -> Option<VoteKeyId> {
        self.keys
            .iter()
            .position(|(known, _)| known == name)
            .and_then(|at| VoteKeyId::try_from(at).ok())
    }

    /// Stores the vote key of another database.
    pub(super) fn insert(
        &mut self,
        conn: &Connection,
        name: &str,
        key: &HashKey,
    ) -> rusqlite::Result<VoteKeyId> {
        conn.execute(
            "insert into secret (name, value) values (?1, ?2)",
            params![name, key.0],
        )?;
        self.keys.push((name.to_owned(), key.clone()));
        Ok(VoteKeyId::try_from(self.keys.len() - 1).unwrap_or(VoteKeyId::MAX))
    }
}
