//! Numbers of refused events: one hash for each site and day, with a field for each process, kind and reason; and one hash
//! for each article, whose fields begin with the day. A process
//! writes its sums, so a command that is sent again changes nothing.

use store::{
    ARTICLE_REFUSED_KEPT_DAYS, Days, REFUSED_KEPT_DAYS, Refused, RefusedByProcess, StoreError,
    sum_refused,
};
use visitor::Day;
use wire::{ArticleKey, SiteId};

use super::{
    Redis,
    command::{Command, Script},
    keys::{Name, SlottedName},
    reply::pairs,
    slot::Slot,
};

/// Maximum number of fields: a hash of a day does not grow with the number of restarts.
const MAX_REFUSED_FIELDS: usize = 4096;

const SECONDS_OF_A_DAY: i64 = 24 * 3600;

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
        let seconds = i64::from(ARTICLE_REFUSED_KEPT_DAYS) * SECONDS_OF_A_DAY;
        for (key, refused) in &by.articles {
            let key = self.resolve_key(site, key).await?;
            if self.find(site, &key).await?.article().is_none() {
                continue;
            }
            let names = self.names.article(site, &key);
            let note = note(names.refused(), seconds, Some(day), by.process, refused);
            self.write_note(names.slot, note).await?;
        }
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
