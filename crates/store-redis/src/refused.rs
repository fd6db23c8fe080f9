//! Numbers of refused events: one hash for each site and day, with a field for each process, kind and reason; and one hash
//! for each article, whose fields begin with the day. A process
//! writes its sums, so a command that is sent again changes nothing.

use std::collections::BTreeMap;

use store::{
    ARTICLE_REFUSED_KEPT_DAYS, Days, REFUSED_KEPT_DAYS, Refused, RefusedByProcess, StoreError,
    add_refused, sum_refused,
};
use visitor::Day;
use wire::{ArticleKey, SiteId};

use super::{
    Redis,
    command::{Command, Script},
    keys::{ArticleKeySet, Name, SlottedName},
    lease::WriteSet,
    reply::pairs,
    slot::Slot,
};

/// Maximum number of fields: a hash of a day does not grow with the number of restarts.
const MAX_REFUSED_FIELDS: usize = 4096;

const SECONDS_OF_A_DAY: i64 = 24 * 3600;

/// How long the numbers of an article are kept after the last of them.
const ARTICLE_SECONDS: i64 = ARTICLE_REFUSED_KEPT_DAYS as i64 * SECONDS_OF_A_DAY;

impl Redis {
    /// Replaces the numbers of one process.
    pub(super) async fn write_refused(
        &self,
        site: &SiteId,
        day: Day,
        by: &RefusedByProcess,
    ) -> Result<(), StoreError> {
        self.write_refused_of_articles(site, day, by).await?;
        let (name, slot) = self.name_of_refused(site, day);
        let seconds = i64::from(REFUSED_KEPT_DAYS) * SECONDS_OF_A_DAY;
        let note = note(name, seconds, None, by.process, &by.refused);
        self.write_note(slot, note).await
    }

    /// Replaces the numbers of one process of the articles that exist.
    async fn write_refused_of_articles(
        &self,
        site: &SiteId,
        day: Day,
        by: &RefusedByProcess,
    ) -> Result<(), StoreError> {
        // A process may have counted under two keys before they became one article's.
        let mut by_article: BTreeMap<ArticleKey, Vec<Refused>> = BTreeMap::new();
        for (key, refused) in &by.articles {
            let key = self.resolve_key(site, key).await?;
            let sums = by_article.entry(key).or_default();
            refused.iter().for_each(|one| add_refused(sums, *one));
        }
        for (key, refused) in by_article {
            if self.find(site, &key).await?.article().is_none() {
                continue;
            }
            let names = self.names.article(site, &key);
            let seconds = ARTICLE_SECONDS;
            let note = note(names.refused(), seconds, Some(day), by.process, &refused);
            self.write_note(names.slot, note).await?;
        }
        Ok(())
    }

    /// Adds the numbers under the old key of an article to those under the new one.
    pub(super) async fn copy_refused(
        &self,
        old: &ArticleKeySet,
        new: &ArticleKeySet,
        writes: &mut WriteSet,
    ) -> Result<(), StoreError> {
        let mut sums: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
        let [of_old, of_new] = [old, new].map(|names| {
            let all = Command::new("HGETALL").arg(names.refused());
            self.cluster.read(names.slot, all)
        });
        let (of_old, of_new) = (of_old.await?, of_new.await?);
        for (field, count) in pairs(&of_old).chain(pairs(&of_new)) {
            let count = std::str::from_utf8(count).ok();
            let sum = sums.entry(field.to_vec()).or_default();
            *sum = sum.saturating_add(count.and_then(|count| count.parse().ok()).unwrap_or(0));
        }
        if pairs(&of_old).next().is_none() {
            return Ok(());
        }
        let fields = sums.into_iter();
        let fields = fields.flat_map(|(field, sum)| [field, sum.to_string().into_bytes()]);
        writes.add("HSET", new.refused(), fields);
        writes.add("EXPIRE", new.refused(), [ARTICLE_SECONDS.to_string()]);
        Ok(())
    }

    async fn write_note(&self, slot: Slot, note: Option<Command>) -> Result<(), StoreError> {
        match note {
            Some(note) => self.cluster.write(slot, note).await.map(drop),
            None => Ok(()),
        }
    }

    /// The numbers of an article on these days, of all processes.
    pub(super) async fn read_refused_of(
        &self,
        site: &SiteId,
        key: &ArticleKey,
        days: Days,
    ) -> Result<Vec<Refused>, StoreError> {
        let key = self.resolve_key(site, key).await?;
        let names = self.names.article(site, &key);
        let all = Command::new("HGETALL").arg(names.refused());
        let fields = self.cluster.read(names.slot, all).await?;
        let of_days = pairs(&fields).filter_map(|(field, count)| {
            let (day, field) = std::str::from_utf8(field).ok()?.split_once('.')?;
            let is_wanted = days.contains(Day::new(day.parse().ok()?));
            is_wanted.then(|| number(field.as_bytes(), count))?
        });
        Ok(sum_refused(of_days))
    }

    /// The numbers of a day, of all processes.
    pub(super) async fn read_refused(
        &self,
        site: &SiteId,
        day: Day,
    ) -> Result<Vec<Refused>, StoreError> {
        let (name, slot) = self.name_of_refused(site, day);
        let fields = self
            .cluster
            .read(slot, Command::new("HGETALL").arg(name))
            .await?;
        let numbers = pairs(&fields).filter_map(|(field, count)| number(field, count));
        Ok(sum_refused(numbers))
    }

    fn name_of_refused(&self, site: &SiteId, day: Day) -> SlottedName {
        self.names
            .standalone_key("refused", &format!("{site}.{}", day.get()))
    }
}

/// The command that writes numbers; `None`: there are none. `day`: that of an article's numbers.
fn note(
    name: Name,
    seconds: i64,
    day: Option<Day>,
    process: u32,
    refused: &[Refused],
) -> Option<Command> {
    let first = day.map(|day| day.get() - i32::from(ARTICLE_REFUSED_KEPT_DAYS) + 1);
    let prefix = day.map(|day| format!("{}.", day.get())).unwrap_or_default();
    let command = Command::script(Script::NoteRefused, [name])
        .arg(seconds.to_string())
        .arg(MAX_REFUSED_FIELDS.to_string())
        .arg(first.map(|first| first.to_string()).unwrap_or_default());
    let fields = refused.iter().fold(command, |command, one| {
        let (kind, reason) = (one.kind.name(), one.reason.name());
        let field = format!("{prefix}{process}.{kind}.{reason}");
        command.arg(field).arg(one.count.to_string())
    });
    (!refused.is_empty()).then_some(fields)
}

/// Kind, reason and count of a field: its process, kind and reason.
fn number<'f>(field: &'f [u8], count: &[u8]) -> Option<(&'f str, &'f str, u64)> {
    let mut parts = std::str::from_utf8(field).ok()?.splitn(3, '.').skip(1);
    let count = std::str::from_utf8(count).ok()?.parse().ok()?;
    Some((parts.next()?, parts.next()?, count))
}
