use std::{collections::BTreeMap, time::Duration};

use data_encoding::HEXLOWER;
use redis::Value;
use store::StoreError;
use tokio::time::timeout;
use visitor::{HashKey, database_id};

use super::{
    Redis,
    cluster::Access,
    command::Command,
    reply::{pairs, utf8},
};

/// The keys that votes are hashed with: this store's own, and those of imported stores. Stored in one hash.
#[derive(Clone, Debug)]
pub(super) struct VoteKeys {
    own: String,
    keys: BTreeMap<String, HashKey>,
}

/// Field of this store's own key.
const OWN_KEY_FIELD: &str = "vote";

/// How long to wait for a read before falling back to a write, which retries longer.
const VOTE_KEYS_READ_TIMEOUT: Duration = Duration::from_millis(500);

impl VoteKeys {
    /// Name of this store's own key.
    pub(super) fn own_name(&self) -> &str {
        &self.own
    }

    /// The key of that name.
    pub(super) fn get(&self, name: &str) -> Option<&HashKey> {
        self.keys.get(name)
    }

    fn parse(hash: &Value) -> Option<Self> {
        let mut own = None;
        let mut keys = BTreeMap::new();
        for (field, value) in pairs(hash) {
            let key = HashKey(HEXLOWER.decode(value).ok()?.try_into().ok()?);
            let name = database_id(&key);
            if field == OWN_KEY_FIELD.as_bytes() {
                own = Some(name.clone());
            }
            keys.insert(name, key);
        }
        Some(Self { own: own?, keys })
    }
}

impl Redis {
    /// The cached keys, read if they are not cached.
    pub(super) async fn vote_keys(&self) -> Result<VoteKeys, StoreError> {
        if let Some(cached) = self.cached_vote_keys() {
            return Ok(cached);
        }
        self.read_vote_keys().await
    }

    /// Reads the keys, and creates this store's own if there is none. Reading is enough if another endpoint has noted
    /// that the key is on replicas: then no failover can lose it.
    pub(super) async fn read_vote_keys(&self) -> Result<VoteKeys, StoreError> {
        let (name, slot) = self.names.standalone_key("secrets", "secrets");
        let (durable, _) = self.names.standalone_key("durable-secret", "secrets");
        let all = Command::new("HGETALL").arg(name.clone());
        let read = vec![all.clone(), Command::new("GET").arg(durable.clone())];
        if let Ok(Ok(answers)) = timeout(
            VOTE_KEYS_READ_TIMEOUT,
            self.cluster.request(Access::Read, slot, read),
        )
        .await
            && let [all, durable] = answers.as_slice()
            && let Some(vote_keys) = VoteKeys::parse(all)
            && utf8(durable) == Some(vote_keys.own_name())
        {
            self.cache_vote_keys(vote_keys.clone());
            return Ok(vote_keys);
        }
        let fresh = HEXLOWER.encode(&super::random::key()?.0);
        // HSETNX: the first endpoint creates the key, and repetitions change nothing.
        let set = Command::new("HSETNX")
            .arg(name)
            .arg(OWN_KEY_FIELD)
            .arg(fresh);
        let answers = self
            .cluster
            .request(Access::Write, slot, vec![set, all])
            .await?;
        let vote_keys = answers
            .last()
            .and_then(VoteKeys::parse)
            .ok_or_else(|| self.corrupt_reply("the vote keys"))?;
        self.cluster.send_in_background(
            slot,
            Command::new("SET").arg(durable).arg(vote_keys.own_name()),
        );
        self.cache_vote_keys(vote_keys.clone());
        Ok(vote_keys)
    }

    /// Stores the vote key of another store.
    pub(super) async fn add_vote_key(&self, key: &HashKey) -> Result<VoteKeys, StoreError> {
        let (name, slot) = self.names.standalone_key("secrets", "secrets");
        self.cluster
            .write(
                slot,
                Command::new("HSET")
                    .arg(name)
                    .arg(database_id(key))
                    .arg(HEXLOWER.encode(&key.0)),
            )
            .await?;
        self.read_vote_keys().await
    }
}
