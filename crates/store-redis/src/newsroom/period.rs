use std::{
    collections::{BTreeMap, BTreeSet},
    pin::pin,
    sync::Arc,
};

use futures_util::{StreamExt, TryStreamExt, future::try_join, stream};
use redis::Value;
use store::{
    ChooseOfPeriod, Days, MAX_DAYS_OF_SECTION, Metric, Period, PeriodBuilder, PeriodPart,
    PeriodSums, Rollup, StoreError, add_articles_of_rollup, add_days_of_rollup, low_priority,
};
use visitor::Day;
use wire::{ArticleKey, SiteId};

use super::{
    super::{
        Redis,
        command::Command,
        lists::PUBLISHED_LIST,
        record::Days as ArticleDays,
        reply::{list, utf8},
        rollups::{ARTICLES_FIELD, DAYS_FIELD},
        scan::Scan,
    },
    key_table::KeyTable,
    one,
};

/// The longest month, in days.
const MAX_DAYS_OF_MONTH: i64 = 31;

/// Roll-ups read by one request to each server.
const ROLLUPS_PER_REQUEST: usize = 12;

/// Sums of articles by key.
#[derive(Default)]
struct SumTable {
    builder: PeriodBuilder,
    keys: KeyTable,
}

impl SumTable {
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
                let article = self.keys.number(key.as_str().as_bytes());
                self.builder.add(article, column, sum);
                self.builder.add_day(day, column, sum);
            }
        }
    }

    /// Adds the articles of a roll-up that are in the section, and their sum to a day.
    fn add_rollup(&mut self, stored: &[u8], section: Option<&str>, on: Option<Day>) -> Option<()> {
        let keys = &mut self.keys;
        add_articles_of_rollup(stored, &mut self.builder, on, |key| {
            let is_wanted = section.is_none_or(|section| key.starts_with(section.as_bytes()));
            is_wanted.then(|| keys.number(key))
        })
    }

    /// The sums, with the keys of the articles. `new`: the keys of those that are new.
    fn into_sums<'k>(mut self, new: impl Iterator<Item = &'k str>) -> (PeriodSums, KeyTable) {
        let new = new.map(|key| self.keys.number(key.as_bytes()));
        let new: Vec<u32> = new.collect();
        let mut is_new = vec![false; self.keys.len()];
        for article in new {
            is_new[article as usize] = true;
        }
        (self.builder.finish(is_new), self.keys)
    }
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
        let (table, published) = try_join(
            self.gather(site, section, &parts),
            self.published_in(site, days),
        )
        .await?;
        let section = section.map(str::to_owned);
        let (sums, chosen) = low_priority::query(move || {
            let new = published.iter().flat_map(list).filter_map(utf8);
            let new = new.filter(|key| {
                let section = section.as_deref();
                section.is_none_or(|section| key.starts_with(section))
            });
            let (sums, keys) = table.into_sums(new);
            let chosen = choose(&sums).into_iter().filter_map(|number| {
                let key = std::str::from_utf8(keys.key(number)?).ok()?;
                Some((number, ArticleKey::parse(key).ok()?))
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
        Ok(self.gather_days(site, &parts).await?.totals())
    }

    /// The sum of each metric on each of these days.
    pub(in super::super) async fn sums_of_days(
        &self,
        site: &SiteId,
        days: &BTreeSet<Day>,
    ) -> Result<BTreeMap<(Day, String), i64>, StoreError> {
        let rollups = self.rollups(site).await?;
        let parts = days.iter().flat_map(|day| rollups.parts(one(*day), 1));
        let sums = self.gather_days(site, &parts.collect::<Vec<_>>()).await?;
        let PeriodSums { metrics, days, .. } = sums.finish(Vec::new());
        let names: Vec<String> = metrics.iter().map(Metric::name).collect();
        let named = days.into_iter();
        Ok(named
            .map(|(day, column, sum)| ((day, names[usize::from(column)].clone()), sum))
            .collect())
    }

    /// Sums of the parts by day, of all articles.
    async fn gather_days(
        &self,
        site: &SiteId,
        parts: &[PeriodPart],
    ) -> Result<PeriodBuilder, StoreError> {
        let mut table = SumTable::default();
        let spans: Vec<Days> = spans(parts).collect();
        for stored in self.read_rollups(site, &spans, &[DAYS_FIELD]).await? {
            let added = stored
                .first()
                .and_then(|days| add_days_of_rollup(days, &mut table.builder));
            added.ok_or_else(|| self.corrupt_reply("a roll-up"))?;
        }
        self.add_unrolled(site, None, parts, &mut table).await?;
        Ok(table.builder)
    }

    /// The sums of roll-ups as one.
    pub(in super::super) async fn rollup_of(
        &self,
        site: &SiteId,
        parts: &[PeriodPart],
    ) -> Result<Rollup, StoreError> {
        let table = self.gather(site, None, parts).await?;
        low_priority::query(move || {
            let (sums, keys) = table.into_sums(std::iter::empty());
            Rollup::of(&sums, &keys.keys().collect::<Vec<_>>())
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
        let fields = match section {
            None => &[ARTICLES_FIELD, DAYS_FIELD][..],
            Some(_) => &[ARTICLES_FIELD],
        };
        let requests: Vec<Vec<Days>> = spans
            .chunks(ROLLUPS_PER_REQUEST)
            .map(<[_]>::to_vec)
            .collect();
        let read = stream::iter(requests).map(|some| async move {
            let stored = self.read_rollups(site, &some, fields).await?;
            Ok::<_, StoreError>((some, stored))
        });
        // While some are added up, the next ones are read.
        let mut read = pin!(read.buffered(2));
        while let Some((some, stored)) = read.try_next().await? {
            let section = section.map(str::to_owned);
            let (added, result) = low_priority::query(move || {
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

    /// The keys of the newsroom's articles that were published, or else created, in these days: the lists of the shards.
    async fn published_in(&self, site: &SiteId, days: Days) -> Result<Vec<Value>, StoreError> {
        let range = [days.first, days.last].map(|day| day.get().to_string());
        let of_shard = |name| {
            let command = Command::new("ZRANGEBYSCORE").arg(name);
            command.args(range.iter().map(String::as_str))
        };
        self.of_shards(PUBLISHED_LIST, site, of_shard).await
    }
}

/// The roll-ups among the parts.
fn spans(parts: &[PeriodPart]) -> impl Iterator<Item = Days> {
    parts.iter().filter_map(|part| match part {
        PeriodPart::Rollup(span) => Some(*span),
        PeriodPart::Days(_) => None,
    })
}
