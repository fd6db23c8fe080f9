use store::StoreError;
use visitor::{Day, Digest};
use wire::{ArticleKey, SiteId};

use super::{
    super::{
        MAX_HOPS, Redis,
        buckets::{self, bucket},
        command::{Command, Script},
        copy, hours,
        keys::MarkTable,
        lease::{Lease, WriteSet},
        lists::{ALIAS_LIST, ARTICLE_LIST, PUBLISHED_LIST},
        record::Days,
        record::{Found, OWN_DAYS, Record, names},
        reply::number,
        salts,
    },
    Intent, merge,
};

/// Marks copied per script call.
const MARKS_PER_CALL: usize = 500;

impl Redis {
    /// Completes the pending intent of the article, if there is one.
    pub(in super::super) async fn recover_intent(
        &self,
        site: &SiteId,
        key: &ArticleKey,
    ) -> Result<(), StoreError> {
        loop {
            let old = self.lease_key(site, key).await?;
            let intent = old.record().and_then(|record| record.intent.as_deref());
            let Some(intent) =
                intent.and_then(|intent| serde_json::from_str::<Intent>(intent).ok())
            else {
                return old.release().await;
            };
            let new = self.lease_target(site, key, &intent.to).await?;
            // If two articles have intents to move to each other, the one whose lease was taken first proceeds.
            if new
                .record()
                .is_some_and(|target| target.intent.is_some() && !intends_to_move_to(target, key))
            {
                let target = new.key.clone();
                new.release().await?;
                old.release().await?;
                Box::pin(self.recover_intent(site, &target)).await?;
                continue;
            }
            if self.complete(&old, new, &intent).await? {
                return Ok(());
            }
        }
    }

    /// Takes the lease of the target: follows aliases from `to`, unless they lead back to `old`.
    async fn lease_target(
        &self,
        site: &SiteId,
        old: &ArticleKey,
        to: &ArticleKey,
    ) -> Result<Lease<'_>, StoreError> {
        let mut key = to.clone();
        for _ in 0..MAX_HOPS {
            let lease = self.lease_key(site, &key).await?;
            match &lease.found {
                Found::Moved(on) if self.leads_back(site, on, old).await? => return Ok(lease),
                Found::Moved(on) => {
                    key = on.clone();
                    lease.release().await?;
                }
                _ => return Ok(lease),
            }
        }
        Err(self.corrupt_reply("keys that lead in a circle"))
    }

    async fn leads_back(
        &self,
        site: &SiteId,
        from: &ArticleKey,
        old: &ArticleKey,
    ) -> Result<bool, StoreError> {
        let mut key = from.clone();
        for _ in 0..MAX_HOPS {
            match self.find_now(site, &key).await? {
                _ if key == *old => return Ok(true),
                Found::Moved(on) => key = on,
                _ => return Ok(false),
            }
        }
        Ok(false)
    }

    /// Carries out the intent. False: retry, because a lease was lost.
    async fn complete(
        &self,
        old: &Lease<'_>,
        new: Lease<'_>,
        intent: &Intent,
    ) -> Result<bool, StoreError> {
        let Some(of_old) = old.record() else {
            return Ok(false);
        };
        let new_key = new.key.clone();
        let is_copied = new
            .record()
            .is_some_and(|record| record.done.as_ref() == Some(&intent.token));
        let days = self.days(&old.names).await?;
        self.note_changed_days(&old.site, days.keys().map(|(day, ..)| *day))
            .await?;
        let record = if is_copied {
            let record = new.record().cloned();
            new.release().await?;
            record
        } else {
            self.copy_to_target(old, of_old, new, intent).await?
        };
        let Some(record) = record else {
            return Ok(false);
        };
        self.list_article(&old.site, &new_key, record.id).await?;
        self.list_recent(&old.site, &new_key, Day::new(intent.day))
            .await;
        self.list_published(&old.site, &new_key, &record).await?;
        self.unlist_recent(&old.site, &old.key).await?;
        self.unlist(PUBLISHED_LIST, &old.site, &old.key).await?;
        self.unlist(ALIAS_LIST, &old.site, &new_key).await?;
        self.list_alias(&old.site, &old.key).await?;
        self.unlist(ARTICLE_LIST, &old.site, &old.key).await?;
        // Point the aliases at the final key, so that lookups need only one hop.
        for alias in of_old.aliases.keys().filter(|alias| **alias != new_key) {
            self.redirect(&old.site, alias, Some(&new_key)).await?;
        }
        let mut writes = WriteSet::default();
        for name in self.all_names(&old.site, &old.names, of_old).await? {
            writes.add("UNLINK", name, [] as [&str; 0]);
        }
        let fields = [
            b"to".to_vec(),
            new_key.as_str().into(),
            b"names".to_vec(),
            names(&old.site, &old.key),
        ];
        writes.add("HSET", old.names.record(), fields);
        let is_written = old.write(&writes, true).await?;
        self.records.remove(&old.site, &old.key);
        self.note_index_change(&old.site, &[&old.key, &new_key])
            .await;
        Ok(is_written)
    }

    async fn copy_to_target(
        &self,
        old: &Lease<'_>,
        of_old: &Record,
        new: Lease<'_>,
        intent: &Intent,
    ) -> Result<Option<Record>, StoreError> {
        let vote_keys = self.vote_keys().await?;
        let windows = self.live_windows(&old.site).await?;
        if !self.copy_marks(old, &new, MarkTable::Votes).await? {
            return Ok(None);
        }
        for &window in &windows {
            if !self.copy_marks(old, &new, MarkTable::Seen(window)).await? {
                return Ok(None);
            }
        }
        let mut writes = WriteSet::default();
        let days = self.days(&old.names).await?;
        let hgetall =
            |names: &super::super::keys::ArticleKeySet| Command::new("HGETALL").arg(names.copy());
        let copy_of_old = copy::parse(
            &self
                .cluster
                .read(old.names.slot, hgetall(&old.names))
                .await?,
        );
        let copy_of_new = copy::parse(
            &self
                .cluster
                .read(new.names.slot, hgetall(&new.names))
                .await?,
        );
        // A copy under the new key wins.
        let copied = copy_of_old.filter(|_| copy_of_new.is_none());
        if let Some(copy) = &copied {
            copy::write(copy, &new.names, &mut writes);
        }
        // A live window may be later than the intent's day if the clock was ahead.
        let until = windows.iter().copied().fold(Day::new(intent.day), Day::max);
        let joined = merge::joined(of_old, of_old.own_id(&vote_keys), &days, until);
        let label_of_own = new
            .record()
            .and(joined.as_ref())
            .map_or(OWN_DAYS.to_owned(), |source| source.label());
        for ((day, label, metric), change) in &days {
            let label = if label == OWN_DAYS {
                &label_of_own
            } else {
                label
            };
            writes.add(
                "HSET",
                new.names.days(),
                [
                    format!("{}:{label}:{metric}", day.get()),
                    change.to_string(),
                ],
            );
        }
        let record = match new.record() {
            Some(of_new) => merge::merged(of_old, &old.key, of_new, joined, copied.is_some()),
            None => merge::renamed(of_old, &old.key, &new.key),
        };
        let record = Record {
            done: Some(intent.token.clone()),
            ..record
        };
        self.copy_hours(of_old, old, &days, (&new, &record), &mut writes)
            .await?;
        self.copy_refused(&old.names, &new.names, &mut writes)
            .await?;
        // The version must be higher than any that was cached under either key.
        writes.add(
            "HINCRBY",
            new.names.record(),
            ["ver".to_owned(), of_old.write_version.to_string()],
        );
        new.write_record(&record, &mut writes);
        let is_written = new.write(&writes, true).await?;
        self.records.remove(&new.site, &new.key);
        Ok(is_written.then_some(record))
    }

    /// Adds the hours under the old key to those under the new one. `days`: the days under the old key.
    async fn copy_hours(
        &self,
        of_old: &Record,
        old: &Lease<'_>,
        days: &Days,
        (new, record): (&Lease<'_>, &Record),
        writes: &mut WriteSet,
    ) -> Result<(), StoreError> {
        let hours = self
            .hours(&old.names, &hours::days_with_hours(of_old, days))
            .await?;
        let days = hours.keys().map(|(day, _)| *day).collect();
        let before = self.hours(&new.names, &days).await?;
        let mut after = before.clone();
        hours::add(&mut after, &hours);
        if let Some(of_new) = new.record() {
            hours::move_first_days(&new.names, of_new.first_day(), record.first_day(), writes);
        }
        hours::write(&new.names, record.first_day(), &before, &after, writes);
        Ok(())
    }

    /// Copies a table of marks under the new key; existing marks are kept. False: a lease was lost.
    async fn copy_marks(
        &self,
        old: &Lease<'_>,
        new: &Lease<'_>,
        table: MarkTable,
    ) -> Result<bool, StoreError> {
        let marks = self.marks_of(&old.names, table).await?;
        let size = self.size(&new.names, table).await?;
        let buckets = self
            .split_for(new, table, size + marks.len() as u64)
            .await?;
        let seconds = if table == MarkTable::Votes {
            0
        } else {
            salts::SALT_TTL_SECONDS
        };
        for some in marks.chunks(MARKS_PER_CALL) {
            if !(old.renew().await? && new.renew().await?) {
                return Ok(false);
            }
            if !self.add_marks(new, table, buckets, seconds, some).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn add_marks(
        &self,
        lease: &Lease<'_>,
        table: MarkTable,
        buckets: u32,
        seconds: u32,
        marks: &[(Digest, Vec<u8>)],
    ) -> Result<bool, StoreError> {
        let mut keys = vec![lease.names.record(), lease.names.bucket(table, 0)];
        let mut words = Vec::with_capacity(3 * marks.len());
        for (mark, value) in marks {
            let name = lease.names.bucket(table, bucket(mark, buckets));
            let index = keys
                .iter()
                .skip(1)
                .position(|known| *known == name)
                .unwrap_or_else(|| {
                    keys.push(name);
                    keys.len() - 2
                });
            words.extend([mark.to_vec(), value.clone(), (index + 2).to_string().into()]);
        }
        let add = Command::script(Script::AddMarks, keys)
            .arg(lease.token.clone())
            .arg(seconds.to_string())
            .args(words);
        Ok(number(&self.cluster.write(lease.names.slot, add).await?) == Some(1))
    }

    /// Splits buckets of a table until they hold `marks` marks. Returns the number of buckets.
    pub(in super::super) async fn split_for(
        &self,
        lease: &Lease<'_>,
        table: MarkTable,
        marks: u64,
    ) -> Result<u32, StoreError> {
        let from = self.buckets(&lease.names, table).await?;
        let to = buckets::min_buckets(marks);
        let steps: Vec<_> = (from..to)
            .map(|buckets| buckets::split(&lease.names, table, buckets, &lease.token))
            .collect();
        for some in steps.chunks(MARKS_PER_CALL) {
            self.cluster
                .request(
                    super::super::cluster::Access::Write,
                    lease.names.slot,
                    some.to_vec(),
                )
                .await?;
        }
        self.buckets(&lease.names, table).await
    }
}

fn intends_to_move_to(record: &Record, key: &ArticleKey) -> bool {
    let intent = record
        .intent
        .as_deref()
        .and_then(|intent| serde_json::from_str::<Intent>(intent).ok());
    intent.is_some_and(|intent| intent.to == *key)
}
