//! Leases of articles: under a lease, a record is read, changed in Rust and written by one script, if the lease is still
//! held. Events of the article wait meanwhile.

use std::time::{Duration, Instant};

use redis::Value;
use store::StoreError;
use wire::{ArticleKey, SiteId};

use super::{
    MAX_HOPS, Redis,
    command::{Command, Script},
    keys::{self, Name},
    record::{Found, Record},
    reply::number,
};

/// Duration of a lease that is not renewed.
const LEASE_DURATION: Duration = Duration::from_secs(10);

/// How long to wait for a lease.
const LEASE_WAIT_TIMEOUT: Duration = Duration::from_secs(12);

/// Delay between attempts.
const LEASE_RETRY_DELAY: Duration = Duration::from_millis(5);

/// A lease, and the record as it was when the lease began.
pub(super) struct Lease<'r> {
    redis: &'r Redis,
    pub(super) site: SiteId,
    pub(super) key: ArticleKey,
    pub(super) names: keys::ArticleKeySet,
    pub(super) token: String,
    pub(super) found: Found,
    at: Instant,
}

/// Writes of one transaction.
#[derive(Default)]
pub(super) struct WriteSet {
    keys: Vec<Name>,
    words: Vec<Vec<u8>>,
    is_erasure: bool,
}

impl WriteSet {
    /// For deletions, which are possible even if the server has no memory left.
    pub(super) fn of_erasure() -> Self {
        Self {
            is_erasure: true,
            ..Self::default()
        }
    }

    /// Adds a command.
    pub(super) fn add<W: Into<Vec<u8>>>(
        &mut self,
        name: &str,
        key: Name,
        args: impl IntoIterator<Item = W>,
    ) {
        let index = self
            .keys
            .iter()
            .position(|known| *known == key)
            .unwrap_or_else(|| {
                self.keys.push(key);
                self.keys.len() - 1
            });
        let at = self.words.len();
        // Keys are numbered from 1, and key 1 is the record.
        self.words
            .extend([Vec::new(), name.into(), (index + 2).to_string().into()]);
        self.words.extend(args.into_iter().map(Into::into));
        self.words[at] = (self.words.len() - at - 1).to_string().into();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }
}

impl Redis {
    /// Takes the lease of the article, following aliases and completing pending intents.
    pub(super) async fn lease(
        &self,
        site: &SiteId,
        key: &ArticleKey,
    ) -> Result<Lease<'_>, StoreError> {
        let mut key = key.clone();
        for _ in 0..MAX_HOPS {
            if let Found::Moved(to) = self.find(site, &key).await? {
                key = to;
                continue;
            }
            let lease = self.lease_key(site, &key).await?;
            match &lease.found {
                Found::Moved(to) => {
                    key = to.clone();
                    lease.release().await?;
                }
                Found::Article(record) if record.intent.is_some() => {
                    lease.release().await?;
                    self.recover_intent(site, &key).await?;
                }
                _ => return Ok(lease),
            }
        }
        Err(self.corrupt_reply("keys that lead in a circle"))
    }

    /// Takes the lease of the key itself, without following aliases.
    pub(super) async fn lease_key(
        &self,
        site: &SiteId,
        key: &ArticleKey,
    ) -> Result<Lease<'_>, StoreError> {
        let names = self.names.article(site, key);
        let token = super::random::token()?;
        let begun = Instant::now();
        loop {
            let at = Instant::now();
            let answer = self.lock(&names, &token, false).await?;
            if matches!(answer, Value::Array(_)) {
                let site = site.clone();
                let key = key.clone();
                return Ok(Lease {
                    redis: self,
                    site,
                    key,
                    names,
                    token,
                    found: Found::parse(&answer),
                    at,
                });
            }
            if begun.elapsed() > LEASE_WAIT_TIMEOUT {
                return Err(StoreError::Busy);
            }
            tokio::time::sleep(LEASE_RETRY_DELAY).await;
        }
    }

    async fn lock(
        &self,
        names: &keys::ArticleKeySet,
        token: &str,
        again: bool,
    ) -> Result<Value, StoreError> {
        let lock = Command::script(Script::Lock, [names.record()])
            .arg(token)
            .arg(LEASE_DURATION.as_millis().to_string());
        self.cluster
            .write(names.slot, lock.arg(if again { "1" } else { "0" }))
            .await
    }
}

impl Lease<'_> {
    pub(super) fn record(&self) -> Option<&Record> {
        match &self.found {
            Found::Article(record) => Some(record),
            _ => None,
        }
    }

    /// Extends the lease. False: it was lost.
    pub(super) async fn renew(&self) -> Result<bool, StoreError> {
        Ok(matches!(
            self.redis.lock(&self.names, &self.token, true).await?,
            Value::Array(_)
        ))
    }

    /// Releases the lease without a change.
    pub(super) async fn release(self) -> Result<(), StoreError> {
        let release =
            Command::script(Script::Release, [self.names.record()]).arg(self.token.clone());
        self.redis.cluster.write(self.names.slot, release).await?;
        self.redis
            .records
            .insert(&self.site, &self.key, self.at, self.found);
        Ok(())
    }

    /// Writes the record and `writes`, and releases the lease. False: the lease was lost, and nothing was written.
    pub(super) async fn commit(
        self,
        record: &Record,
        mut writes: WriteSet,
    ) -> Result<bool, StoreError> {
        self.write_record(record, &mut writes);
        let is_written = self.write(&writes, true).await?;
        let records = &self.redis.records;
        let write_version = record.write_version + 1;
        records.remove(&self.site, &self.key);
        if is_written {
            records.insert(
                &self.site,
                &self.key,
                self.at,
                Found::Article(
                    Record {
                        write_version,
                        ..record.clone()
                    }
                    .into(),
                ),
            );
        }
        Ok(is_written)
    }

    /// Writes, and releases the lease. False: the lease was lost, and nothing was written.
    pub(super) async fn commit_without(self, writes: &WriteSet) -> Result<bool, StoreError> {
        let is_written = self.write(writes, true).await;
        self.redis.records.remove(&self.site, &self.key);
        is_written
    }

    /// Writes under the lease, which is released if `is_last`.
    pub(super) async fn write(&self, writes: &WriteSet, is_last: bool) -> Result<bool, StoreError> {
        let keys = std::iter::once(self.names.record()).chain(writes.keys.iter().cloned());
        let script = if writes.is_erasure {
            Script::CommitErasure
        } else {
            Script::Commit
        };
        let commit = Command::script(script, keys).arg(self.token.clone());
        let commit = commit
            .arg(if is_last { "1" } else { "0" })
            .args(writes.words.iter().cloned());
        Ok(number(&self.redis.cluster.write(self.names.slot, commit).await?) == Some(1))
    }

    /// Replaces all fields of the record.
    pub(super) fn write_record(&self, record: &Record, writes: &mut WriteSet) {
        let gone = [
            "to",
            "published",
            "put",
            "intent",
            "done",
            "poll",
            "sources",
            "aliases",
            "home",
        ];
        writes.add("HDEL", self.names.record(), gone);
        let fields = record.fields(&self.site, &self.key).into_iter();
        writes.add(
            "HSET",
            self.names.record(),
            fields.flat_map(|(name, value)| [name.into_bytes(), value]),
        );
    }
}
