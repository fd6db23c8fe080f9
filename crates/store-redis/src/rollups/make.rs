use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use store::{
    ARTICLE_HOURS_DAYS, Days, Metric, PeriodBuilder, PeriodPart, Rollup, StoreError, rollup_spans,
};
use visitor::Day;
use wire::{ArticleKey, SiteId};

use super::{
    super::{
        Redis,
        cluster::Access,
        command::Command,
        hours::{self, Hours},
        keys::SlottedName,
        random,
        record::Days as ArticleDays,
        scan::Scan,
    },
    ARTICLES_FIELD, DAYS_FIELD, Rollups, SiteHours,
};

/// Days that are made by one scan of the articles.
const DAYS_PER_SCAN: i32 = 31;

/// Time after which nothing further is begun before the next clean-up.
const MAX_TIME: Duration = Duration::from_secs(5);

/// Expiry of the lock of the endpoint that makes a site's roll-ups.
const LOCK_EXPIRY: Duration = Duration::from_secs(600);

/// Days, as of the clean-up, of which all articles' hours are still stored.
const DAYS_WITH_ALL_HOURS: i64 = ARTICLE_HOURS_DAYS as i64 + 1;

/// How long a stop may take to release the lock.
const RELEASE_TIMEOUT: Duration = Duration::from_secs(1);

/// Serialises the making of roll-ups by this endpoint.
#[derive(Default)]
pub(in super::super) struct RollupMaker(tokio::sync::Mutex<Maker>);

#[derive(Default)]
struct Maker {
    /// What this endpoint writes into locks.
    token: Option<String>,
    /// The lock that it holds, or held when the making was cancelled.
    lock: Option<SlottedName>,
}

/// A day of all articles, while they are scanned.
#[derive(Default)]
struct ScannedDay {
    builder: PeriodBuilder,
    labels: Vec<String>,
    hours: SiteHours,
}

impl ScannedDay {
    fn add(&mut self, key: &ArticleKey, day: Day, sums: &BTreeMap<&str, i64>) {
        let Ok(article) = u32::try_from(self.labels.len()) else {
            return;
        };
        self.labels.push(key.to_string());
        for (name, sum) in sums {
            let column = Metric::parse(name).and_then(|metric| self.builder.column(&metric));
            if let Some(column) = column {
                self.builder.add(article, column, *sum);
                self.builder.add_day(day, column, *sum);
            }
        }
    }

    fn finish(self) -> (Rollup, SiteHours) {
        let sums = self.builder.finish(vec![false; self.labels.len()]);
        (Rollup::of(&sums, &self.labels), self.hours)
    }
}

impl Redis {
    /// Makes the roll-ups that are missing, until the time is over. `today`: in UTC; another time zone may have the day
    /// before.
    pub(in super::super) async fn make_rollups(&self, today: Day) -> Result<(), StoreError> {
        let mut maker = self.rollup_maker.0.lock().await;
        let token = match &maker.token {
            Some(token) => token.clone(),
            None => maker.token.insert(random::token()?).clone(),
        };
        let begun = Instant::now();
        for site in self.sites().await? {
            let lock = self.names.standalone_key("sums-lock", site.as_str());
            maker.lock = Some(lock.clone());
            if self.swap_flag(&lock, "", &token, LOCK_EXPIRY).await? != token {
                continue;
            }
            let made = self.make_rollups_of(&site, today, begun).await;
            self.swap_flag(&lock, &token, "", Duration::ZERO).await?;
            made?;
        }
        maker.lock = None;
        Ok(())
    }

    /// Releases the lock of roll-ups whose making was cancelled, so that the next endpoint need not wait until it expires.
    pub(in super::super) async fn release_rollups(&self) {
        let Maker { token, lock } = std::mem::take(&mut *self.rollup_maker.0.lock().await);
        if let (Some(token), Some(lock)) = (token, lock) {
            let release = self.swap_flag(&lock, &token, "", Duration::ZERO);
            // If it fails, the lock expires.
            let _ = tokio::time::timeout(RELEASE_TIMEOUT, release).await;
        }
    }

    async fn make_rollups_of(
        &self,
        site: &SiteId,
        today: Day,
        begun: Instant,
    ) -> Result<(), StoreError> {
        let end = Day::new(today.get().saturating_sub(1));
        loop {
            let rollups = self.rollups(site).await?;
            let Some(first) = self.first_day_of(site, &rollups).await? else {
                return Ok(());
            };
            let mut missing = rollups.missing((first.get()..end.get()).map(Day::new).map(day));
            let spans = rollup_spans(first, end);
            if let Some(first) = missing.next() {
                let last = first.first.get().saturating_add(DAYS_PER_SCAN);
                let days = std::iter::once(first).chain(missing).map(|day| day.first);
                let days: BTreeSet<Day> = days.take_while(|day| day.get() < last).collect();
                self.make_days(site, &rollups, today, &days).await?;
            } else if let Some(span) = rollups.missing(spans.into_iter()).next() {
                if !self.make_span(site, &rollups, span).await? {
                    return Ok(());
                }
            } else {
                return Ok(());
            }
            if begun.elapsed() > MAX_TIME {
                return Ok(());
            }
        }
    }

    /// The first day with counts. Before there is a roll-up, all articles are read.
    async fn first_day_of(
        &self,
        site: &SiteId,
        rollups: &Rollups,
    ) -> Result<Option<Day>, StoreError> {
        if let Some(first) = rollups.first_day() {
            return Ok(Some(first));
        }
        let scan = Scan {
            section: None,
            since: Day::new(i32::MIN),
            until: Day::new(i32::MAX),
            with_days: true,
            hours_of: BTreeSet::new(),
        };
        self.scan(site, &scan, None, |first: &mut Option<Day>, _, days, _| {
            let of_article = days.keys().next().map(|(day, ..)| *day);
            *first = (*first).into_iter().chain(of_article).min();
        })
        .await
    }

    /// Makes the roll-ups of single days from the articles, and stores the site's hours of those whose hours are complete.
    async fn make_days(
        &self,
        site: &SiteId,
        rollups: &Rollups,
        today: Day,
        days: &BTreeSet<Day>,
    ) -> Result<(), StoreError> {
        let (Some(first), Some(last)) = (days.first(), days.last()) else {
            return Ok(());
        };
        let list: Vec<Day> = days.iter().copied().collect();
        let stored = self.stored_site_hours(site, &list).await?;
        // What is stored of older days is more than their articles have.
        let stored: BTreeSet<Day> = list
            .into_iter()
            .zip(stored)
            .filter(|(day, stored)| stored.is_some() && today.since(*day) > DAYS_WITH_ALL_HOURS)
            .map(|(day, _)| day)
            .collect();
        let none = days.iter().map(|day| (*day, ScannedDay::default()));
        let scan = Scan {
            section: None,
            since: *first,
            until: *last,
            with_days: true,
            hours_of: days.difference(&stored).copied().collect(),
        };
        let scanned = self.scan(site, &scan, none.collect(), add_to_days).await?;
        for (day_of, scanned) in scanned {
            let (rollup, hours) = scanned.finish();
            if !stored.contains(&day_of) && !hours.is_empty() {
                self.store_site_hours(site, day_of, &hours).await?;
            }
            self.store_rollup(site, day(day_of), rollup, rollups.now)
                .await?;
        }
        Ok(())
    }

    /// Makes a roll-up from others. False: not all of them are there.
    async fn make_span(
        &self,
        site: &SiteId,
        rollups: &Rollups,
        span: Days,
    ) -> Result<bool, StoreError> {
        let parts = rollups.parts(span, span.count() - 1);
        if parts.iter().any(|part| matches!(part, PeriodPart::Days(_))) {
            return Ok(false);
        }
        let rollup = self.rollup_of(site, &parts).await?;
        self.store_rollup(site, span, rollup, rollups.now).await?;
        Ok(true)
    }

    /// Stores a roll-up with the time when its sums were read.
    async fn store_rollup(
        &self,
        site: &SiteId,
        span: Days,
        rollup: Rollup,
        at: i64,
    ) -> Result<(), StoreError> {
        let (name, slot): SlottedName = self.rollup(site, span);
        let set = Command::new("HSET").arg(name);
        let set = set.arg(DAYS_FIELD).arg(rollup.days);
        let set = set.arg(ARTICLES_FIELD).arg(rollup.articles);
        self.cluster.request(Access::Write, slot, vec![set]).await?;
        let (made, slot) = self.made_rollups(site);
        let span = format!("{}.{}", span.first.get(), span.last.get());
        let note = Command::new("HSET").arg(made).arg(span).arg(at.to_string());
        self.cluster.write(slot, note).await.map(drop)
    }
}

impl Rollups {
    /// Those that have to be made. Where a change may not be done yet, they have to wait.
    fn missing(&self, spans: impl Iterator<Item = Days>) -> impl Iterator<Item = Days> {
        spans.filter(|span| !self.is_valid(*span) && self.has_all_changes(*span, self.now))
    }
}

fn day(day: Day) -> Days {
    Days {
        first: day,
        last: day,
    }
}

fn add_to_days(
    to: &mut BTreeMap<Day, ScannedDay>,
    key: &ArticleKey,
    days: &ArticleDays,
    hours: &Hours,
) {
    let mut sums: BTreeMap<Day, BTreeMap<&str, i64>> = BTreeMap::new();
    for ((day, _, metric), change) in days {
        if to.contains_key(day) {
            let sum = sums.entry(*day).or_default().entry(metric).or_default();
            *sum = sum.saturating_add(*change);
        }
    }
    for (day, sums) in sums {
        if let Some(of_day) = to.get_mut(&day) {
            of_day.add(key, day, &sums);
        }
    }
    let shown = hours.iter();
    let shown = shown.filter(|((_, metric), _)| Metric::parse_of_others(metric).is_some());
    for ((day, metric), hours) in shown {
        if let Some(of_day) = to.get_mut(day) {
            hours::add_day(&mut of_day.hours, metric, hours);
        }
    }
}
