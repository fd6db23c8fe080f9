use std::collections::HashMap;

use rusqlite::{Connection, params};
use store::{ChooseOfPeriod, Days, Metric, Period, PeriodSums};
use visitor::Day;
use wire::SiteId;

use super::{super::read_model::MetricId, articles_of, cards, metrics, site_id};

/// Sums in the order in which articles are found, until the number of columns is known.
#[derive(Default)]
struct Gathered {
    metrics: Vec<Metric>,
    /// Index of each article by row id.
    indexes: Indexes,
    ids: Vec<i64>,
    /// One column for each metric.
    columns: Vec<Vec<i64>>,
    days: Vec<(Day, u16, i64)>,
}

/// Row ids from which a hash table is used: below it, 16 MB at most.
const FIRST_SPARSE_ID: usize = 4_000_000;

/// Index of each article by row id. Ids are assigned consecutively, so most are in an array: a hash table would take half
/// of the query's time.
#[derive(Default)]
struct Indexes {
    /// The index plus one; 0: none.
    dense: Vec<u32>,
    sparse: HashMap<i64, u32>,
}

impl Indexes {
    /// The index of an id, which is `next` if there is none.
    fn find_or_insert(&mut self, id: i64, next: u32) -> u32 {
        let at = usize::try_from(id).ok().filter(|at| *at < FIRST_SPARSE_ID);
        let Some(at) = at else {
            return *self.sparse.entry(id).or_insert(next);
        };
        if self.dense.len() <= at {
            self.dense.resize(at + 1, 0);
        }
        match self.dense[at] {
            0 => {
                self.dense[at] = next + 1;
                next
            }
            known => known - 1,
        }
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
    let is_wanted = |id| wanted.as_ref().is_none_or(|wanted| wanted.contains(id));
    let names = metrics(conn)?;
    let mut gathered = Gathered::default();
    let mut select = conn.prepare(
        "select day, metric, article, change from day where site = ?1 and day between ?2 and ?3",
    )?;
    let mut rows = select.query(params![site, days.first.get(), days.last.get()])?;
    // Rows are in the order of days and metrics, so the column changes rarely.
    let mut column: Option<(MetricId, Option<u16>)> = None;
    while let Some(row) = rows.next()? {
        let metric = row.get(1)?;
        let at = match column {
            Some((known, at)) if known == metric => at,
            _ => {
                let at = names
                    .get(&metric)
                    .and_then(|metric| gathered.column(metric));
                column = Some((metric, at));
                at
            }
        };
        let (Some(at), id) = (at, row.get(2)?) else {
            continue;
        };
        if is_wanted(id) {
            gathered.add(Day::new(row.get(0)?), at, id, row.get(3)?);
        }
    }
    let mut published = conn.prepare(
        "select id from article not indexed where site = ?1 and put <> 0 and coalesce(published, created) between ?2 and ?3",
    )?;
    let mut rows = published.query(params![site, days.first.get(), days.last.get()])?;
    let mut new = Vec::new();
    while let Some(row) = rows.next()? {
        let id = row.get(0)?;
        if is_wanted(id) {
            new.push(gathered.index(id));
        }
    }
    let (ids, sums) = gathered.into_sums(new);
    let chosen = choose(&sums);
    let cards = cards(conn, &ids, chosen)?;
    Ok(Period { sums, cards })
}

impl Gathered {
    /// The column of a metric; `None` if the pages do not show it.
    fn column(&mut self, metric: &Metric) -> Option<u16> {
        let is_shown = matches!(
            metric,
            Metric::Reads | Metric::Reaction(_) | Metric::Share(_)
        );
        if !is_shown {
            return None;
        }
        let known = self.metrics.iter().position(|known| known == metric);
        let at = known.unwrap_or_else(|| {
            self.metrics.push(metric.clone());
            self.columns.push(Vec::new());
            self.metrics.len() - 1
        });
        u16::try_from(at).ok()
    }

    fn index(&mut self, id: i64) -> u32 {
        // No store has four billion articles.
        let next = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
        let index = self.indexes.find_or_insert(id, next);
        if index == next {
            self.ids.push(id);
        }
        index
    }

    fn add(&mut self, day: Day, column: u16, id: i64, change: i64) {
        let article = self.index(id) as usize;
        let sums = &mut self.columns[usize::from(column)];
        if sums.len() <= article {
            sums.resize(article + 1, 0);
        }
        sums[article] = sums[article].saturating_add(change);
        match self.days.last_mut() {
            Some((last, of, sum)) if (*last, *of) == (day, column) => {
                *sum = sum.saturating_add(change);
            }
            _ => self.days.push((day, column, change)),
        }
    }

    fn into_sums(self, new: Vec<u32>) -> (Vec<i64>, PeriodSums) {
        let width = self.metrics.len();
        let mut sums = vec![0; width * self.ids.len()];
        for (column, values) in self.columns.into_iter().enumerate() {
            for (article, value) in values.into_iter().enumerate() {
                sums[article * width + column] = value;
            }
        }
        let mut is_new = vec![false; self.ids.len()];
        for article in new {
            is_new[article as usize] = true;
        }
        let sums = PeriodSums {
            metrics: self.metrics,
            sums,
            is_new,
            days: self.days,
        };
        (self.ids, sums)
    }
}
