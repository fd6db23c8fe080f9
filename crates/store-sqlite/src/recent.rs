use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row, params};
use store::{
    ArticleDayChange, ArticleFilter, DailyDelta, Metric, RecentArticle, RecentChanges,
    poll_opened_on,
};
use visitor::Day;
use wire::{ArticleKey, SiteId};

use super::{
    id_set::IdSet,
    read_model::{Counts, MetricId, stored_poll},
};

/// Daily changes since that day of the wanted articles. Days are stored by day, so articles without changes cost
/// nothing.
pub(super) fn recent(
    conn: &Connection,
    site: &SiteId,
    since: Day,
    filter: &ArticleFilter,
) -> rusqlite::Result<RecentChanges> {
    let mut recent = RecentChanges::default();
    let metrics = metrics(conn, &mut recent)?;
    let known = recent.metrics.clone();
    let is_of_events = |id: MetricId| {
        let metric = metrics
            .get(&id.into())
            .and_then(|index| known.get(usize::from(*index)));
        metric.is_some_and(Metric::is_of_events)
    };
    let mut about = conn.prepare(
        "select key, published, put, created, counts, put or exists (select 1 from alias where article = a.id), poll \
         from article a where id = ?1 and site = ?2",
    )?;
    let of_site = conn
        .query_row(
            "select id from site where name = ?1",
            [site.as_str()],
            |row| row.get(0),
        )
        .optional()?;
    let Some(of_site): Option<i64> = of_site else {
        return Ok(recent);
    };
    let mut select = conn.prepare(
        "select article, day, metric, change from day where site = ?1 and day >= ?2 and change <> 0",
    )?;
    let mut rows = select.query(params![of_site, since.get()])?;
    // `indexes`: index of each article by row id. `others`: articles that are not wanted; one bit each, because there may
    // be very many.
    let mut indexes = HashMap::new();
    let mut others = IdSet::default();
    while let Some(row) = rows.next()? {
        let Some(metric) = metrics.get(&row.get(2)?) else {
            continue;
        };
        let id = row.get(0)?;
        if others.contains(id) {
            continue;
        }
        let article = match indexes.get(&id) {
            Some(index) => *index,
            None => {
                let article = about
                    .query_row(params![id, of_site], |row| {
                        recent_article(row, is_of_events)
                    })
                    .optional()?
                    .flatten();
                let Some(article) = article.filter(filter) else {
                    others.insert(id);
                    continue;
                };
                let index = recent.add(article);
                indexes.insert(id, index);
                index
            }
        };
        recent.changes.push(DailyDelta {
            article,
            metric: *metric,
            day: Day::new(row.get(1)?),
            change: row.get(3)?,
        });
    }
    Ok(recent)
}

/// The article; `None` if its key is invalid.
fn recent_article(
    row: &Row<'_>,
    is_of_events: impl Fn(MetricId) -> bool,
) -> rusqlite::Result<Option<RecentArticle>> {
    let Ok(key) = ArticleKey::try_from(row.get::<_, String>(0)?) else {
        return Ok(None);
    };
    let published = row.get::<_, Option<i32>>(1)?.map(Day::new);
    let is_put = row.get(2)?;
    let created = Day::new(row.get(3)?);
    let counts: Counts = row.get(4)?;
    let poll_opened = poll_opened_on(published, is_put, created, || counts.events(is_of_events));
    Ok(Some(RecentArticle {
        key,
        poll_opened,
        poll: stored_poll(row, 6)?,
        is_known: row.get(5)?,
    }))
}

/// Index of each metric by row id.
fn metrics(conn: &Connection, recent: &mut RecentChanges) -> rusqlite::Result<HashMap<i64, u16>> {
    let mut select = conn.prepare("select id, name from metric")?;
    let mut rows = select.query([])?;
    let mut indexes = HashMap::new();
    while let Some(row) = rows.next()? {
        if let Some(metric) = Metric::parse(row.get_ref(1)?.as_str()?) {
            indexes.insert(row.get(0)?, recent.metric(metric));
        }
    }
    Ok(indexes)
}

/// Daily changes of one article since that day, in the order of days.
pub(super) fn of_article(
    conn: &Connection,
    article: i64,
    since: Day,
) -> rusqlite::Result<Vec<ArticleDayChange>> {
    let mut select = conn.prepare(
        "select d.day, m.name, sum(d.change) from day d join metric m on m.id = d.metric \
         where d.article = ?1 and d.day >= ?2 group by d.day, d.metric having sum(d.change) <> 0 \
         order by d.day, m.name",
    )?;
    let mut rows = select.query(params![article, since.get()])?;
    let mut changes = Vec::new();
    while let Some(row) = rows.next()? {
        if let Some(metric) = Metric::parse(row.get_ref(1)?.as_str()?) {
            changes.push(ArticleDayChange {
                day: Day::new(row.get(0)?),
                metric,
                change: row.get(2)?,
            });
        }
    }
    Ok(changes)
}
