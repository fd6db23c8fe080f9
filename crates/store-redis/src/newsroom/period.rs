use std::{
    collections::{BTreeMap, BTreeSet},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use futures_util::{StreamExt, TryStreamExt, stream};
use store::{
    ChooseOfPeriod, Days, MAX_DAYS_OF_SECTION, Metric, Period, PeriodBuilder, PeriodPart,
    PeriodSums, Rollup, StoreError, add_days_of_rollup, low_priority,
};
use visitor::Day;
use wire::{ArticleKey, SiteId};

use super::{
    super::{
        Redis,
        lists::PUBLISHED_LIST,
        record::Days as ArticleDays,
        rollups::{ARTICLES_FIELD, DAYS_FIELD},
        scan::Scan,
    },
    is_in, one,
    shared_days::shared_days,
    sum_table::SumTable,
};

/// The longest month, in days.
const MAX_DAYS_OF_MONTH: i64 = 31;

/// Roll-ups read by one request to each server.
const ROLLUPS_PER_REQUEST: usize = 12;

/// The sums of the days that are in no roll-up, while the articles are scanned.
struct UnrolledSums {
    days: Vec<Days>,
    table: SumTable,
}

impl UnrolledSums {
    fn of(parts: &[PeriodPart]) -> Self {
        let days = parts.iter().filter_map(|part| match part {
            PeriodPart::Days(days) => Some(*days),
            PeriodPart::Rollup(_) => None,
        });
        Self {
            days: days.collect(),
            table: SumTable::default(),
        }
    }

    /// The scan that these sums need, if any.
    fn scan<'s>(&self, section: Option<&'s str>) -> Option<Scan<'s>> {
        Some(Scan {
            section,
            since: self.days.first()?.first,
            until: self.days.last()?.last,
            with_days: true,
            hours_of: BTreeSet::new(),
        })
    }

    fn add(&mut self, key: &ArticleKey, of_article: &ArticleDays) {
        let Self { days, table } = self;
        table.add(key, of_article, |day| is_in(days, day));
    }
}

impl Redis {
    /// Sums of these days by article, and by day. `max_age`: of those of the days that are in no roll-up.
    pub(in super::super) async fn sums_of_period(
        &self,
        site: &SiteId,
        section: Option<&str>,
        days: Days,
        max_age: Duration,
        choose: Arc<ChooseOfPeriod>,
    ) -> Result<Period, StoreError> {
        let parts = self.parts_of_period(site, section, days).await?;
        let unrolled = shared_days(&parts).filter(|days| !days.is_empty() && !max_age.is_zero());
        let (table, since) = match unrolled {
            Some(unrolled) => {
                let sums = self
                    .sums_of_unrolled(site, section, &unrolled, max_age)
                    .await?;
                let table = self.table_of_shared(&sums, section, unrolled).await?;
                let rolled = self.add_rolled(site, section, &parts, table);
                (rolled.await?, Some(sums.begun))
            }
            None => (self.gather(site, section, &parts).await?, None),
        };
        let period = self.end_period(site, section, days, table, choose).await?;
        Ok(Period { since, ..period })
    }

    /// The parts of a period of which the sums of articles are gathered.
    pub(super) async fn parts_of_period(
        &self,
        site: &SiteId,
        section: Option<&str>,
        days: Days,
    ) -> Result<Vec<PeriodPart>, StoreError> {
        let max_days = match section {
            None => i64::MAX,
            Some(_) if days.count() > MAX_DAYS_OF_SECTION => MAX_DAYS_OF_MONTH,
            Some(_) => 1,
        };
        Ok(self.rollups(site).await?.parts(days, max_days))
    }

    /// The sums that were gathered, with the cards of the chosen articles.
    pub(super) async fn end_period(
        &self,
        site: &SiteId,
        section: Option<&str>,
        days: Days,
        table: SumTable,
        choose: Arc<ChooseOfPeriod>,
    ) -> Result<Period, StoreError> {
        let (table, new) = self.add_published(site, section, days, table).await?;
        let (sums, chosen) = low_priority::query(move || {
            let (sums, keys) = table.into_sums(&new);
            let chosen = choose(&sums).into_iter().filter_map(|number| {
                let key = std::str::from_utf8(keys.key(number)?).ok()?;
                Some((number, ArticleKey::parse(key).ok()?))
            });
            let chosen = chosen.collect();
            (sums, chosen)
        })
        .await?;
        let cards = self.cards(site, chosen).await?;
        Ok(Period {
            sums,
            cards,
            since: None,
        })
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
        let mut table = self.unrolled_sums(site, None, parts).await?;
        let spans: Vec<Days> = spans(parts).collect();
        for stored in self.read_rollups(site, &spans, &[DAYS_FIELD]).await? {
            let added = stored
                .first()
                .and_then(|days| add_days_of_rollup(days, &mut table.builder));
            added.ok_or_else(|| self.corrupt_reply("a roll-up"))?;
        }
        Ok(table.builder)
    }

    /// The sums of roll-ups as one.
    pub(in super::super) async fn rollup_of(
        &self,
        site: &SiteId,
        parts: &[PeriodPart],
    ) -> Result<Rollup, StoreError> {
        let table = self.gather(site, None, parts).await?;
        low_priority::query(move || table.into_rollup()).await
    }

    /// Sums of the parts of a period by article. Of a section, the days of a roll-up are not known, but their sum is.
    async fn gather(
        &self,
        site: &SiteId,
        section: Option<&str>,
        parts: &[PeriodPart],
    ) -> Result<SumTable, StoreError> {
        // First those of the articles: for them, this may wait for another scan.
        let table = self.unrolled_sums(site, section, parts).await?;
        self.add_rolled(site, section, parts, table).await
    }

    /// Adds the roll-ups of a period.
    pub(super) async fn add_rolled(
        &self,
        site: &SiteId,
        section: Option<&str>,
        parts: &[PeriodPart],
        mut table: SumTable,
    ) -> Result<SumTable, StoreError> {
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
                    let days = days.map(Vec::as_slice);
                    table.add_rollup(articles, days, section.as_deref(), span.first)
                });
                (table, result)
            })
            .await?;
            table = added;
            result.ok_or_else(|| self.corrupt_reply("a roll-up"))?;
        }
        Ok(table)
    }

    /// The sums of the days that are in no roll-up, from the articles.
    async fn unrolled_sums(
        &self,
        site: &SiteId,
        section: Option<&str>,
        parts: &[PeriodPart],
    ) -> Result<SumTable, StoreError> {
        let mut sums = UnrolledSums::of(parts);
        if let Some(scan) = sums.scan(section) {
            sums = self
                .scan(site, &scan, sums, |sums, key, days, _| sums.add(key, days))
                .await?;
        }
        Ok(sums.table)
    }

    /// Adds the newsroom's articles that were published, or else created, in these days. Returns their numbers too.
    async fn add_published(
        &self,
        site: &SiteId,
        section: Option<&str>,
        days: Days,
        table: SumTable,
    ) -> Result<(SumTable, Vec<u32>), StoreError> {
        let scores = [days.first, days.last].map(|day| day.get().to_string());
        let add = |(table, new): &mut (SumTable, Vec<u32>), key: &[u8]| {
            new.push(table.keys.number(key));
        };
        let none = (table, Vec::new());
        self.fold_keys(PUBLISHED_LIST, site, section, scores, none, add)
            .await
    }
}

/// The roll-ups among the parts.
fn spans(parts: &[PeriodPart]) -> impl Iterator<Item = Days> {
    parts.iter().filter_map(|part| match part {
        PeriodPart::Rollup(span) => Some(*span),
        PeriodPart::Days(_) => None,
    })
}
