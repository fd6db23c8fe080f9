use store::StoreError;
use visitor::{Day, Digest};
use wire::{ArticleKey, SiteId};

use super::{
    super::{
        MAX_HOPS, Redis,
        command::{Command, Script},
        copy,
        held::{Held, Writes},
        keys::Table,
        lists::{ALIASES, ARTICLES},
        record::{Found, OWN_DAYS, Record, names},
        reply::number,
        salts,
        table::{self, bucket},
    },
    Intent, merge,
};

/// Marks copied per script call.
const AT_ONCE: usize = 500;

impl Redis {
    /// Completes the pending intent of the article, if there is one.
    pub(in super::super) async fn bring_to_end(&self, site: &SiteId, key: &ArticleKey) -> Result<(), StoreError> {
        loop {
            let old = self.hold_key(site, key).await?;
            let intent = old.record().and_then(|record| record.intent.as_deref());
            let Some(intent) = intent.and_then(|intent| serde_json::from_str::<Intent>(intent).ok()) else {
                return old.release().await;
            };
            let new = self.hold_goal(site, key, &intent.to).await?;
            // If two articles have intents to move to each other, the one whose lease was taken first proceeds.
            if new.record().is_some_and(|goal| goal.intent.is_some() && !goes_to(goal, key)) {
                let goal = new.key.clone();
                new.release().await?;
                old.release().await?;
                Box::pin(self.bring_to_end(site, &goal)).await?;
                continue;
            }
            if self.carry(&old, new, &intent).await? {
                return Ok(());
            }
        }
    }

    /// Takes the lease of the target: follows aliases from `to`, unless they lead back to `old`.
    async fn hold_goal(&self, site: &SiteId, old: &ArticleKey, to: &ArticleKey) -> Result<Held<'_>, StoreError> {
        let mut key = to.clone();
        for _ in 0..MAX_HOPS {
            let held = self.hold_key(site, &key).await?;
            match &held.found {
                Found::Moved(on) if self.leads_back(site, on, old).await? => return Ok(held),
                Found::Moved(on) => {
                    key = on.clone();
                    held.release().await?;
                }
                _ => return Ok(held),
            }
        }
        Err(self.nonsense("keys that lead in a circle"))
    }

    async fn leads_back(&self, site: &SiteId, from: &ArticleKey, old: &ArticleKey) -> Result<bool, StoreError> {
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
    async fn carry(&self, old: &Held<'_>, new: Held<'_>, intent: &Intent) -> Result<bool, StoreError> {
        let Some(of_old) = old.record() else { return Ok(false) };
        let new_key = new.key.clone();
        let is_carried = new.record().is_some_and(|record| record.done.as_ref() == Some(&intent.token));
        let record = if is_carried {
            let record = new.record().cloned();
            new.release().await?;
            record
        } else {
            self.carry_over(old, of_old, new, intent).await?
        };
        let Some(record) = record else { return Ok(false) };
        self.list(&old.site, &new_key, record.id).await?;
        self.note_recent(&old.site, &new_key, Day::new(intent.day)).await;
        self.strike_recent(&old.site, &old.key).await?;
        self.strike(ALIASES, &old.site, &new_key).await?;
        self.enlist_alias(&old.site, &old.key).await?;
        self.strike(ARTICLES, &old.site, &old.key).await?;
        // Point the aliases at the final key, so that lookups need only one hop.
        for alias in of_old.aliases.keys().filter(|alias| **alias != new_key) {
            self.lead(&old.site, alias, Some(&new_key)).await?;
        }
        let mut writes = Writes::default();
        for name in self.all_names(&old.site, &old.names).await? {
            writes.add("UNLINK", name, [] as [&str; 0]);
        }
        let fields = [b"to".to_vec(), new_key.as_str().into(), b"names".to_vec(), names(&old.site, &old.key)];
        writes.add("HSET", old.names.record(), fields);
        let is_written = old.write(&writes, true).await?;
        self.known.forget(&old.site, &old.key);
        Ok(is_written)
    }

    async fn carry_over(
        &self,
        old: &Held<'_>,
        of_old: &Record,
        new: Held<'_>,
        intent: &Intent,
    ) -> Result<Option<Record>, StoreError> {
        let secrets = self.secrets().await?;
        let windows = self.live_windows(&old.site).await?;
        if !self.copy_marks(old, &new, Table::Votes).await? {
            return Ok(None);
        }
        for &window in &windows {
            if !self.copy_marks(old, &new, Table::Seen(window)).await? {
                return Ok(None);
            }
        }
        let mut writes = Writes::default();
        let days = self.days(&old.names).await?;
        let hgetall = |names: &super::super::keys::Article| Command::new("HGETALL").arg(names.copy());
        let copy_of_old = copy::parse(&self.cluster.read(old.names.slot, hgetall(&old.names)).await?);
        let copy_of_new = copy::parse(&self.cluster.read(new.names.slot, hgetall(&new.names)).await?);
        // A copy under the new key wins.
        let copied = copy_of_old.filter(|_| copy_of_new.is_none());
        if let Some(copy) = &copied {
            copy::write(copy, &new.names, &mut writes);
        }
        // A live window may be later than the intent's day if the clock was ahead.
        let until = windows.iter().copied().fold(Day::new(intent.day), Day::max);
        let joined = merge::joined(of_old, of_old.own_id(&secrets), &days, until);
        let label_of_own = new.record().and(joined.as_ref()).map_or(OWN_DAYS.to_owned(), |source| source.label());
        for ((day, label, metric), change) in &days {
            let label = if label == OWN_DAYS { &label_of_own } else { label };
            writes.add("HSET", new.names.days(), [format!("{}:{label}:{metric}", day.get()), change.to_string()]);
        }
        let record = match new.record() {
            Some(of_new) => merge::merged(of_old, &old.key, of_new, joined, copied.is_some()),
            None => merge::renamed(of_old, &old.key, &new.key),
        };
        let record = Record { done: Some(intent.token.clone()), ..record };
        // The version must be higher than any that was cached under either key.
        writes.add("HINCRBY", new.names.record(), ["ver".to_owned(), of_old.version.to_string()]);
        new.write_record(&record, &mut writes);
        let is_written = new.write(&writes, true).await?;
        self.known.forget(&new.site, &new.key);
        Ok(is_written.then_some(record))
    }

    /// Copies a table of marks under the new key; existing marks are kept. False: a lease was lost.
    async fn copy_marks(&self, old: &Held<'_>, new: &Held<'_>, table: Table) -> Result<bool, StoreError> {
        let marks = self.marks_of(&old.names, table).await?;
        let size = self.size(&new.names, table).await?;
        let buckets = self.make_room(new, table, size + marks.len() as u64).await?;
        let seconds = if table == Table::Votes { 0 } else { salts::SECONDS };
        for some in marks.chunks(AT_ONCE) {
            if !(old.renew().await? && new.renew().await?) {
                return Ok(false);
            }
            if !self.fill(new, table, buckets, seconds, some).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn fill(
        &self,
        held: &Held<'_>,
        table: Table,
        buckets: u32,
        seconds: u32,
        marks: &[(Digest, Vec<u8>)],
    ) -> Result<bool, StoreError> {
        let mut keys = vec![held.names.record(), held.names.bucket(table, 0)];
        let mut words = Vec::with_capacity(3 * marks.len());
        for (mark, value) in marks {
            let name = held.names.bucket(table, bucket(mark, buckets));
            let place = keys.iter().skip(1).position(|known| *known == name).unwrap_or_else(|| {
                keys.push(name);
                keys.len() - 2
            });
            words.extend([mark.to_vec(), value.clone(), (place + 2).to_string().into()]);
        }
        let fill = Command::script(Script::Fill, keys).arg(held.token.clone()).arg(seconds.to_string()).args(words);
        Ok(number(&self.cluster.write(held.names.slot, fill).await?) == Some(1))
    }

    /// Splits buckets of a table until they hold `marks` marks. Returns the number of buckets.
    pub(in super::super) async fn make_room(
        &self,
        held: &Held<'_>,
        table: Table,
        marks: u64,
    ) -> Result<u32, StoreError> {
        let (from, to) = (self.buckets(&held.names, table).await?, table::enough(marks));
        let steps: Vec<_> = (from..to).map(|buckets| table::grow(&held.names, table, buckets, &held.token)).collect();
        for some in steps.chunks(AT_ONCE) {
            self.cluster.ask(super::super::cluster::Kind::Write, held.names.slot, some.to_vec()).await?;
        }
        self.buckets(&held.names, table).await
    }
}

fn goes_to(record: &Record, key: &ArticleKey) -> bool {
    let intent = record.intent.as_deref().and_then(|intent| serde_json::from_str::<Intent>(intent).ok());
    intent.is_some_and(|intent| intent.to == *key)
}
