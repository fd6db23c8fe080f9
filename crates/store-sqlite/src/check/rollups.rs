use rusqlite::{Connection, params};
use store::{CheckReport, Days, Rollup};
use visitor::Day;

use super::super::newsroom::rollup_made_from;

/// Checks that each roll-up has the sums of its days.
pub(super) fn check(snapshot: &Connection, report: &mut CheckReport) -> rusqlite::Result<()> {
    let mut select = snapshot.prepare(
        "select r.site, s.name, r.first, r.last from rollup r left join site s on s.id = r.site order by s.name, r.first",
    )?;
    let mut stored = snapshot.prepare(
        "select days, articles from rollup where site = ?1 and first = ?2 and last = ?3",
    )?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let site: i64 = row.get(0)?;
        let span = Days {
            first: Day::new(row.get(2)?),
            last: Day::new(row.get(3)?),
        };
        let found = stored.query_row(params![site, span.first.get(), span.last.get()], |row| {
            Ok(Rollup {
                days: row.get(0)?,
                articles: row.get(1)?,
            })
        })?;
        if found != rollup_made_from(snapshot, site, span, &[])? {
            let name: Option<String> = row.get(1)?;
            let name = name.unwrap_or_else(|| "?".into());
            let (first, last) = (span.first, span.last);
            report.add(
                None,
                format!("{name}: the sums of {first} to {last} are not those of its days"),
            );
        }
    }
    Ok(())
}
