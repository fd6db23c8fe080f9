use std::collections::HashMap;

use rusqlite::{Connection, params};
use wire::{ArticleKey, SiteId};

use crate::{
    store::{Metric, Recent},
    visitor::Day,
};

/// What was counted since that day, by the days alone: articles of which there was nothing cost nothing.
pub(super) fn recent(conn: &Connection, site: &SiteId, since: Day) -> rusqlite::Result<Vec<Recent>> {
    let mut select = conn.prepare(
        "select a.id, a.key, coalesce(a.published, a.created), d.day, m.name, d.change \
         from day d indexed by day_by_day cross join article a on a.id = d.article \
         cross join site s on s.id = a.site and s.name = ?1 cross join metric m on m.id = d.metric \
         where d.day >= ?2 and d.change <> 0",
    )?;
    let mut rows = select.query(params![site.as_str(), since.get()])?;
    let mut places: HashMap<i64, usize> = HashMap::new();
    let mut found: Vec<Recent> = Vec::new();
    while let Some(row) = rows.next()? {
        let Some(metric) = Metric::parse(row.get_ref(4)?.as_str()?) else { continue };
        let place = match places.get(&row.get(0)?) {
            Some(place) => *place,
            None => {
                let Ok(article) = ArticleKey::parse(row.get_ref(1)?.as_str()?) else { continue };
                found.push(Recent { article, since: Day::new(row.get(2)?), changes: Vec::new() });
                places.insert(row.get(0)?, found.len() - 1);
                found.len() - 1
            }
        };
        found[place].changes.push((Day::new(row.get(3)?), metric, row.get(5)?));
    }
    Ok(found)
}
