/// Hours of articles and sites.
mod hours;

use std::{collections::BTreeMap, ops::ControlFlow, sync::Arc};

use rusqlite::{Connection, OptionalExtension, params};
use store::{
    ArticlePoll, Metric, Skipped,
    export_format::{
        AliasLine, ArticleLine, DayLine, FORMAT_VERSION, Header, Line, SecretBytes, SourceLine,
        VoteLine, requestable_key,
    },
};
use visitor::{Day, database_id};
use wire::{ArticleKey, Reaction, SiteId};

use super::{
    read_model::stored_poll,
    secrets::{OWN_VOTE_KEY, VoteKeys},
    transaction::read_article,
    vote_log::show_with_log,
};

/// Receives lines; `Break` stops the export.
pub(super) type Sink<'s> = &'s mut dyn FnMut(Line) -> ControlFlow<()>;

/// The row of the article that is exported.
struct ExportedArticle {
    id: i64,
    key: ArticleKey,
    rev: i64,
    created: i32,
    own: bool,
    voted: bool,
    put: bool,
    poll: Option<ArticlePoll>,
}

/// Exports one site or all. Leaves out the salts and the deduplication digests, and returns articles and aliases that
/// it left out because of their names.
pub(super) fn export(
    conn: &Connection,
    site: Option<&SiteId>,
    day: Day,
    to: Sink<'_>,
) -> rusqlite::Result<Vec<Skipped>> {
    show_with_log(conn)?;
    let secrets = VoteKeys::load(conn)?;
    let header = Header {
        format: FORMAT_VERSION,
        gema: env!("CARGO_PKG_VERSION").into(),
        day: day.to_string(),
        secrets: needed_secrets(conn, &secrets, site)?,
    };
    hours::sort_by_article(conn, site)?;
    let mut articles = conn.prepare(
        "select s.name, a.id, a.key, a.rev, a.created, a.own, a.voted, a.put, a.poll from article a join site s on s.id = a.site \
         where ?1 is null or s.name = ?1 order by s.name, a.key",
    )?;
    let mut rows = articles.query([site.map(SiteId::as_str)])?;
    let mut skipped = Vec::new();
    let mut flow = to(Line::Export(header));
    while let (ControlFlow::Continue(()), Some(row)) = (flow, rows.next()?) {
        let (site, article): (String, String) = (row.get(0)?, row.get(2)?);
        let (site, key) = match names(&site, &article) {
            Ok(names) => names,
            Err(why) => {
                skipped.push(Skipped { site, article, why });
                continue;
            }
        };
        let id = row.get(1)?;
        let rev = row.get(3)?;
        let created = row.get(4)?;
        let own = row.get(5)?;
        let voted = row.get(6)?;
        let put = row.get(7)?;
        let poll = stored_poll(row, 8)?.map(Arc::unwrap_or_clone);
        let article = ExportedArticle {
            id,
            key,
            rev,
            created,
            own,
            voted,
            put,
            poll,
        };
        flow = export_article(conn, &secrets, site, &article, (&mut *to, &mut skipped))?;
    }
    if flow.is_continue() {
        // The file ends after them, whether they were all taken or not.
        let _ = hours::of_sites(conn, site, day, to)?;
    }
    Ok(skipped)
}

/// The site and the key; the reason if no request can have them.
fn names(site: &str, article: &str) -> Result<(SiteId, ArticleKey), String> {
    let site =
        SiteId::parse(site).map_err(|invalid| format!("not a name of a site: it {invalid}"))?;
    Ok((site, requestable_key(article)?))
}

/// The vote keys that these articles' votes are hashed with.
fn needed_secrets(
    conn: &Connection,
    secrets: &VoteKeys,
    site: Option<&SiteId>,
) -> rusqlite::Result<BTreeMap<String, SecretBytes<32>>> {
    let mut select = conn.prepare(
        "with exported as (select a.id, a.own from article a join site s on s.id = a.site where ?1 is null or s.name = ?1) \
         select distinct secret from source where article in (select id from exported) \
         union select ?2 where exists (select 1 from exported where own or not exists \
         (select 1 from source where article = id)) \
         or exists (select 1 from day where source = 0 and change <> 0 and article in (select id from exported))",
    )?;
    let names = select.query_map(
        params![site.map(SiteId::as_str), secrets.name(OWN_VOTE_KEY)],
        |row| row.get::<_, String>(0),
    )?;
    let mut needed = BTreeMap::new();
    for name in names {
        if let Some(id) = secrets.id(&name?) {
            needed.insert(database_id(secrets.get(id)), SecretBytes(secrets.get(id).0));
        }
    }
    Ok(needed)
}

fn export_article(
    conn: &Connection,
    secrets: &VoteKeys,
    site: SiteId,
    exported: &ExportedArticle,
    (to, skipped): (Sink<'_>, &mut Vec<Skipped>),
) -> rusqlite::Result<ControlFlow<()>> {
    let aliases = aliases(conn, exported.id, &site, skipped)?;
    let (source_rows, sources) = sources(conn, secrets, exported)?;
    let mut copy = conn.prepare_cached(
        "select title, byline, published, url, html from copy where article = ?1",
    )?;
    let article = ArticleLine {
        site,
        key: exported.key.clone(),
        rev: exported.rev.unsigned_abs(),
        created: Day::new(exported.created).to_string(),
        sources,
        aliases,
        imported: imported(conn, exported.id)?,
        copy: copy.query_row([exported.id], read_article).optional()?,
        put: exported.put,
        poll: exported.poll.clone(),
    };
    if to(Line::Article(article)).is_break()
        || days(conn, exported.id, &source_rows, to)?.is_break()
        || hours::of_article(conn, exported.id, to)?.is_break()
    {
        return Ok(ControlFlow::Break(()));
    }
    votes(conn, exported.id, to)
}

/// The article's sources, home source first: their row ids, and their lines. Row 0 is the article's own id.
fn sources(
    conn: &Connection,
    secrets: &VoteKeys,
    exported: &ExportedArticle,
) -> rusqlite::Result<(Vec<i64>, Vec<SourceLine>)> {
    let mut sources = Vec::new();
    let mut select = conn.prepare_cached(
        "select id, secret, number, rev, voted, home from source where article = ?1 order by home desc, id",
    )?;
    let mut rows = select.query([exported.id])?;
    let mut has_home = false;
    while let Some(row) = rows.next()? {
        let Some(secret) = secrets.id(row.get_ref(1)?.as_str()?) else {
            continue;
        };
        has_home |= row.get::<_, bool>(5)?;
        let of = database_id(secrets.get(secret));
        sources.push((
            row.get(0)?,
            SourceLine {
                of,
                id: row.get(2)?,
                rev: row.get(3)?,
                voted: row.get(4)?,
            },
        ));
    }
    let mut own_days =
        conn.prepare_cached("select 1 from day where article = ?1 and source = 0 and change <> 0")?;
    if exported.own || sources.is_empty() || own_days.exists([exported.id])? {
        let own = SourceLine {
            of: database_id(secrets.get(OWN_VOTE_KEY)),
            id: exported.id,
            rev: exported.rev,
            voted: exported.voted,
        };
        sources.insert(usize::from(has_home), (0, own));
    }
    Ok(sources.into_iter().unzip())
}

fn aliases(
    conn: &Connection,
    article: i64,
    site: &SiteId,
    skipped: &mut Vec<Skipped>,
) -> rusqlite::Result<Vec<AliasLine>> {
    let mut select =
        conn.prepare_cached("select key, carried from alias where article = ?1 order by key")?;
    let rows = select.query_map([article], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?;
    let mut aliases = Vec::new();
    for row in rows {
        let (alias, carried) = row?;
        match requestable_key(&alias) {
            Ok(key) => aliases.push(AliasLine { key, carried }),
            Err(why) => skipped.push(Skipped {
                site: site.to_string(),
                article: alias,
                why,
            }),
        }
    }
    Ok(aliases)
}

fn imported(conn: &Connection, article: i64) -> rusqlite::Result<BTreeMap<String, u64>> {
    let mut select = conn.prepare_cached(
        "select m.name, c.value ->> 2 from article a, json_each(a.counts) c join metric m on m.id = c.value ->> 0 \
         where a.id = ?1 and c.value ->> 2 > 0",
    )?;
    let rows = select.query_map([article], |row| {
        Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs()))
    })?;
    rows.collect()
}

fn days(
    conn: &Connection,
    article: i64,
    source_rows: &[i64],
    to: Sink<'_>,
) -> rusqlite::Result<ControlFlow<()>> {
    let mut select = conn.prepare_cached(
        "select d.day, d.source, m.name, d.change from day d join metric m on m.id = d.metric \
         where d.article = ?1 and d.change <> 0 order by d.day",
    )?;
    let mut rows = select.query([article])?;
    // The lines of one day, by source.
    let mut lines: BTreeMap<usize, DayLine> = BTreeMap::new();
    let mut flush = |lines: &mut BTreeMap<usize, DayLine>| {
        std::mem::take(lines)
            .into_values()
            .try_for_each(|line| to(Line::Day(line)))
    };
    while let Some(row) = rows.next()? {
        let day = Day::new(row.get(0)?).to_string();
        if lines.values().next().is_some_and(|line| line.day != day) && flush(&mut lines).is_break()
        {
            return Ok(ControlFlow::Break(()));
        }
        let of: i64 = row.get(1)?;
        let Some(source) = source_rows.iter().position(|row| *row == of) else {
            continue;
        };
        let line = lines.entry(source).or_insert_with(|| DayLine {
            day,
            source,
            counts: BTreeMap::new(),
        });
        line.counts.insert(row.get(2)?, row.get(3)?);
    }
    Ok(flush(&mut lines))
}

fn votes(conn: &Connection, article: i64, to: Sink<'_>) -> rusqlite::Result<ControlFlow<()>> {
    let mut select = conn.prepare_cached(
        "select v.voter, m.name, v.seq from vote v left join metric m on m.id = v.reaction \
         where v.article = ?1 order by v.voter",
    )?;
    let mut rows = select.query([article])?;
    while let Some(row) = rows.next()? {
        let name: Option<String> = row.get(1)?;
        let reaction: Option<Reaction> = name.and_then(|name| match Metric::parse(&name) {
            Some(Metric::Reaction(reaction)) => Some(reaction),
            _ => None,
        });
        let vote = VoteLine {
            mark: SecretBytes(row.get(0)?),
            reaction,
            seq: row.get::<_, i64>(2)?.unsigned_abs(),
        };
        if to(Line::Vote(vote)).is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}
