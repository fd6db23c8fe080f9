use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, params};
use store::{InDay, Metric, Named, Recent};
use visitor::Day;
use wire::{ArticleKey, SiteId};

/// Daily changes since that day. Reads the index by day, so articles without changes cost nothing.
pub(super) fn recent(conn: &Connection, site: &SiteId, since: Day) -> rusqlite::Result<Recent> {
    let mut recent = Recent::default();
    let metrics = metrics(conn, &mut recent)?;
    let mut about = conn.prepare(
        "select key, coalesce(published, created), exists (select 1 from copy where article = a.id) \
            or exists (select 1 from alias where article = a.id) \
            or exists (select 1 from json_each(a.counts) where value ->> 2 > 0) \
         from article a where id = ?1 and site = ?2",
    )?;
    let of_site =
        conn.query_row("select id from site where name = ?1", [site.as_str()], |row| row.get(0)).optional()?;
    let Some(of_site): Option<i64> = of_site else { return Ok(recent) };
    let mut select = conn.prepare(
        "select article, day, metric, change from day indexed by day_by_day where day >= ?1 and change <> 0",
    )?;
    let mut rows = select.query([since.get()])?;
    // Index of each article by row id; `None`: it belongs to another site.
    let mut places: HashMap<i64, Option<u32>> = HashMap::new();
    while let Some(row) = rows.next()? {
        let Some(metric) = metrics.get(&row.get(2)?) else { continue };
        let id = row.get(0)?;
        let place = match places.get(&id) {
            Some(place) => *place,
            None => {
                let found = about.query_row(params![id, of_site], |row| {
                    Ok((row.get::<_, String>(0)?, Day::new(row.get(1)?), row.get(2)?))
                });
                let article = found.optional()?.and_then(|(key, since, is_known)| {
                    Some(Named { key: ArticleKey::try_from(key).ok()?, since, is_known })
                });
                let place = article.map(|article| recent.add(article));
                places.insert(id, place);
                place
            }
        };
        let Some(article) = place else { continue };
        recent.changes.push(InDay { article, metric: *metric, day: Day::new(row.get(1)?), change: row.get(3)? });
    }
    Ok(recent)
}

/// Index of each metric by row id.
fn metrics(conn: &Connection, recent: &mut Recent) -> rusqlite::Result<HashMap<i64, u16>> {
    let mut select = conn.prepare("select id, name from metric")?;
    let mut rows = select.query([])?;
    let mut places = HashMap::new();
    while let Some(row) = rows.next()? {
        if let Some(metric) = Metric::parse(row.get_ref(1)?.as_str()?) {
            places.insert(row.get(0)?, recent.metric(metric));
        }
    }
    Ok(places)
}
