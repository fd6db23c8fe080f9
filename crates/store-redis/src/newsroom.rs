//! Queries of the newsroom's pages: from roll-ups, and from the articles of the days that are in none.

/// Hours of a site.
mod hours_of_site;
/// All articles of a site.
mod index;
/// What is read now.
mod now;
/// Sums of a period.
mod period;
/// Reads of the last hours, and of articles' first hours.
mod recent_hours;
/// Sums of the last days that periods share.
mod shared_days;
/// Sums of articles by key.
mod sum_table;

use redis::Value;
use store::{ArticleCard, Days, HourChange, StoreError};
use visitor::Day;
use wire::{ArticleKey, SiteId};

pub(super) use self::{index::KnownIndexes, shared_days::KnownSums};
use super::{
    Redis, cluster::SlotCommands, command::Command, copy, hours, keys::ArticleKeySet,
    record::Found, scan,
};

impl Redis {
    /// An article's counts in each hour, as far as its hours are stored; the rest of a day has no known hour.
    pub(super) async fn hours_of_article(
        &self,
        site: &SiteId,
        key: &ArticleKey,
        days: Days,
    ) -> Result<Option<Vec<HourChange>>, StoreError> {
        let (to, found) = self
            .find_all(site, std::slice::from_ref(key))
            .await?
            .remove(0);
        let Some(record) = found.article() else {
            return Ok(None);
        };
        let names = self.names.article(site, &to);
        let of_days = self.days(&names).await?;
        let mut wanted = hours::days_with_hours(&record, &of_days);
        wanted.retain(|day| days.contains(*day));
        let hours = self.hours(&names, &wanted).await?;
        let changes = scan::hourly_changes(&of_days, &hours, days);
        Ok(Some(changes))
    }

    /// The cards of the chosen articles that exist, by index.
    async fn cards(
        &self,
        site: &SiteId,
        chosen: Vec<(u32, ArticleKey)>,
    ) -> Result<Vec<(u32, ArticleCard)>, StoreError> {
        let wanted = chosen
            .iter()
            .map(|(_, key)| record_and_copy(&self.names.article(site, key)));
        let found = self.cluster.read_many(wanted.collect()).await?;
        let cards = chosen.into_iter().zip(found);
        Ok(cards
            .filter_map(|((index, key), replies)| Some((index, card(key, &replies)?)))
            .collect())
    }
}

/// Read of the record, and of what is stored of the copy besides its body.
fn record_and_copy(names: &ArticleKeySet) -> SlotCommands {
    let copy = Command::new("HMGET").arg(names.copy());
    let commands = vec![record(names), copy.args(copy::METADATA_FIELDS)];
    (names.slot, commands)
}

/// Read of the record.
fn record(names: &ArticleKeySet) -> Command {
    Command::new("HGETALL").arg(names.record())
}

/// An article's entry in lists; `None` if it does not exist.
fn card(key: ArticleKey, replies: &[Value]) -> Option<ArticleCard> {
    let Found::Article(record) = replies.first().map(Found::parse)? else {
        return None;
    };
    let copy = replies.get(1).and_then(copy::parse_metadata);
    Some(ArticleCard {
        key,
        published: record.published,
        title: copy.as_ref().map(|copy| copy.title.clone()),
        byline: copy.and_then(|copy| copy.byline),
    })
}

/// A single day.
fn one(day: Day) -> Days {
    Days {
        first: day,
        last: day,
    }
}

/// Whether the day is in any of these.
fn is_in(days: &[Days], day: Day) -> bool {
    days.iter().any(|days| days.contains(day))
}
