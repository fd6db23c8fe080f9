use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, params};
use store::{
    ChooseOfHours, Days, HourSums, Metric, RecentHours, START_HOURS, StartHours, TypicalStart,
    hours_until,
};
use visitor::{Day, HOURS_PER_DAY, Hour};
use wire::SiteId;

use super::{super::read_model::MetricId, articles_of, cards, site_id};
use crate::id_set::IdSet;

/// Row id of the metric, if anything of it was ever counted.
fn reads(conn: &Connection) -> rusqlite::Result<Option<MetricId>> {
    let name = Metric::Reads.name();
    conn.query_row("select id from metric where name = ?1", [name], |row| {
        row.get(0)
    })
    .optional()
}

/// Reads of each article in the last hours.
pub(in super::super) fn recent_hours(
    conn: &Connection,
    site: &SiteId,
    section: Option<&str>,
    last: (Day, Hour),
    hours: u8,
    choose: &ChooseOfHours,
) -> rusqlite::Result<RecentHours> {
    let mut sums = HourSums {
        hours: hours_until(last, hours),
        reads: Vec::new(),
    };
    let (Some(site), Some(reads)) = (site_id(conn, site)?, reads(conn)?) else {
        return Ok(RecentHours {
            sums,
            cards: Vec::new(),
        });
    };
    let wanted = section
        .map(|section| articles_of(conn, site, section))
        .transpose()?;
    let mut select = conn.prepare(
        "select article, change from article_hour where site = ?1 and day = ?2 and hour = ?3 and metric = ?4",
    )?;
    let width = sums.hours.len();
    let mut ids = Vec::new();
    let mut indexes: HashMap<i64, usize> = HashMap::new();
    for (column, (day, hour)) in sums.hours.iter().enumerate() {
        let mut rows = select.query(params![site, day.get(), hour.get(), reads])?;
        while let Some(row) = rows.next()? {
            let id = row.get(0)?;
            if wanted.as_ref().is_some_and(|wanted| !wanted.contains(id)) {
                continue;
            }
            let index = *indexes.entry(id).or_insert_with(|| {
                ids.push(id);
                ids.len() - 1
            });
            sums.reads.resize(ids.len() * width, 0);
            let sum = &mut sums.reads[index * width + column];
            *sum = sum.saturating_add(row.get(1)?);
        }
    }
    let chosen = choose(&sums);
    let cards = cards(conn, &ids, chosen)?;
    Ok(RecentHours { sums, cards })
}

/// The median article's reads in its first hours, of the newsroom's articles that started in these days.
pub(in super::super) fn typical_start(
    conn: &Connection,
    site: &SiteId,
    section: Option<&str>,
    days: Days,
) -> rusqlite::Result<TypicalStart> {
    let (Some(site), Some(reads)) = (site_id(conn, site)?, reads(conn)?) else {
        return Ok(TypicalStart::default());
    };
    let wanted = section
        .map(|section| articles_of(conn, site, section))
        .transpose()?;
    let mut started = conn.prepare(
        "select id from article not indexed where site = ?1 and coalesce(published, created) between ?2 and ?3",
    )?;
    let mut rows = started.query(params![site, days.first.get(), days.last.get()])?;
    let mut articles = IdSet::default();
    while let Some(row) = rows.next()? {
        let id = row.get(0)?;
        if wanted.as_ref().is_none_or(|wanted| wanted.contains(id)) {
            articles.insert(id);
        }
    }
    let mut select = conn.prepare(
        "select day, hour, article, change from article_hour \
         where site = ?1 and day between ?2 and ?3 and hour < ?4 and metric = ?5",
    )?;
    let last = days
        .last
        .get()
        .saturating_add(START_HOURS.div_ceil(24) as i32);
    let mut rows = select.query(params![site, days.first.get(), last, HOURS_PER_DAY, reads])?;
    let mut starts = StartHours::default();
    while let Some(row) = rows.next()? {
        let id = row.get(2)?;
        if articles.contains(id) {
            let at = (Day::new(row.get(0)?), Hour::new(row.get(1)?));
            starts.add(id, at, row.get(3)?);
        }
    }
    Ok(starts.typical())
}
