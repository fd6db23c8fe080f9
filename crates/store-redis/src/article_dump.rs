//! Consistent reads of a whole article.

use std::time::Duration;

use redis::Value;
use store::StoreError;
use visitor::{Day, Digest};
use wire::{Article, ArticleKey, SiteId};

use super::{
    Redis,
    cluster::Access,
    command::Command,
    copy,
    hours::{Hours, days_with_hours},
    keys,
    keys::{MarkTable, Name},
    record::{Days, Found, Record},
    reply::{list, number, pairs, utf8},
    vote::{self, Vote},
};

/// One article.
pub(super) struct ArticleDump {
    pub(super) record: Record,
    pub(super) days: Days,
    pub(super) hours: Hours,
    pub(super) copy: Option<Article>,
    /// The votes, in the order of their marks.
    pub(super) votes: Vec<(Digest, Vote)>,
    /// Number of votes, as recorded in the table.
    pub(super) marks: u64,
}

/// Buckets read per request.
const BUCKETS_PER_REQUEST: u32 = 256;

/// Attempts of an optimistic read before the lease is taken.
const MAX_OPTIMISTIC_READS: u32 = 3;

impl Redis {
    /// The article under this key, not following aliases.
    pub(super) async fn dump(
        &self,
        site: &SiteId,
        key: &ArticleKey,
    ) -> Result<Option<ArticleDump>, StoreError> {
        for _ in 0..MAX_OPTIMISTIC_READS {
            let Some(before) = self.find_now(site, key).await?.article() else {
                return Ok(None);
            };
            let dump = self
                .read_dump(&self.names.article(site, key), before)
                .await?;
            let after = self.find_now(site, key).await?.article();
            if after.is_some_and(|after| {
                (after.id, after.write_version) == (dump.record.id, dump.record.write_version)
            }) {
                return Ok(Some(dump));
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let lease = self.lease_key(site, key).await?;
        let dump = match &lease.found {
            Found::Article(record) => Some(self.read_dump(&lease.names, (**record).clone()).await?),
            _ => None,
        };
        lease.release().await?;
        Ok(dump)
    }

    async fn read_dump(
        &self,
        names: &keys::ArticleKeySet,
        record: Record,
    ) -> Result<ArticleDump, StoreError> {
        let days = self.days(names).await?;
        let hours = self.hours(names, &days_with_hours(&record, &days)).await?;
        let copy = copy::parse(
            &self
                .cluster
                .read(names.slot, Command::new("HGETALL").arg(names.copy()))
                .await?,
        );
        let marks = self.size(names, MarkTable::Votes).await?;
        let packed = self.marks_of(names, MarkTable::Votes).await?;
        let mut votes: Vec<_> = packed
            .into_iter()
            .filter_map(|(mark, packed)| Some((mark, vote::decode(&packed)?)))
            .collect();
        votes.sort_unstable_by_key(|(mark, _)| *mark);
        Ok(ArticleDump {
            record,
            days,
            hours,
            copy,
            votes,
            marks,
        })
    }

    /// The article's daily changes.
    pub(super) async fn days(&self, names: &keys::ArticleKeySet) -> Result<Days, StoreError> {
        let answer = self
            .cluster
            .read(names.slot, Command::new("HGETALL").arg(names.days()))
            .await?;
        Ok(parse_days(&answer, Day::new(i32::MIN)))
    }

    /// Number of buckets of a table.
    pub(super) async fn buckets(
        &self,
        names: &keys::ArticleKeySet,
        table: MarkTable,
    ) -> Result<u32, StoreError> {
        let answer = self
            .cluster
            .read(
                names.slot,
                Command::new("HGET").arg(names.bucket(table, 0)).arg("n"),
            )
            .await?;
        Ok(number(&answer)
            .and_then(|buckets| u32::try_from(buckets).ok())
            .unwrap_or(1))
    }

    /// Number of marks, as recorded in the table.
    pub(super) async fn size(
        &self,
        names: &keys::ArticleKeySet,
        table: MarkTable,
    ) -> Result<u64, StoreError> {
        let answer = self
            .cluster
            .read(
                names.slot,
                Command::new("HGET").arg(names.bucket(table, 0)).arg("c"),
            )
            .await?;
        Ok(number(&answer).unwrap_or(0).unsigned_abs())
    }

    /// All marks of a table with their values.
    pub(super) async fn marks_of(
        &self,
        names: &keys::ArticleKeySet,
        table: MarkTable,
    ) -> Result<Vec<(Digest, Vec<u8>)>, StoreError> {
        let buckets = self.buckets(names, table).await?;
        let mut marks = Vec::new();
        let mut from = 0;
        while from < buckets {
            let to = (from + BUCKETS_PER_REQUEST).min(buckets);
            let commands = (from..to)
                .map(|number| Command::new("HGETALL").arg(names.bucket(table, number)))
                .collect();
            let answers = self
                .cluster
                .request(Access::Read, names.slot, commands)
                .await?;
            // Shorter fields are the table's own counters.
            let pairs = answers.iter().flat_map(pairs);
            marks.extend(
                pairs.filter_map(|(mark, value)| {
                    Some((Digest::try_from(mark).ok()?, value.to_vec()))
                }),
            );
            from = to;
        }
        Ok(marks)
    }

    /// The days whose salts are live.
    pub(super) async fn live_windows(&self, site: &SiteId) -> Result<Vec<Day>, StoreError> {
        let (name, slot) = self.names.standalone_key("salts", site.as_str());
        let answer: Value = self
            .cluster
            .read(slot, Command::new("HKEYS").arg(name))
            .await?;
        Ok(list(&answer)
            .iter()
            .filter_map(|day| Some(Day::new(utf8(day)?.parse().ok()?)))
            .collect())
    }

    /// Every key of an article.
    pub(super) async fn all_names(
        &self,
        site: &SiteId,
        names: &keys::ArticleKeySet,
        record: &Record,
    ) -> Result<Vec<Name>, StoreError> {
        let mut all = vec![names.record(), names.days(), names.copy(), names.refused()];
        let days = self.days(names).await?;
        let hours = days_with_hours(record, &days).into_iter();
        all.extend(hours.map(|day| names.hours(day)));
        let windows = self.live_windows(site).await?;
        for table in
            std::iter::once(MarkTable::Votes).chain(windows.into_iter().map(MarkTable::Seen))
        {
            let buckets = self.buckets(names, table).await?;
            all.extend((0..buckets).map(|number| names.bucket(table, number)));
        }
        Ok(all)
    }
}

/// The daily changes since that day, from the reply with their hash.
pub(super) fn parse_days(reply: &Value, since: Day) -> Days {
    let day = |field: &[u8], value: &[u8]| {
        let mut parts = std::str::from_utf8(field).ok()?.splitn(3, ':');
        let day = Day::new(parts.next()?.parse().ok()?);
        if day < since {
            return None;
        }
        let label = parts.next()?.to_owned();
        let metric = parts.next()?.to_owned();
        let change = std::str::from_utf8(value).ok()?.parse().ok()?;
        Some(((day, label, metric), change))
    };
    pairs(reply)
        .filter_map(|(field, value)| day(field, value))
        .collect()
}
