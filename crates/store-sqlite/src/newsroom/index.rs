use std::collections::HashMap;

use rusqlite::{Connection, params};
use store::{ArticleIndex, IndexedArticle, IndexedCount, Metric, total_count};
use visitor::Day;
use wire::{ArticleKey, SiteId};

use super::{
    super::read_model::{Counts, MetricId},
    metrics, site_id,
};

/// For how many counts of an article there is room at first. Memory that is not used is not resident.
const COUNTS: usize = 12;

/// An empty index with room for the articles.
fn with_room(conn: &Connection, site: i64) -> rusqlite::Result<ArticleIndex> {
    let sizes = |sql: &str, of: &[&dyn rusqlite::ToSql]| {
        conn.query_row(sql, of, |row| {
            let [count, bytes] = [row.get::<_, i64>(0)?, row.get(1)?];
            Ok([count, bytes].map(|size| usize::try_from(size).unwrap_or_default()))
        })
    };
    let keys =
        "select count(*), coalesce(sum(length(cast(key as blob))), 0) from article where site = ?1";
    let [articles, keys] = sizes(keys, &[&site])?;
    let texts = "select count(*), coalesce(sum(length(cast(title as blob)) + length(cast(coalesce(byline, '') as blob))), 0) \
                 from copy indexed by copy_in_lists";
    let [_, texts] = sizes(texts, &[])?;
    Ok(ArticleIndex::with_capacity(
        articles,
        keys + texts,
        articles * COUNTS,
    ))
}

/// All articles with their totals. Articles and the index of copies are both read in the order of ids: by the index of
/// keys, each article would be a seek.
pub(in super::super) fn article_index(
    conn: &Connection,
    site: &SiteId,
) -> rusqlite::Result<ArticleIndex> {
    let Some(site) = site_id(conn, site)? else {
        return Ok(ArticleIndex::default());
    };
    let mut index = with_room(conn, site)?;
    let mut columns: HashMap<MetricId, u16> = HashMap::new();
    for (id, metric) in metrics(conn)? {
        if matches!(
            metric,
            Metric::Reads | Metric::Reaction(_) | Metric::Share(_)
        ) {
            // There are a few dozen options and networks in all.
            columns.insert(id, u16::try_from(index.metrics.len()).unwrap_or(u16::MAX));
            index.metrics.push(metric);
        }
    }
    let mut articles = conn.prepare(
        "select id, key, published, created, put, counts from article not indexed where site = ?1 order by id",
    )?;
    let mut copies = conn.prepare(
        "select article, title, byline from copy indexed by copy_in_lists order by article",
    )?;
    let mut rows = articles.query(params![site])?;
    let mut copies = copies.query([])?;
    let mut copy: Option<(i64, String, String)> = None;
    let mut is_end = false;
    let mut counts = Vec::new();
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        while !is_end && copy.as_ref().is_none_or(|(article, ..)| *article < id) {
            copy = match copies.next()? {
                Some(row) => {
                    let byline: Option<String> = row.get(2)?;
                    Some((row.get(0)?, row.get(1)?, byline.unwrap_or_default()))
                }
                None => None,
            };
            is_end = copy.is_none();
        }
        let key = row.get_ref(1)?.as_str()?;
        if ArticleKey::parse(key).is_err() {
            continue;
        }
        let stored: Counts = row.get(5)?;
        counts.clear();
        counts.extend(stored.iter().filter_map(|count| {
            let total = total_count(count.counted, count.imported);
            Some(IndexedCount::new(*columns.get(&count.metric)?, total))
        }));
        let (title, byline) = match &copy {
            Some((article, title, byline)) if *article == id => (&**title, &**byline),
            _ => ("", ""),
        };
        index.push(IndexedArticle {
            key,
            title,
            byline,
            published: row.get::<_, Option<i32>>(2)?.map(Day::new),
            created: Day::new(row.get(3)?),
            is_known: row.get(4)?,
            counts: &counts,
        });
    }
    index.shrink();
    Ok(index)
}
