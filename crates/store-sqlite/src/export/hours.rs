use std::{collections::BTreeMap, ops::ControlFlow};

use rusqlite::{Connection, params};
use store::{
    ARTICLE_HOURS_DAYS,
    export_format::{HoursLine, Line},
};
use visitor::{Day, HOURS_PER_DAY};
use wire::SiteId;

use super::Sink;

/// Copies the known hours of articles into a temporary table in the order of articles: the table has them by hour, and
/// one article's hours would be hundreds of seeks.
pub(super) fn sort_by_article(conn: &Connection, site: Option<&SiteId>) -> rusqlite::Result<()> {
    conn.execute_batch(
        "create temp table exported_hour (article integer, day integer, metric integer, hour integer, change integer, \
         primary key (article, day, metric, hour)) without rowid",
    )?;
    conn.execute(
        "insert into exported_hour select h.article, h.day, h.metric, h.hour, h.change \
         from article_hour h join site s on s.id = h.site \
         where (?1 is null or s.name = ?1) and h.hour < ?2 and h.change <> 0 order by h.article, h.day, h.metric, h.hour",
        params![site.map(SiteId::as_str), HOURS_PER_DAY],
    )?;
    Ok(())
}

/// The known hours of an article, by day.
pub(super) fn of_article(
    conn: &Connection,
    article: i64,
    to: Sink<'_>,
) -> rusqlite::Result<ControlFlow<()>> {
    let mut select = conn.prepare_cached(
        "select h.day, m.name, h.hour, h.change from exported_hour h join metric m on m.id = h.metric \
         where h.article = ?1 order by h.day",
    )?;
    lines(None, select.query([article])?, to)
}

/// The known hours of each site on days of which not every article's hours are kept, here or after an import.
pub(super) fn of_sites(
    conn: &Connection,
    site: Option<&SiteId>,
    today: Day,
    to: Sink<'_>,
) -> rusqlite::Result<ControlFlow<()>> {
    let mut sites = conn.prepare(
        "select s.name, s.id, max(coalesce(f.day, ?2), ?2) from site s left join article_hours_from f on f.site = s.id \
         where ?1 is null or s.name = ?1 order by s.name",
    )?;
    let mut select = conn.prepare(
        "select h.day, m.name, h.hour, h.change from hour h join metric m on m.id = h.metric \
         where h.site = ?1 and h.day < ?2 and h.hour < ?3 and h.change <> 0 order by h.day",
    )?;
    let end = today.get().saturating_sub(ARTICLE_HOURS_DAYS);
    let mut rows = sites.query(params![site.map(SiteId::as_str), end])?;
    while let Some(row) = rows.next()? {
        let Ok(site) = SiteId::parse(row.get_ref(0)?.as_str()?) else {
            continue;
        };
        let (id, end): (i64, i32) = (row.get(1)?, row.get(2)?);
        let hours = select.query(params![id, end, HOURS_PER_DAY])?;
        if lines(Some(&site), hours, to)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// A day, and its changes by metric and hour.
type OpenDay = (i32, BTreeMap<String, BTreeMap<u8, i64>>);

/// One line for each day, from rows of day, metric, hour and change in the order of days.
fn lines(
    site: Option<&SiteId>,
    mut rows: rusqlite::Rows<'_>,
    to: Sink<'_>,
) -> rusqlite::Result<ControlFlow<()>> {
    let mut open: Option<OpenDay> = None;
    let mut send = |open: Option<OpenDay>| match open {
        Some((day, counts)) => to(Line::Hours(HoursLine {
            site: site.cloned(),
            day: Day::new(day).to_string(),
            counts,
        })),
        None => ControlFlow::Continue(()),
    };
    while let Some(row) = rows.next()? {
        let day = row.get(0)?;
        if open.as_ref().is_some_and(|(known, _)| *known != day) && send(open.take()).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        let (_, counts) = open.get_or_insert_with(|| (day, BTreeMap::new()));
        let hours = counts.entry(row.get(1)?).or_default();
        hours.insert(row.get(2)?, row.get(3)?);
    }
    Ok(send(open))
}
