//! Queries of the newsroom's pages. Each reads a snapshot on a connection of its own, so that the writer goes on.

/// All articles of a site.
mod index;
/// Roll-ups to be stored, from days and shorter roll-ups.
mod new_rollups;
/// Sums of some days.
mod period;
/// Reads of the last hours, and of articles' first hours.
mod recent_hours;
/// Roll-ups that are stored.
mod rollups;

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, params};
use store::{ArticleCard, Days, HourChange, Metric};
use visitor::{Day, HOURS_PER_DAY, Hour};
use wire::{ArticleKey, SiteId};

pub(super) use self::{
    index::article_index,
    new_rollups::{NewRollups, made_from as rollup_made_from, missing as missing_rollups},
    period::{period, totals},
    recent_hours::{recent_hours, typical_start},
};
use super::{id_set::IdSet, read_model::MetricId};

/// The site's row id.
fn site_id(conn: &Connection, site: &SiteId) -> rusqlite::Result<Option<i64>> {
    conn.query_row(
        "select id from site where name = ?1",
        [site.as_str()],
        |row| row.get(0),
    )
    .optional()
}

/// Every metric, by row id.
fn metrics(conn: &Connection) -> rusqlite::Result<HashMap<MetricId, Metric>> {
    let mut select = conn.prepare("select id, name from metric")?;
    let mut rows = select.query([])?;
    let mut metrics = HashMap::new();
    while let Some(row) = rows.next()? {
        if let Some(metric) = Metric::parse(row.get_ref(1)?.as_str()?) {
            metrics.insert(row.get(0)?, metric);
        }
    }
    Ok(metrics)
}

/// Ids of the articles whose keys begin with the section. The comparison of ranges uses the index of keys.
fn articles_of(conn: &Connection, site: i64, section: &str) -> rusqlite::Result<IdSet> {
    let mut select =
        conn.prepare("select id from article where site = ?1 and key >= ?2 and substr(key, 1, ?3) = ?2 and key < ?4")?;
    // Keys are compared as bytes of UTF-8, in which no key begins with this character.
    let end = format!("{section}\u{10ffff}");
    let length = section.chars().count() as i64;
    let mut rows = select.query(params![site, section, length, end])?;
    let mut ids = IdSet::default();
    while let Some(row) = rows.next()? {
        ids.insert(row.get(0)?);
    }
    Ok(ids)
}

/// An article's entry in lists; `None` if it does not exist, or its key is invalid.
fn card(conn: &Connection, article: i64) -> rusqlite::Result<Option<ArticleCard>> {
    let mut select = conn.prepare_cached(
        "select a.key, c.title, c.byline, a.published from article a left join copy c on c.article = a.id where a.id = ?1",
    )?;
    let card = select
        .query_row([article], |row| {
            let key = ArticleKey::try_from(row.get::<_, String>(0)?);
            Ok(key.ok().map(|key| {
                Ok(ArticleCard {
                    key,
                    title: row.get(1)?,
                    byline: row.get(2)?,
                    published: row.get::<_, Option<i32>>(3)?.map(Day::new),
                })
            }))
        })
        .optional()?;
    card.flatten().transpose()
}

/// The cards of the chosen articles, by index.
fn cards(
    conn: &Connection,
    ids: &[i64],
    chosen: Vec<u32>,
) -> rusqlite::Result<Vec<(u32, ArticleCard)>> {
    let mut cards = Vec::with_capacity(chosen.len());
    for index in chosen {
        let Some(id) = ids.get(index as usize) else {
            continue;
        };
        if let Some(card) = card(conn, *id)? {
            cards.push((index, card));
        }
    }
    Ok(cards)
}

/// The hours of a site, or of the articles of a section.
pub(super) fn site_hours(
    conn: &Connection,
    site: &SiteId,
    section: Option<&str>,
    days: Days,
) -> rusqlite::Result<Vec<HourChange>> {
    let Some(site) = site_id(conn, site)? else {
        return Ok(Vec::new());
    };
    let metrics = metrics(conn)?;
    let Some(section) = section else {
        let mut select = conn.prepare(
            "select day, hour, metric, change from hour where site = ?1 and day between ?2 and ?3 and change <> 0",
        )?;
        let mut rows = select.query(params![site, days.first.get(), days.last.get()])?;
        let mut changes = Vec::new();
        while let Some(row) = rows.next()? {
            if let Some(metric) = metrics.get(&row.get(2)?) {
                changes.push(HourChange {
                    day: Day::new(row.get(0)?),
                    hour: Hour::new(row.get(1)?),
                    metric: metric.clone(),
                    change: row.get(3)?,
                });
            }
        }
        return Ok(changes);
    };
    let wanted = articles_of(conn, site, section)?;
    let mut select = conn.prepare(
        "select day, hour, metric, article, change from article_hour where site = ?1 and day between ?2 and ?3",
    )?;
    let mut rows = select.query(params![site, days.first.get(), days.last.get()])?;
    let mut sums: std::collections::BTreeMap<(i32, u8, MetricId), i64> = Default::default();
    while let Some(row) = rows.next()? {
        if wanted.contains(row.get(3)?) {
            *sums
                .entry((row.get(0)?, row.get(1)?, row.get(2)?))
                .or_default() += row.get::<_, i64>(4)?;
        }
    }
    let changes = sums.into_iter().filter(|(_, change)| *change != 0);
    let changes = changes.filter_map(|((day, hour, metric), change)| {
        Some(HourChange {
            day: Day::new(day),
            hour: Hour::new(hour),
            metric: metrics.get(&metric)?.clone(),
            change,
        })
    });
    Ok(changes.collect())
}

/// The hours of one article, by seeking each: there is no index of articles.
pub(super) fn article_hours(
    conn: &Connection,
    site: &SiteId,
    article: i64,
    days: Days,
) -> rusqlite::Result<Vec<HourChange>> {
    let Some(site) = site_id(conn, site)? else {
        return Ok(Vec::new());
    };
    let metrics = metrics(conn)?;
    let mut select = conn.prepare(
        "select metric, change from article_hour where site = ?1 and day = ?2 and hour = ?3 and article = ?4",
    )?;
    let mut changes = Vec::new();
    for day in days.iter() {
        for hour in (0..=HOURS_PER_DAY).map(Hour::new) {
            let mut rows = select.query(params![site, day.get(), hour.get(), article])?;
            while let Some(row) = rows.next()? {
                let change = row.get(1)?;
                if let Some(metric) = metrics.get(&row.get(0)?)
                    && change != 0
                {
                    changes.push(HourChange {
                        day,
                        hour,
                        metric: metric.clone(),
                        change,
                    });
                }
            }
        }
    }
    Ok(changes)
}

/// The article's aliases, in the order of their keys.
pub(super) fn aliases_of(conn: &Connection, article: i64) -> rusqlite::Result<Vec<ArticleKey>> {
    let mut select = conn.prepare("select key from alias where article = ?1 order by key")?;
    let mut rows = select.query([article])?;
    let mut keys = Vec::new();
    while let Some(row) = rows.next()? {
        keys.extend(ArticleKey::parse(row.get_ref(0)?.as_str()?).ok());
    }
    Ok(keys)
}
