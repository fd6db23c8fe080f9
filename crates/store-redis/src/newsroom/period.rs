use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use futures_util::future::try_join_all;
use store::{
    ChooseOfPeriod, Days, MAX_DAYS_OF_SECTION, Metric, Period, PeriodBuilder, PeriodPart,
    PeriodSums, Rollup, StoreError, add_articles_of_rollup, add_days_of_rollup,
};
use visitor::Day;
use wire::{ArticleKey, SiteId};

use super::super::{
    Redis,
    command::Command,
    keys::LIST_SHARDS,
    lists::PUBLISHED_LIST,
    record::Days as ArticleDays,
    reply::{list, utf8},
    rollups::{ARTICLES_FIELD, DAYS_FIELD},
    scan::Scan,
};

/// The longest month, in days.
const MAX_DAYS_OF_MONTH: i64 = 31;

/// Roll-ups read concurrently.
const CONCURRENT_ROLLUPS: usize = 16;

/// Sums of articles by key.
#[derive(Default)]
struct SumTable {
    builder: PeriodBuilder,
    indexes: HashMap<String, u32>,
}

impl SumTable {
    fn index(&mut self, key: &str) -> u32 {
        index(&mut self.indexes, key)
    }

    /// Adds an article's days.
    fn add(&mut self, key: &ArticleKey, days: &ArticleDays, is_wanted: impl Fn(Day) -> bool) {
        let mut sums: BTreeMap<(Day, &str), i64> = BTreeMap::new();
        for ((day, _, metric), change) in days.iter().filter(|((day, ..), _)| is_wanted(*day)) {
            let sum = sums.entry((*day, metric)).or_default();
            *sum = sum.saturating_add(*change);
        }
        for ((day, name), sum) in sums {
            let column = Metric::parse(name).and_then(|metric| self.builder.column(&metric));
            if let Some(column) = column.filter(|_| sum != 0) {
                let article = self.index(key.as_str());
                self.builder.add(article, column, sum);
                self.builder.add_day(day, column, sum);
            }
        }
    }

    /// Adds the articles of a roll-up that are in the section, and their sum to a day.
    fn add_rollup(&mut self, stored: &[u8], section: Option<&str>, on: Option<Day>) -> Option<()> {
        let indexes = &mut self.indexes;
        add_articles_of_rollup(stored, &mut self.builder, on, |key| {
            let key = std::str::from_utf8(key).ok()?;
            let is_wanted = section.is_none_or(|section| key.starts_with(section));
            is_wanted.then(|| index(indexes, key))
        })
    }

    /// The sums, with the key of each article.
    fn into_sums(self, new: &BTreeSet<u32>) -> (PeriodSums, Vec<String>) {
        let mut keys = vec![String::new(); self.indexes.len()];
        for (key, index) in self.indexes {
            keys[index as usize] = key;
        }
        let is_new = (0..keys.len() as u32).map(|article| new.contains(&article));
        (self.builder.finish(is_new.collect()), keys)
    }
}

/// The index of a key, which is the next one if it has none.
fn index(indexes: &mut HashMap<String, u32>, key: &str) -> u32 {
    if let Some(index) = indexes.get(key) {
        return *index;
    }
    // No store has four billion articles.
    let next = u32::try_from(indexes.len()).unwrap_or(u32::MAX);
    indexes.insert(key.to_owned(), next);
    next
}

impl Redis {
    /// Sums of these days by article, and by day.
    pub(in super::super) async fn sums_of_period(
        &self,
        site: &SiteId,
        section: Option<&str>,
        days: Days,
        choose: Arc<ChooseOfPeriod>,
    ) -> Result<Period, StoreError> {
        let max_days = match section {
            None => i64::MAX,
            Some(_) if days.count() > MAX_DAYS_OF_SECTION => MAX_DAYS_OF_MONTH,
            Some(_) => 1,
        };
        let parts = self.rollups(site).await?.parts(days, max_days);
        let mut table = self.gather(site, section, &parts).await?;
        let published = self.published_in(site, section, days).await?;
        let (sums, chosen) = in_background(move || {
            let new: BTreeSet<u32> = published.iter().map(|key| table.index(key)).collect();
            let (sums, keys) = table.into_sums(&new);
            let chosen = choose(&sums).into_iter().filter_map(|index| {
                let key = ArticleKey::parse(keys.get(index as usize)?).ok()?;
                Some((index, key))
            });
            let chosen = chosen.collect();
            (sums, chosen)
        })
        .await?;
        let cards = self.cards(site, chosen).await?;
        Ok(Period { sums, cards })
    }

    /// The sum of each metric in these days.
    pub(in super::super) async fn totals_of(
        &self,
        site: &SiteId,
        section: Option<&str>,
        days: Days,
    ) -> Result<Vec<(Metric, i64)>, StoreError> {
        let parts = self.rollups(site).await?.parts(days, i64::MAX);
        if section.is_some() {
            return Ok(self.gather(site, section, &parts).await?.builder.totals());
        }
        let mut table = SumTable::default();
        let spans: Vec<Days> = spans(&parts).collect();
        for stored in self.read_rollups(site, &spans, &[DAYS_FIELD]).await? {
            let added = stored
                .first()
                .and_then(|days| add_days_of_rollup(days, &mut table.builder));
            added.ok_or_else(|| self.corrupt_reply("a roll-up"))?;
        }
        self.add_unrolled(site, section, &parts, &mut table).await?;
        Ok(table.builder.totals())
    }

    /// The sums of roll-ups as one.
    pub(in super::super) async fn rollup_of(
        &self,
        site: &SiteId,
        parts: &[PeriodPart],
    ) -> Result<Rollup, StoreError> {
        let table = self.gather(site, None, parts).await?;
        in_background(move || {
            let (sums, keys) = table.into_sums(&BTreeSet::new());
            Rollup::of(&sums, &keys)
        })
        .await
    }

    /// Sums of the parts of a period by article. Of a section, the days of a roll-up are not known, but their sum is.
    async fn gather(
        &self,
        site: &SiteId,
        section: Option<&str>,
        parts: &[PeriodPart],
    ) -> Result<SumTable, StoreError> {
        let mut table = SumTable::default();
        let spans: Vec<Days> = spans(parts).collect();
        for some in spans.chunks(CONCURRENT_ROLLUPS) {
            let fields = match section {
                None => &[ARTICLES_FIELD, DAYS_FIELD][..],
                Some(_) => &[ARTICLES_FIELD],
            };
            let stored = self.read_rollups(site, some, fields).await?;
            let section = section.map(str::to_owned);
            let some = some.to_vec();
            let (added, result) = in_background(move || {
                let result = some.iter().zip(&stored).try_for_each(|(span, fields)| {
                    let (articles, days) = (fields.first()?, fields.get(1));
                    if let Some(days) = days {
                        add_days_of_rollup(days, &mut table.builder)?;
                    }
                    let on = days.is_none().then_some(span.first);
                    table.add_rollup(articles, section.as_deref(), on)
                });
                (table, result)
            })
            .await?;
            table = added;
            result.ok_or_else(|| self.corrupt_reply("a roll-up"))?;
        }
        self.add_unrolled(site, section, parts, &mut table).await?;
        Ok(table)
    }

    /// Adds the days that are in no roll-up, from the articles.
    async fn add_unrolled(
        &self,
        site: &SiteId,
        section: Option<&str>,
        parts: &[PeriodPart],
        table: &mut SumTable,
    ) -> Result<(), StoreError> {
        let unrolled = parts.iter().filter_map(|part| match part {
            PeriodPart::Days(days) => Some(*days),
            PeriodPart::Rollup(_) => None,
        });
        let unrolled: Vec<Days> = unrolled.collect();
        let Some(since) = unrolled.first().map(|days| days.first) else {
            return Ok(());
        };
        let scan = Scan {
            section,
            since,
            with_days: true,
            hours_of: BTreeSet::new(),
        };
        self.scan(site, &scan, |key, days, _| {
            table.add(key, days, |day| {
                unrolled.iter().any(|days| days.contains(day))
            });
        })
        .await
    }

    /// The newsroom's articles that were published, or else created, in these days.
    async fn published_in(
        &self,
        site: &SiteId,
        section: Option<&str>,
        days: Days,
    ) -> Result<Vec<String>, StoreError> {
        let parts = try_join_all((0..LIST_SHARDS).map(|number| {
            let (name, slot) = self.names.shard_at(PUBLISHED_LIST, site, number);
            let range = [days.first, days.last].map(|day| day.get().to_string());
            let range = Command::new("ZRANGEBYSCORE").arg(name).args(range);
            self.cluster.read(slot, range)
        }));
        let parts = parts.await?;
        let keys = parts.iter().flat_map(list).filter_map(utf8);
        let keys = keys.filter(|key| section.is_none_or(|section| key.starts_with(section)));
        Ok(keys.map(str::to_owned).collect())
    }
}

/// The roll-ups among the parts.
fn spans(parts: &[PeriodPart]) -> impl Iterator<Item = Days> {
    parts.iter().filter_map(|part| match part {
        PeriodPart::Rollup(span) => Some(*span),
        PeriodPart::Days(_) => None,
    })
}

/// Runs work that takes long on a blocking thread, so that it delays no event.
pub(super) async fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, StoreError> {
    // Fails only if the work panics, or the process is shutting down.
    tokio::task::spawn_blocking(|| {
        let done = work();
        store::memory::return_freed_memory();
        done
    })
    .await
    .map_err(|_| StoreError::Unavailable)
}
