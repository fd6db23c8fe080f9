use std::collections::HashMap;

use rusqlite::{Connection, params};
use store::{ChooseOfPeriod, Days, Metric, Period, PeriodBuilder, PeriodPart, PeriodSums, cover};
use visitor::Day;
use wire::SiteId;

use super::{super::read_model::MetricId, articles_of, cards, metrics, rollups, site_id};
use crate::id_set::IdSet;

/// Row ids from which a hash table is used: below it, 16 MB at most.
const FIRST_SPARSE_ID: usize = 4_000_000;

/// Index of each article by row id. Ids are assigned consecutively, so most are in an array: a hash table would take half
/// of the query's time.
#[derive(Default)]
struct Indexes {
    /// The index plus one; 0: none.
    dense: Vec<u32>,
    sparse: HashMap<i64, u32>,
    ids: Vec<i64>,
}

impl Indexes {
    /// The index of an id, which is the next one if it has none.
    fn find_or_insert(&mut self, id: i64) -> u32 {
        // No store has four billion articles.
        let next = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
        let at = usize::try_from(id).ok().filter(|at| *at < FIRST_SPARSE_ID);
        let index = match at {
            Some(at) => {
                if self.dense.len() <= at {
                    self.dense.resize(at + 1, 0);
                }
                let known = &mut self.dense[at];
                if *known == 0 {
                    *known = next + 1;
                }
                *known - 1
            }
            None => *self.sparse.entry(id).or_insert(next),
        };
        if index == next {
            self.ids.push(id);
        }
        index
    }
}

/// Sums of these days by article, and by day.
pub(in super::super) fn period(
    conn: &Connection,
    site: &SiteId,
    section: Option<&str>,
    days: Days,
    choose: &ChooseOfPeriod,
) -> rusqlite::Result<Period> {
    let Some(site) = site_id(conn, site)? else {
        return Ok(Period::default());
    };
    let wanted = section
        .map(|section| articles_of(conn, site, section))
        .transpose()?;
    let parts = cover(days, &rollups::usable(conn, site, section.is_some(), days)?);
    let mut gathered = gather(conn, site, wanted.as_ref(), &parts)?;
    let mut new = Vec::new();
    for id in published_in(conn, site, days)? {
        if wanted.as_ref().is_none_or(|wanted| wanted.contains(id)) {
            new.push(gathered.indexes.find_or_insert(id));
        }
    }
    let Indexes { ids, .. } = gathered.indexes;
    let mut is_new = vec![false; ids.len()];
    for article in new {
        is_new[article as usize] = true;
    }
    let sums = gathered.builder.finish(is_new);
    let chosen = choose(&sums);
    let cards = cards(conn, &ids, chosen)?;
    Ok(Period {
        sums,
        cards,
        since: None,
    })
}

/// The sum of each metric. Of a whole site, from its hours, which are few.
pub(in super::super) fn totals(
    conn: &Connection,
    site: &SiteId,
    section: Option<&str>,
    days: Days,
) -> rusqlite::Result<Vec<(Metric, i64)>> {
    let Some(site) = site_id(conn, site)? else {
        return Ok(Vec::new());
    };
    let parts = cover(days, &rollups::spans(conn, site)?);
    if let Some(section) = section {
        let wanted = articles_of(conn, site, section)?;
        return Ok(gather(conn, site, Some(&wanted), &parts)?.builder.totals());
    }
    let mut builder = PeriodBuilder::default();
    let names = metrics(conn)?;
    let mut select = conn.prepare(
        "select metric, sum(change) from hour where site = ?1 and day between ?2 and ?3 group by metric",
    )?;
    for part in parts {
        match part {
            PeriodPart::Rollup(span) => rollups::add_days(conn, site, span, &mut builder)?,
            PeriodPart::Days(days) => {
                let mut rows = select.query(params![site, days.first.get(), days.last.get()])?;
                while let Some(row) = rows.next()? {
                    let column = names
                        .get(&row.get(0)?)
                        .and_then(|metric| builder.column(metric));
                    if let Some(column) = column {
                        builder.add_day(days.first, column, row.get(1)?);
                    }
                }
            }
        }
    }
    Ok(builder.totals())
}

/// Sums of the parts of a period, of the wanted articles.
pub(super) fn gather(
    conn: &Connection,
    site: i64,
    wanted: Option<&IdSet>,
    parts: &[PeriodPart],
) -> rusqlite::Result<Gathered> {
    let names = metrics(conn)?;
    let mut gathered = Gathered::default();
    for part in parts {
        match part {
            PeriodPart::Rollup(span) => gathered.add_rollup(conn, site, *span, wanted)?,
            PeriodPart::Days(days) => gathered.add_rows(conn, site, *days, wanted, &names)?,
        }
    }
    Ok(gathered)
}

/// Sums by article.
#[derive(Default)]
pub(super) struct Gathered {
    builder: PeriodBuilder,
    indexes: Indexes,
}

impl Gathered {
    /// Adds days from their rows, which are in the order of days, metrics and articles.
    fn add_rows(
        &mut self,
        conn: &Connection,
        site: i64,
        days: Days,
        wanted: Option<&IdSet>,
        names: &HashMap<MetricId, Metric>,
    ) -> rusqlite::Result<()> {
        let mut select = conn.prepare_cached(
            "select day, metric, article, change from day where site = ?1 and day between ?2 and ?3",
        )?;
        let mut rows = select.query(params![site, days.first.get(), days.last.get()])?;
        // Day, metric and column of the last rows, and their sum.
        let mut open: Option<((i32, MetricId), Option<u16>, i64)> = None;
        while let Some(row) = rows.next()? {
            let of = (row.get(0)?, row.get(1)?);
            let (column, sum) = match &mut open {
                Some((known, column, sum)) if *known == of => (*column, sum),
                _ => {
                    self.add_day(open.take());
                    let column = names
                        .get(&of.1)
                        .and_then(|metric| self.builder.column(metric));
                    let (_, column, sum) = open.insert((of, column, 0));
                    (*column, sum)
                }
            };
            let (Some(column), id) = (column, row.get(2)?) else {
                continue;
            };
            if wanted.is_none_or(|wanted| wanted.contains(id)) {
                let change: i64 = row.get(3)?;
                *sum = sum.saturating_add(change);
                let article = self.indexes.find_or_insert(id);
                self.builder.add(article, column, change);
            }
        }
        self.add_day(open);
        Ok(())
    }

    fn add_day(&mut self, day: Option<((i32, MetricId), Option<u16>, i64)>) {
        if let Some(((day, _), Some(column), sum)) = day.filter(|(.., sum)| *sum != 0) {
            self.builder.add_day(Day::new(day), column, sum);
        }
    }

    /// Adds a roll-up. Of a section, its days are not known, but their sum is.
    fn add_rollup(
        &mut self,
        conn: &Connection,
        site: i64,
        span: Days,
        wanted: Option<&IdSet>,
    ) -> rusqlite::Result<()> {
        if wanted.is_none() {
            rollups::add_days(conn, site, span, &mut self.builder)?;
        }
        let on = wanted.map(|_| span.first);
        let indexes = &mut self.indexes;
        let index = |id| {
            let is_wanted = wanted.is_none_or(|wanted| wanted.contains(id));
            is_wanted.then(|| indexes.find_or_insert(id))
        };
        rollups::add_articles(conn, site, span, (&mut self.builder, on), index)
    }

    /// The sums, and the row id of each article.
    pub(super) fn into_sums(self) -> (Vec<i64>, PeriodSums) {
        let is_new = vec![false; self.indexes.ids.len()];
        (self.indexes.ids, self.builder.finish(is_new))
    }
}

/// Ids of the newsroom's articles that were published, or else created, in these days.
fn published_in(conn: &Connection, site: i64, days: Days) -> rusqlite::Result<Vec<i64>> {
    let mut select = conn.prepare(
        "select id from article where site = ?1 and published is not null and published between ?2 and ?3 and put <> 0 \
         union all \
         select id from article where site = ?1 and put <> 0 and published is null and created between ?2 and ?3",
    )?;
    let rows = select.query_map(params![site, days.first.get(), days.last.get()], |row| {
        row.get(0)
    })?;
    rows.collect()
}
