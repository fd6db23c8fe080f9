use std::time::{Duration, Instant};

use rusqlite::{Connection, OptionalExtension};
use store::{Days, Rollup, cover, rollup_spans};
use visitor::Day;
use wire::SiteId;

use super::{period::gather, rollups::spans};

/// The longest ten of days, in days.
const MAX_DAYS_OF_TEN: i64 = 11;

/// Time after which no further roll-up is begun: pages wait meanwhile.
const MAX_TIME: Duration = Duration::from_millis(50);

/// Roll-ups of a site that are not stored yet.
pub(crate) struct NewRollups {
    pub(crate) site: i64,
    /// The number of changes to the site's days when the roll-ups were made.
    pub(crate) changes: i64,
    pub(crate) rollups: Vec<(Days, Rollup)>,
    /// Whether others are still to be made.
    pub(crate) is_more: bool,
}

/// The label of an article.
fn label(id: &i64) -> [u8; 8] {
    id.to_be_bytes()
}

/// Makes the missing roll-ups of the days before `end`, the earliest first; only some of them, if that takes long.
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
    // A longer one is made from those in it when they are stored.
    let is_next = |span: &Days, made: usize| {
        begun.elapsed() < MAX_TIME && (made == 0 || span.count() <= MAX_DAYS_OF_TEN)
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
