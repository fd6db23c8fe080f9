/// The stored numbers of one article, from each table.
mod audit;
/// Sums of hours and of days.
mod hours;
/// Ranges of numbers, and relations of rows.
mod ranges;
/// Sums of ten days and more.
mod rollups;

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashSet},
};

use rusqlite::{Connection, ErrorCode, Row};
use store::{ArticleRef, CheckReport};
use text::key::article_key;
use visitor::Day;
use wire::{ArticleKey, SiteId};

use self::audit::{ArticleAudit, MetricNames};
use super::{
    account_store,
    read_model::{Entry, MetricId, ReadModel, load_sources, stored_poll},
    schema,
    secrets::VoteKeys,
    snapshot::Snapshot,
    vote_log::show_with_log,
};

/// Checks the integrity of the file, the sums of each article, and that the memory of the same commit agrees.
pub(super) fn check(snapshot: &Snapshot) -> rusqlite::Result<CheckReport> {
    let mut report = CheckReport::default();
    match check_all(&snapshot.conn, &snapshot.read_model, &mut report) {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt) => {
            report.add(
                None,
                format!("not all articles could be looked at: {error}"),
            );
        }
        result => result?,
    }
    Ok(report)
}

fn check_all(
    snapshot: &Connection,
    read_model: &ReadModel,
    report: &mut CheckReport,
) -> rusqlite::Result<()> {
    for difference in schema::changes(snapshot)? {
        report.add(None, format!("its schema is not gema's: {difference}"));
    }
    check_file(snapshot, report)?;
    show_with_log(snapshot)?;
    let before = report.found;
    ranges::check(snapshot, report)?;
    if report.found > before {
        // Sums of such numbers are not defined.
        return Ok(());
    }
    hours::check(snapshot, report)?;
    rollups::check(snapshot, report)?;
    account_store::check(snapshot, report)?;
    let names = names(snapshot)?;
    let mut on_disk = HashSet::new();
    let mut articles = snapshot.prepare(
        "select s.name, a.key, a.id, a.rev, a.created, a.published, a.own, a.voted, a.counts, a.put, a.poll \
         from article a join site s on s.id = a.site order by s.name, a.key",
    )?;
    let mut rows = articles.query([])?;
    while let Some(row) = rows.next()? {
        report.articles += 1;
        let site: String = row.get(0)?;
        let article: String = row.get(1)?;
        let Some(article) = named(site, article, report) else {
            continue;
        };
        let audit = audit(snapshot, &read_model.vote_keys, row)?;
        on_disk.insert(audit.entry.id);
        for difference in audit.differences(
            read_model
                .get(&article.site, &article.article)
                .map(Cow::into_owned),
            &names,
        ) {
            report.add(Some(&article), difference);
        }
    }
    let mut aliases = snapshot
        .prepare("select s.name, l.key from alias l join site s on s.id = l.site order by 1, 2")?;
    let mut rows = aliases.query([])?;
    while let Some(row) = rows.next()? {
        named(row.get(0)?, row.get(1)?, report);
    }
    for (site, article, _) in read_model.all().filter(|(.., id)| !on_disk.contains(id)) {
        let article = ArticleRef {
            site: site.clone(),
            article: article.clone(),
        };
        report.add(Some(&article), "in memory, but not on disk");
    }
    for id in read_model.compact_ids().filter(|id| !on_disk.contains(id)) {
        report.add(None, format!("article {id}: in memory, but not on disk"));
    }
    Ok(())
}

/// The site and key, if they are names that events can have; otherwise this is reported.
fn named(site: String, article: String, report: &mut CheckReport) -> Option<ArticleRef> {
    let key = ArticleKey::try_from(article.clone()).ok();
    let key = key.filter(|key| article_key(&article).as_ref() == Ok(key));
    let Some((site, article)) = SiteId::try_from(site.clone()).ok().zip(key) else {
        report.add(
            None,
            format!("{site} {article}: not a name that a site and an article can have"),
        );
        return None;
    };
    Some(ArticleRef { site, article })
}

/// Runs SQLite's own checks: pages, indexes, constraints and foreign keys.
fn check_file(snapshot: &Connection, report: &mut CheckReport) -> rusqlite::Result<()> {
    let mut integrity = snapshot.prepare("pragma integrity_check")?;
    let mut rows = integrity.query([])?;
    while let Some(row) = rows.next()? {
        let problem: String = row.get(0)?;
        if problem != "ok" {
            report.add(None, problem);
        }
    }
    let mut references = snapshot.prepare(
        "select \"table\", parent, count(*) from pragma_foreign_key_check group by 1, 2",
    )?;
    let mut rows = references.query([])?;
    while let Some(row) = rows.next()? {
        let table: String = row.get(0)?;
        let parent: String = row.get(1)?;
        let count: i64 = row.get(2)?;
        report.add(
            None,
            format!("{count} rows of {table} belong to no {parent}"),
        );
    }
    Ok(())
}

fn names(snapshot: &Connection) -> rusqlite::Result<MetricNames> {
    snapshot
        .prepare("select id, name from metric")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

fn audit(
    snapshot: &Connection,
    secrets: &VoteKeys,
    article: &Row<'_>,
) -> rusqlite::Result<ArticleAudit> {
    let id: i64 = article.get(2)?;
    let entry = Entry {
        id,
        rev: article.get(3)?,
        created: Day::new(article.get(4)?),
        published: article.get::<_, Option<i32>>(5)?.map(Day::new),
        put: article.get(9)?,
        own: article.get(6)?,
        voted: article.get(7)?,
        sources: load_sources(snapshot, secrets, id)?,
        counts: article.get(8)?,
        poll: stored_poll(article, 10)?,
    };
    let sums = |sql: &str| -> rusqlite::Result<BTreeMap<MetricId, i64>> {
        snapshot
            .prepare_cached(sql)?
            .query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect()
    };
    Ok(ArticleAudit {
        entry,
        votes: sums(
            "select reaction, count(*) from vote where article = ?1 and reaction is not null group by reaction",
        )?,
        days: sums("select metric, sum(change) from day where article = ?1 group by metric")?,
    })
}
