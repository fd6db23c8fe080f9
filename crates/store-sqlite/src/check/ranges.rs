use rusqlite::{Connection, types::Value};
use store::{
    ArticlePoll, ArticleRef, CheckReport, MAX_COUNT,
    export_format::{MAX_ALIASES, MAX_SOURCES},
};
use visitor::Day;
use wire::{ArticleKey, SiteId};

use super::super::MAX_SITE_SUM;

/// Rows that no event, import or command of Gema writes. Each query returns the site and the key of an article, or
/// nulls, and the value.
const RULES: [(&str, &str); 20] = [
    (
        "the last id of a table is {}: no row could be added soon",
        "select null, null, name || ' ' || seq from sqlite_sequence where seq not between 0 and :count",
    ),
    (
        "the key of its votes is missing, with {} votes: no reader could change one",
        "select null, null, n from (select count(*) n from vote) \
         where n > 0 and not exists (select 1 from secret where name = 'vote')",
    ),
    (
        "id {} is out of range",
        "select s.name, a.key, a.id from article a left join site s on s.id = a.site where a.id not between 1 and :count",
    ),
    (
        "rev {} is out of range",
        "select s.name, a.key, a.rev from article a left join site s on s.id = a.site where a.rev not between 0 and :count",
    ),
    (
        "created or published on day {}, which no calendar has",
        "select s.name, a.key, case when a.created :not_a_day then a.created else a.published end \
         from article a left join site s on s.id = a.site where a.created :not_a_day or a.published :not_a_day",
    ),
    (
        "counted on day {}, which no calendar has",
        "select s.name, a.key, d.day from day d left join article a on a.id = d.article \
         left join site s on s.id = d.site where d.day :not_a_day group by d.article",
    ),
    (
        "a daily change of {} is out of range",
        "select s.name, a.key, m.name || ' ' || d.change from day d left join article a on a.id = d.article \
         left join site s on s.id = d.site left join metric m on m.id = d.metric \
         where d.change not between -:count and :count or (d.change < 0 and m.name not like 'reaction:%') group by d.article",
    ),
    (
        "its days have the source {}, which is not one of its sources",
        "select s.name, a.key, d.source from day d left join article a on a.id = d.article left join site s on s.id = d.site \
         where d.source <> 0 and d.change <> 0 \
         and not exists (select 1 from source o where o.id = d.source and o.article = d.article) group by d.article",
    ),
    (
        "the seq {} of a vote is out of range",
        "select s.name, a.key, v.seq from vote v left join article a on a.id = v.article left join site s on s.id = a.site \
         where v.seq not between 0 and :count group by v.article",
    ),
    (
        "a vote of {}, which is no reader's id",
        "select s.name, a.key, v.voter from vote v left join article a on a.id = v.article left join site s on s.id = a.site \
         where length(v.voter) <> 16 group by v.article",
    ),
    (
        "a logged vote in article {}, which does not exist",
        "select null, null, v.article from logged_vote v where not exists (select 1 from article where id = v.article) \
         group by v.article",
    ),
    (
        "a logged vote for option {}, which does not exist",
        "select s.name, a.key, v.reaction from logged_vote v join article a on a.id = v.article join site s on s.id = a.site \
         where v.reaction is not null and not exists (select 1 from metric where id = v.reaction) group by v.article",
    ),
    (
        "a source until day {}, which no calendar has",
        "select s.name, a.key, o.until from source o left join article a on a.id = o.article left join site s on s.id = a.site \
         where o.until :not_a_day group by o.article",
    ),
    (
        "{} sources: too many",
        "select s.name, a.key, count(*) from source o left join article a on a.id = o.article \
         left join site s on s.id = a.site group by o.article having count(*) > :sources",
    ),
    (
        "{} aliases: too many",
        "select s.name, a.key, count(*) from alias l left join article a on a.id = l.article \
         left join site s on s.id = a.site group by l.article having count(*) > :aliases",
    ),
    (
        "also an alias, of {}",
        "select s.name, a.key, t.key from alias l join article a on a.site = l.site and a.key = l.key \
         left join article t on t.id = l.article left join site s on s.id = a.site",
    ),
    (
        "an alias of an article of another site: {}",
        "select s.name, a.key, l.key from alias l join article a on a.id = l.article and a.site <> l.site \
         left join site s on s.id = a.site",
    ),
    (
        "hours of day {}, which no calendar has",
        "select null, null, day from (select day from hour union all select day from article_hour \
         union all select day from article_hours_from union all select window from seen union all select day from refused \
         union all select day from article_refused) \
         where day :not_a_day",
    ),
    (
        "{}, which gema does not write",
        // SQLite's own check leaves out the constraints of tables without row ids.
        "select null, null, what from (\
         select 'marks of ' || length(marks) || ' bytes' what from seen where length(marks) % 8 <> 0 or length(marks) = 0 \
         union all select 'logged votes of ' || length(votes) || ' bytes' from vote_log where length(votes) % 34 <> 0 or length(votes) = 0 \
         union all select 'the token of a session with ' || length(token) || ' bytes' from session where length(token) <> 32 \
         union all select 'the token of a link with ' || length(token) || ' bytes' from link where length(token) <> 32 \
         union all select 'hour ' || hour from (select hour from hour union all select hour from article_hour) \
         where hour not between 0 and 24 \
         union all select count || ' refused events' \
         from (select count from refused union all select count from article_refused) where count < 0 \
         union all select changes || ' changes of days in sums' from rollup_changes where changes not between 0 and :count) \
         group by what",
    ),
    (
        "a sum of {} in an hour, or of refused events, is out of range",
        "select null, null, n from (select change n from hour union all select change from article_hour \
         union all select count from refused union all select count from article_refused) where n not between -:sum and :sum",
    ),
];

/// Checks what the types of the columns do not guarantee: ranges of numbers, as in an export, and relations of rows.
pub(super) fn check(snapshot: &Connection, report: &mut CheckReport) -> rusqlite::Result<()> {
    for (description, sql) in RULES {
        let mut select = snapshot.prepare(&with_bounds(sql))?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let article = named(row.get(0)?, row.get(1)?);
            let description = description.replacen("{}", &shown(row.get(2)?), 1);
            report.add(article.as_ref(), description);
        }
    }
    check_polls(snapshot, report)
}

/// Checks what is set for polls, which other articles do not have.
fn check_polls(snapshot: &Connection, report: &mut CheckReport) -> rusqlite::Result<()> {
    let mut select = snapshot.prepare(
        "select s.name, a.key, a.poll from article a left join site s on s.id = a.site where a.poll is not null",
    )?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let poll: String = row.get(2)?;
        if ArticlePoll::parse(&poll).is_none() {
            let article = named(row.get(0)?, row.get(1)?);
            report.add(
                article.as_ref(),
                format!("what is set for its poll cannot be read: {poll}"),
            );
        }
    }
    Ok(())
}

/// The query with the numbers that its names stand for.
fn with_bounds(sql: &str) -> String {
    // The days that an export can name.
    let [first, last] = ["-009999-01-01", "9999-12-31"]
        .map(|date| Day::parse(date).map_or(0, Day::get).to_string());
    [
        (":not_a_day", format!("not between {first} and {last}")),
        (":count", MAX_COUNT.to_string()),
        (":sum", MAX_SITE_SUM.to_string()),
        (":sources", MAX_SOURCES.to_string()),
        (":aliases", MAX_ALIASES.to_string()),
    ]
    .iter()
    .fold(sql.to_owned(), |sql, (name, number)| {
        sql.replace(name, number)
    })
}

/// The article, unless its names are missing or invalid; those are reported by another check.
fn named(site: Option<String>, key: Option<String>) -> Option<ArticleRef> {
    Some(ArticleRef {
        site: SiteId::try_from(site?).ok()?,
        article: ArticleKey::try_from(key?).ok()?,
    })
}

/// The value, without quotes.
fn shown(value: Value) -> String {
    match value {
        Value::Null => "?".into(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) => text,
        Value::Blob(bytes) => format!("{} bytes", bytes.len()),
    }
}
