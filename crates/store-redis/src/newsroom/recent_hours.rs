use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    sync::Arc,
};

use store::{
    ARTICLE_HOURS_DAYS, ChooseOfHours, Days, HourChange, HourSums, Metric, PeriodBuilder,
    PeriodPart, RecentHours, START_HOURS, StartHours, StoreError, TypicalStart, add_days_of_rollup,
    hours_until, low_priority,
};
use visitor::{Day, HOURS_PER_DAY, Hour};
use wire::{ArticleKey, SiteId};

use super::super::{
    Redis,
    command::Command,
    hours::{self, Hours},
    keys::{ArticleKeySet, LIST_SHARDS},
    lists::PUBLISHED_LIST,
    record::Days as ArticleDays,
    record::OWN_DAYS,
    reply::{list, utf8},
    rollups::{DAYS_FIELD, SiteHours, within_day},
    scan::{CONCURRENT_ARTICLES, Scan, hourly_changes},
};

/// The days that have the first hours of an article, if the first of them has reads.
const START_DAYS: i32 = 1 + START_HOURS.div_ceil(HOURS_PER_DAY as usize) as i32;

/// Reads in each hour, in the order of time.
type HourlyReads = Vec<((Day, Hour), i64)>;

impl Redis {
    /// What was counted in each hour of a site, or of a section, of which the hours of articles are read.
    pub(in super::super) async fn hours_of_site(
        &self,
        site: &SiteId,
        section: Option<&str>,
        days: Days,
    ) -> Result<Vec<HourChange>, StoreError> {
        let mut of_days = ArticleDays::new();
        let mut known = Hours::new();
        let mut unrolled = vec![days];
        if section.is_none() {
            let parts = self.rollups(site).await?.parts(days, 1);
            let mut rolled = Vec::new();
            unrolled.clear();
            for part in parts {
                match part {
                    PeriodPart::Days(days) => unrolled.push(days),
                    PeriodPart::Rollup(day) => rolled.push(day),
                }
            }
            self.add_rolled_days(site, &rolled, &mut of_days).await?;
        }
        self.add_unrolled_hours(site, section, &unrolled, (&mut of_days, &mut known))
            .await?;
        if section.is_none() {
            let rolled: Vec<Day> = days
                .iter()
                .filter(|day| !unrolled.iter().any(|days| days.contains(*day)))
                .collect();
            let stored = self.stored_site_hours(site, &rolled).await?;
            for (day, hours) in rolled.into_iter().zip(stored) {
                set_hours(&mut known, &of_days, day, hours.unwrap_or_default());
            }
        }
        Ok(hourly_changes(&of_days, &known, days))
    }

    async fn add_rolled_days(
        &self,
        site: &SiteId,
        days: &[Days],
        to: &mut ArticleDays,
    ) -> Result<(), StoreError> {
        let stored = self.read_rollups(site, days, &[DAYS_FIELD]).await?;
        for (day, stored) in days.iter().zip(stored) {
            let mut builder = PeriodBuilder::default();
            let added = stored
                .first()
                .and_then(|stored| add_days_of_rollup(stored, &mut builder));
            added.ok_or_else(|| self.corrupt_reply("a roll-up"))?;
            for (metric, sum) in builder.totals() {
                to.insert((day.first, OWN_DAYS.to_owned(), metric.name()), sum);
            }
        }
        Ok(())
    }

    /// Adds up the articles of days that are in no roll-up. The hours of days whose articles' hours have expired are those
    /// that are stored of the site.
    async fn add_unrolled_hours(
        &self,
        site: &SiteId,
        section: Option<&str>,
        unrolled: &[Days],
        (of_days, known): (&mut ArticleDays, &mut Hours),
    ) -> Result<(), StoreError> {
        let Some(since) = unrolled.first().map(|days| days.first) else {
            return Ok(());
        };
        let wanted: Vec<Day> = unrolled.iter().flat_map(|days| days.iter()).collect();
        let stored = match section {
            None => self.stored_site_hours(site, &wanted).await?,
            Some(_) => vec![None; wanted.len()],
        };
        let stored: BTreeMap<Day, SiteHours> = wanted
            .iter()
            .zip(stored)
            .filter_map(|(day, stored)| Some((*day, stored?)))
            .collect();
        let scan = Scan {
            section,
            since,
            with_days: true,
            hours_of: wanted
                .into_iter()
                .filter(|day| !stored.contains_key(day))
                .collect(),
        };
        self.scan(site, &scan, |_, days, hours| {
            let is_wanted = |day: Day| unrolled.iter().any(|days| days.contains(day));
            for ((day, _, metric), change) in days.iter().filter(|((day, ..), _)| is_wanted(*day)) {
                let sum = of_days
                    .entry((*day, OWN_DAYS.to_owned(), metric.clone()))
                    .or_default();
                *sum = sum.saturating_add(*change);
            }
            hours::add(known, hours);
        })
        .await?;
        for (day, hours) in stored {
            set_hours(known, of_days, day, hours);
        }
        Ok(())
    }

    /// Reads of each article in the last hours.
    pub(in super::super) async fn reads_of_recent_hours(
        &self,
        site: &SiteId,
        section: Option<&str>,
        last: (Day, Hour),
        hours: u8,
        choose: Arc<ChooseOfHours>,
    ) -> Result<RecentHours, StoreError> {
        let mut sums = HourSums {
            hours: hours_until(last, hours),
            reads: Vec::new(),
        };
        let Some((since, _)) = sums.hours.first().copied() else {
            return Ok(RecentHours::default());
        };
        let scan = Scan {
            section,
            since,
            with_days: false,
            hours_of: sums.hours.iter().map(|(day, _)| *day).collect(),
        };
        let name = Metric::Reads.name();
        let mut keys = Vec::new();
        self.scan(site, &scan, |key, _, hours| {
            let read = |(day, hour): &(Day, Hour)| {
                let hours = hours.get(&(*day, name.clone()));
                hours.map_or(0, |hours| hours[usize::from(hour.get())])
            };
            let reads: Vec<i64> = sums.hours.iter().map(read).collect();
            if reads.iter().any(|reads| *reads != 0) {
                keys.push(key.clone());
                sums.reads.extend(reads);
            }
        })
        .await?;
        let (sums, chosen) = low_priority::query(move || {
            let chosen = choose(&sums).into_iter();
            let chosen =
                chosen.filter_map(|index| Some((index, keys.get(index as usize)?.clone())));
            let chosen = chosen.collect();
            (sums, chosen)
        })
        .await?;
        let cards = self.cards(site, chosen).await?;
        Ok(RecentHours { sums, cards })
    }

    /// How the newsroom's articles that were published in these days were read at first.
    pub(in super::super) async fn start_of_articles(
        &self,
        site: &SiteId,
        section: Option<&str>,
        days: Days,
    ) -> Result<TypicalStart, StoreError> {
        let mut starts = StartHours::default();
        let mut article = 0_u32;
        for number in 0..LIST_SHARDS {
            let (name, slot) = self.names.shard_at(PUBLISHED_LIST, site, number);
            let range = [days.first, days.last].map(|day| day.get().to_string());
            let range = Command::new("ZRANGEBYSCORE").arg(name).args(range);
            let part = self.cluster.read(slot, range.arg("WITHSCORES")).await?;
            let articles = list(&part).chunks_exact(2).filter_map(|pair| {
                let (key, day) = (utf8(&pair[0])?, utf8(&pair[1])?);
                if section.is_some_and(|section| !key.starts_with(section)) {
                    return None;
                }
                Some((ArticleKey::parse(key).ok()?, Day::new(day.parse().ok()?)))
            });
            let articles: Vec<_> = articles.collect();
            for some in articles.chunks(CONCURRENT_ARTICLES) {
                for reads in self.first_reads(site, some).await? {
                    article += 1;
                    for (at, reads) in reads {
                        starts.add(article, at, reads);
                    }
                }
            }
        }
        Ok(starts.typical())
    }

    /// Reads of articles in each hour of their first days, in the order of time. Of those that were read on the first of
    /// them, in the hours that count alone.
    async fn first_reads(
        &self,
        site: &SiteId,
        articles: &[(ArticleKey, Day)],
    ) -> Result<Vec<HourlyReads>, StoreError> {
        let articles: Vec<_> = articles
            .iter()
            .map(|(key, first)| (self.names.article(site, key), *first))
            .collect();
        let mut found = self.reads_since(&articles, 0..START_DAYS).await?;
        let is_late = |(at, reads): &(usize, &HourlyReads)| {
            let first = reads.first().map(|((day, _), _)| *day);
            first != Some(articles[*at].1)
        };
        let late: Vec<usize> = found
            .iter()
            .enumerate()
            .filter(is_late)
            .map(|(at, _)| at)
            .collect();
        let of_late: Vec<_> = late.iter().map(|at| articles[*at].clone()).collect();
        let more = self.reads_since(&of_late, START_DAYS..ARTICLE_HOURS_DAYS);
        for (at, more) in late.into_iter().zip(more.await?) {
            found[at].extend(more);
        }
        Ok(found)
    }

    /// Reads of articles in each hour of these days, counted from the first of each.
    async fn reads_since(
        &self,
        articles: &[(ArticleKeySet, Day)],
        days: Range<i32>,
    ) -> Result<Vec<HourlyReads>, StoreError> {
        let names: Vec<_> = articles.iter().map(|(names, _)| names.clone()).collect();
        let wanted = articles.iter().map(|(_, first)| {
            let days = days.clone();
            days.map(|day| Day::new(first.get().saturating_add(day)))
                .collect()
        });
        let wanted: Vec<BTreeSet<Day>> = wanted.collect();
        let name = Metric::Reads.name();
        let of_article = |hours: Hours| {
            let reads = hours.into_iter().filter(|((_, metric), _)| *metric == name);
            let by_hour = reads.flat_map(|((day, _), reads)| {
                let hours = (0..).map(Hour::new).zip(reads);
                hours.map(move |(hour, reads)| ((day, hour), reads))
            });
            by_hour.filter(|(_, reads)| *reads != 0).collect()
        };
        let hours = self.hours_of(&names, &wanted).await?;
        Ok(hours.into_iter().map(of_article).collect())
    }
}

/// Sets the stored hours of a site's day, as far as the day has so many.
fn set_hours(known: &mut Hours, of_days: &ArticleDays, day: Day, hours: SiteHours) {
    let sum = |metric: &str| {
        let of_day = of_days.get(&(day, OWN_DAYS.to_owned(), metric.to_owned()));
        of_day.copied().unwrap_or_default()
    };
    for (metric, hours) in within_day(hours, sum) {
        known.insert((day, metric), hours);
    }
}
