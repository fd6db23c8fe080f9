//! Sums of the days that are in no roll-up, by day: each like a roll-up, in memory. *Now* and the periods that are requested
//! in the same half minute share them, so that the articles of today are read once for all.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use store::{Days, PeriodPart, Rollup, StoreError, low_priority};
use visitor::Day;
use wire::{ArticleKey, SiteId};

use super::{
    super::{Redis, record::Days as ArticleDays, scan::Scan},
    sum_table::SumTable,
};

/// Maximum number of days that are shared: with more of them, a period is gathered alone.
const MAX_DAYS: usize = 8;

/// Maximum number of sums, and of their bytes.
const MAX_SUMS: usize = 32;
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// Age at which sums are dropped: that of the oldest page.
const MAX_AGE: Duration = Duration::from_secs(60);

/// Sums of days, while the articles are scanned.
pub(super) struct SumsByDay {
    begun: Instant,
    tables: BTreeMap<Day, SumTable>,
}

impl SumsByDay {
    /// To be called before the articles are scanned: the sums may lack what is counted from then on.
    pub(super) fn of(days: &BTreeSet<Day>) -> Self {
        Self {
            begun: Instant::now(),
            tables: days.iter().map(|day| (*day, SumTable::default())).collect(),
        }
    }

    /// The scan that these sums need, if any.
    pub(super) fn scan<'s>(&self, section: Option<&'s str>) -> Option<Scan<'s>> {
        let (since, _) = self.tables.first_key_value()?;
        let (until, _) = self.tables.last_key_value()?;
        Some(Scan {
            section,
            since: *since,
            until: *until,
            with_days: true,
            hours_of: BTreeSet::new(),
        })
    }

    pub(super) fn add(&mut self, key: &ArticleKey, of_article: &ArticleDays) {
        for (day, table) in &mut self.tables {
            table.add(key, of_article, |of| of == *day);
        }
    }

    fn finish(self, section: Option<String>) -> SharedDays {
        let tables = self.tables.into_iter();
        SharedDays {
            begun: self.begun,
            section,
            rollups: tables
                .map(|(day, table)| (day, table.into_rollup()))
                .collect(),
        }
    }
}

/// Sums of days of a site or a section.
pub(super) struct SharedDays {
    /// When gathering them began.
    pub(super) begun: Instant,
    section: Option<String>,
    rollups: BTreeMap<Day, Rollup>,
}

impl SharedDays {
    fn age(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Whether it has the articles of this section on these days.
    fn has(&self, section: Option<&str>, mut days: impl Iterator<Item = Day>) -> bool {
        let is_within = |of: &str| section.is_some_and(|section| section.starts_with(of));
        self.section.as_deref().is_none_or(is_within)
            && days.all(|day| self.rollups.contains_key(&day))
    }

    fn bytes(&self) -> usize {
        let rollups = self.rollups.values();
        rollups
            .map(|rollup| rollup.days.len() + rollup.articles.len())
            .sum()
    }

    /// Adds the sums of the section's articles on these of its days.
    fn add_to(
        &self,
        table: &mut SumTable,
        section: Option<&str>,
        days: &BTreeSet<Day>,
    ) -> Option<()> {
        let is_all = self.section.as_deref() == section;
        days.iter().try_for_each(|day| {
            let rollup = self.rollups.get(day)?;
            let of_day = is_all.then_some(&*rollup.days);
            table.add_rollup(&rollup.articles, of_day, section, *day)
        })
    }
}

/// What is shared, the oldest first.
#[derive(Default)]
pub(in super::super) struct KnownSums {
    known: Mutex<Vec<(SiteId, Arc<SharedDays>)>>,
    /// Whoever gathers sums holds it, so that others can use them.
    gathering: tokio::sync::Mutex<()>,
}

impl KnownSums {
    pub(super) async fn begin_gathering(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.gathering.lock().await
    }

    /// The latest sums that have these days of the section, and are not older than that.
    fn find(
        &self,
        site: &SiteId,
        section: Option<&str>,
        days: &BTreeSet<Day>,
        max_age: Duration,
    ) -> Option<Arc<SharedDays>> {
        let known = self.known();
        let mut latest = known.iter().rev();
        let found = latest.find(|(of, sums)| {
            of == site && sums.age() <= max_age && sums.has(section, days.iter().copied())
        });
        found.map(|(_, sums)| Arc::clone(sums))
    }

    /// Adds sums in place of older ones of the same days.
    fn insert(&self, site: &SiteId, sums: &Arc<SharedDays>) {
        let Some(mut room) = MAX_BYTES.checked_sub(sums.bytes()) else {
            return;
        };
        let mut places = MAX_SUMS - 1;
        let mut known = self.known();
        let mut kept = std::mem::take(&mut *known);
        kept.retain(|(of, old)| {
            let is_replaced = sums.has(old.section.as_deref(), old.rollups.keys().copied());
            old.age() <= MAX_AGE && !(of == site && is_replaced)
        });
        let newest = kept.into_iter().rev().take_while(|(_, old)| {
            let is_kept = places > 0 && old.bytes() <= room;
            places = places.saturating_sub(1);
            room = room.saturating_sub(old.bytes());
            is_kept
        });
        let mut newest: Vec<_> = newest.collect();
        newest.reverse();
        *known = newest;
        known.push((site.clone(), Arc::clone(sums)));
    }

    /// Drops what is too old for any period.
    pub(in super::super) fn tidy(&self) {
        self.drop_older(MAX_AGE);
    }

    fn drop_older(&self, max_age: Duration) {
        self.known().retain(|(_, sums)| sums.age() <= max_age);
    }

    fn known(&self) -> MutexGuard<'_, Vec<(SiteId, Arc<SharedDays>)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The days among the parts of a period that are in no roll-up; `None`: there are too many to be shared.
pub(super) fn shared_days(parts: &[PeriodPart]) -> Option<BTreeSet<Day>> {
    let unrolled = parts.iter().filter_map(|part| match part {
        PeriodPart::Days(days) => Some(*days),
        PeriodPart::Rollup(_) => None,
    });
    let days: BTreeSet<Day> = unrolled
        .flat_map(|days: Days| days.iter().take(MAX_DAYS + 1))
        .collect();
    (days.len() <= MAX_DAYS).then_some(days)
}

impl Redis {
    /// Sums of these days that are not older than that.
    pub(super) async fn sums_of_unrolled(
        &self,
        site: &SiteId,
        section: Option<&str>,
        days: &BTreeSet<Day>,
        max_age: Duration,
    ) -> Result<Arc<SharedDays>, StoreError> {
        let _gathering = self.known_sums.begin_gathering().await;
        if let Some(known) = self.known_sums.find(site, section, days, max_age) {
            return Ok(known);
        }
        let mut sums = SumsByDay::of(days);
        if let Some(scan) = sums.scan(section) {
            sums = self
                .scan(site, &scan, sums, |sums, key, days, _| sums.add(key, days))
                .await?;
        }
        self.share(site, section, sums).await
    }

    /// Shares what was gathered.
    pub(super) async fn share(
        &self,
        site: &SiteId,
        section: Option<&str>,
        sums: SumsByDay,
    ) -> Result<Arc<SharedDays>, StoreError> {
        let section = section.map(str::to_owned);
        let sums = low_priority::query(move || Arc::new(sums.finish(section))).await?;
        self.known_sums.insert(site, &sums);
        Ok(sums)
    }

    /// A table of these days of what is shared.
    pub(super) async fn table_of_shared(
        &self,
        sums: &Arc<SharedDays>,
        section: Option<&str>,
        days: BTreeSet<Day>,
    ) -> Result<SumTable, StoreError> {
        let (sums, section) = (Arc::clone(sums), section.map(str::to_owned));
        let add = move || {
            let mut table = SumTable::default();
            let added = sums.add_to(&mut table, section.as_deref(), &days);
            added.map(|()| table)
        };
        let added = low_priority::query(add).await?;
        added.ok_or_else(|| self.corrupt_reply("sums of a day"))
    }
}

#[cfg(test)]
mod tests;
