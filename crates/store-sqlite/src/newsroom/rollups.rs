use rusqlite::{Connection, params};
use store::{Days, MAX_DAYS_OF_SECTION, PeriodBuilder, add_articles_of_rollup, add_days_of_rollup};
use visitor::Day;

/// The longest month, in days.
const MAX_DAYS_OF_MONTH: i64 = 31;

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

/// A roll-up that gema has not written. `gema check` names it.
fn unreadable() -> rusqlite::Error {
    rusqlite::Error::InvalidQuery
}
