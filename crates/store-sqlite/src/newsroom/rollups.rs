use std::time::{Duration, Instant};

use rusqlite::{Connection, OptionalExtension, params};
use store::{
    Days, MAX_DAYS_OF_SECTION, PeriodBuilder, Rollup, add_articles_of_rollup, add_days_of_rollup,
    cover, rollup_spans,
};
use visitor::Day;
use wire::SiteId;

use super::period::gather;

/// The longest month, in days.
const MAX_DAYS_OF_MONTH: i64 = 31;

/// Time after which no further roll-up is begun.
const MAX_TIME: Duration = Duration::from_millis(500);

/// Roll-ups of a site that are not stored yet.
pub(crate) struct NewRollups {
    pub(crate) site: i64,
    /// The number of changes to the site's days when they were made.
    pub(crate) changes: i64,
    pub(crate) rollups: Vec<(Days, Rollup)>,
    /// Whether others are still to be made.
    pub(crate) is_more: bool,
}

/// The days of each roll-up of a site.
pub(super) fn spans(conn: &Connection, site: i64) -> rusqlite::Result<Vec<Days>> {
    let mut select = conn.prepare("select first, last from rollup where site = ?1")?;
    let rows = select.query_map([site], |row| {
        Ok(Days {
            first: Day::new(row.get(0)?),
            last: Day::new(row.get(1)?),
        })
    })?;
    rows.collect()
}

/// The roll-ups from which a period's sums may be made. Those of a section have no days: long periods are made from months.
pub(super) fn usable(
    conn: &Connection,
    site: i64,
    is_section: bool,
    days: Days,
) -> rusqlite::Result<Vec<Days>> {
    let mut spans = spans(conn, site)?;
    if is_section {
        let is_long = days.count() > MAX_DAYS_OF_SECTION;
        spans.retain(|span| is_long && span.count() <= MAX_DAYS_OF_MONTH);
    }
    Ok(spans)
}

/// Adds the days of a roll-up.
pub(super) fn add_days(
    conn: &Connection,
    site: i64,
    span: Days,
    to: &mut PeriodBuilder,
) -> rusqlite::Result<()> {
    let mut select = conn
        .prepare_cached("select days from rollup where site = ?1 and first = ?2 and last = ?3")?;
    let mut rows = select.query(params![site, span.first.get(), span.last.get()])?;
    match rows.next()? {
        Some(row) => add_days_of_rollup(row.get_ref(0)?.as_blob()?, to).ok_or_else(unreadable),
        None => Err(unreadable()),
    }
}

/// Adds the articles of a roll-up, and their sum to a day. `index`: the index of an article that is wanted.
pub(super) fn add_articles(
    conn: &Connection,
    site: i64,
    span: Days,
    (to, on): (&mut PeriodBuilder, Option<Day>),
    mut index: impl FnMut(i64) -> Option<u32>,
) -> rusqlite::Result<()> {
    let mut select = conn.prepare_cached(
        "select articles from rollup where site = ?1 and first = ?2 and last = ?3",
    )?;
    let mut rows = select.query(params![site, span.first.get(), span.last.get()])?;
    let Some(row) = rows.next()? else {
        return Err(unreadable());
    };
    let index = |label: &[u8]| index(i64::from_be_bytes(label.try_into().ok()?));
    add_articles_of_rollup(row.get_ref(0)?.as_blob()?, to, on, index).ok_or_else(unreadable)
}

/// The label of an article.
fn label(id: &i64) -> [u8; 8] {
    id.to_be_bytes()
}

/// A roll-up that gema has not written. `gema check` names it.
fn unreadable() -> rusqlite::Error {
    rusqlite::Error::InvalidQuery
}

/// The roll-ups that are missing of the days before `end`, from the first day on; some of them, if they take long.
pub(crate) fn missing(
    conn: &Connection,
    site: &SiteId,
    end: Day,
) -> rusqlite::Result<Option<NewRollups>> {
    let Some(site) = super::site_id(conn, site)? else {
        return Ok(None);
    };
    let first: Option<i32> =
        conn.query_row("select min(day) from day where site = ?1", [site], |row| {
            row.get(0)
        })?;
    let Some(first) = first else {
        return Ok(None);
    };
    let changes = conn
        .query_row(
            "select changes from rollup_changes where site = ?1",
            [site],
            |row| row.get(0),
        )
        .optional()?;
    let known = spans(conn, site)?;
    let mut wanted = rollup_spans(Day::new(first), end);
    wanted.retain(|span| !known.contains(span));
    let begun = Instant::now();
    let mut rollups = Vec::new();
    let mut wanted = wanted.into_iter().peekable();
    // A year is made from its months when they are stored.
    let is_next = |span: &Days, made: usize| {
        begun.elapsed() < MAX_TIME && (made == 0 || span.count() <= MAX_DAYS_OF_MONTH)
    };
    while let Some(span) = wanted.next_if(|span| is_next(span, rollups.len())) {
        rollups.push((span, made_from(conn, site, span, &known)?));
    }
    Ok(Some(NewRollups {
        site,
        changes: changes.unwrap_or(0),
        rollups,
        is_more: wanted.peek().is_some(),
    }))
}

/// The roll-up of these days, made from others that are in them and from days.
pub(crate) fn made_from(
    conn: &Connection,
    site: i64,
    span: Days,
    known: &[Days],
) -> rusqlite::Result<Rollup> {
    let (ids, sums) = gather(conn, site, None, &cover(span, known))?.into_sums();
    let labels: Vec<_> = ids.iter().map(label).collect();
    Ok(Rollup::of(&sums, &labels))
}
