use std::{collections::BTreeSet, ops::Range, sync::Arc};

use store::{
    ARTICLE_HOURS_DAYS, ChooseOfHours, DayHours, Days, HourSums, Metric, RecentHours, START_HOURS,
    StartHours, StoreError, TypicalStart, hours_until, low_priority,
};
use visitor::{Day, HOURS_PER_DAY, Hour};
use wire::{ArticleKey, SiteId};

use super::super::{
    Redis,
    command::Command,
    hours::Hours,
    keys::{ArticleKeySet, LIST_SHARDS},
    lists::PUBLISHED_LIST,
    reply::{list, utf8},
    scan::{CONCURRENT_ARTICLES, Scan},
};

/// The days that have the first hours of an article, if the first of them has reads.
const START_DAYS: i32 = 1 + START_HOURS.div_ceil(HOURS_PER_DAY as usize) as i32;

/// Reads in each hour, in the order of time.
type HourlyReads = Vec<((Day, Hour), i64)>;

/// Reads of each article in the last hours, while the articles are scanned.
pub(super) struct RecentReads {
    /// The days of these hours, as the reads of each are named.
    days: BTreeSet<(Day, String)>,
    sums: HourSums,
    keys: Vec<ArticleKey>,
}

impl RecentReads {
    pub(super) fn until(last: (Day, Hour), hours: u8) -> Self {
        let hours = hours_until(last, hours);
        let reads = Metric::Reads.name();
        Self {
            days: hours.iter().map(|(day, _)| (*day, reads.clone())).collect(),
            sums: HourSums {
                hours,
                reads: Vec::new(),
            },
            keys: Vec::new(),
        }
    }

    /// The scan that these reads need, if any.
    pub(super) fn scan<'s>(&self, section: Option<&'s str>) -> Option<Scan<'s>> {
        let ((since, _), (until, _)) = (self.days.first()?, self.days.last()?);
        Some(Scan {
            section,
            since: *since,
            until: *until,
            with_days: false,
            hours_of: self.days.iter().map(|(day, _)| *day).collect(),
        })
    }

    pub(super) fn add(&mut self, key: &ArticleKey, hours: &Hours) {
        let of_days = self
            .days
            .iter()
            .filter_map(|day| Some((day.0, hours.get(day)?)));
        let of_days: Vec<(Day, &DayHours)> = of_days.collect();
        let read = |(day, hour): &(Day, Hour)| {
            let of_day = of_days.iter().find(|(of, _)| of == day);
            of_day.map_or(0, |(_, reads)| reads[usize::from(hour.get())])
        };
        let before = self.sums.reads.len();
        self.sums.reads.extend(self.sums.hours.iter().map(read));
        if self.sums.reads[before..].iter().any(|reads| *reads != 0) {
            self.keys.push(key.clone());
        } else {
            self.sums.reads.truncate(before);
        }
    }
}

impl Redis {
    /// Reads of each article in the last hours.
    pub(in super::super) async fn reads_of_recent_hours(
        &self,
        site: &SiteId,
        section: Option<&str>,
        last: (Day, Hour),
        hours: u8,
        choose: Arc<ChooseOfHours>,
    ) -> Result<RecentHours, StoreError> {
        let mut reads = RecentReads::until(last, hours);
        if let Some(scan) = reads.scan(section) {
            reads = self
                .scan(site, &scan, reads, |reads, key, _, hours| {
                    reads.add(key, hours);
                })
                .await?;
        }
        self.end_recent_reads(site, reads, choose).await
    }

    /// The reads that were gathered, with the cards of the chosen articles.
    pub(super) async fn end_recent_reads(
        &self,
        site: &SiteId,
        RecentReads { sums, keys, .. }: RecentReads,
        choose: Arc<ChooseOfHours>,
    ) -> Result<RecentHours, StoreError> {
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
