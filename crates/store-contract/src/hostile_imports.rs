use std::{sync::Arc, time::Duration};

use store::{
    AliasError, ArticleUpdate, Days, ImportReport, MAX_COUNT, PeriodSums, Store,
    export_format::{
        AliasLine, ArticleLine, DayLine, ExportWriter, FORMAT_VERSION, Header, Line, MAX_EXPORTED,
        SecretBytes, SourceLine, VoteLine,
    },
};
use visitor::{HashKey, database_id};
use wire::Imported;

use super::{Engine, TODAY, changes, read, site};
use crate::{
    fixtures::{article, chose, reaction},
    import_export::{import, transfer},
    steps::{alias, apply, put, tally},
};

/// The vote key of a database that does not exist.
const KEY: [u8; 32] = [7; 32];

/// An export of these lines.
pub fn file(lines: &[Line]) -> Vec<u8> {
    file_of(KEY, lines)
}

/// An export of these lines by the database with this vote key.
fn file_of(key: [u8; 32], lines: &[Line]) -> Vec<u8> {
    let mut writer = ExportWriter::default();
    let mut bytes = Vec::new();
    let header = Header {
        format: FORMAT_VERSION,
        gema: "0.1.0".into(),
        day: TODAY.to_string(),
        secrets: [(database_id(&HashKey(key)), SecretBytes(key))].into(),
    };
    std::iter::once(&Line::Export(header))
        .chain(lines)
        .for_each(|line| writer.line(line, &mut bytes));
    assert_eq!(writer.end(&mut bytes), []);
    bytes
}

/// The line of an article with one source of another database.
pub fn article_line(key: &str, id: i64, aliases: &[&str]) -> Line {
    article_line_of(KEY, key, id, aliases)
}

/// The same, of the database with this vote key.
fn article_line_of(vote_key: [u8; 32], key: &str, id: i64, aliases: &[&str]) -> Line {
    Line::Article(ArticleLine {
        site: site(),
        key: article(key),
        rev: 1,
        created: TODAY.to_string(),
        sources: vec![SourceLine {
            of: database_id(&HashKey(vote_key)),
            id,
            rev: 1,
            voted: true,
        }],
        aliases: aliases
            .iter()
            .map(|alias| AliasLine {
                key: article(alias),
                carried: false,
            })
            .collect(),
        imported: [].into(),
        copy: None,
        put: true,
        poll: None,
    })
}

fn reads(count: u64) -> Line {
    Line::Day(DayLine {
        day: TODAY.to_string(),
        source: 0,
        counts: [("reads".to_owned(), count.cast_signed())].into(),
    })
}

fn skipped(report: &ImportReport) -> Vec<(&str, &str)> {
    let skipped = report.skipped.iter();
    skipped
        .map(|skipped| (skipped.article.as_str(), skipped.why.as_str()))
        .collect()
}

async fn is_sound(store: &Arc<dyn Store>) {
    assert_eq!(store.check().await.unwrap().findings, []);
}

pub async fn repeated_vote_lines_of_an_import_are_one_reader<E: Engine>(engine: &E) {
    let store = engine.open();
    let vote = |seq, option: Option<&str>| {
        Line::Vote(VoteLine {
            mark: SecretBytes([1; 16]),
            reaction: option.map(reaction),
            seq,
        })
    };
    let lines = [
        article_line("a", 1, &[]),
        vote(2, Some("happy")),
        vote(4, Some("sad")),
        vote(3, Some("happy")),
        vote(4, Some("angry")),
        vote(1, None),
    ];
    import(&store, &file(&lines)).await.unwrap();
    let got = tally(&store, "a").await;
    assert_eq!((got.reactions.total(), chose(&got, "sad")), (1, 1));
    is_sound(&store).await;
}

pub async fn import_gives_an_alias_to_the_first_article_that_claims_it<E: Engine>(engine: &E) {
    let store = engine.open();
    let lines = [
        article_line("a", 1, &["x", "x", "y"]),
        article_line("b", 2, &["z", "x"]),
        article_line("y", 3, &[]),
    ];
    for _ in 0..2 {
        let report = import(&store, &file(&lines)).await.unwrap();
        assert!(
            skipped(&report).contains(&("x", "it has moved to a here")),
            "{report:?}"
        );
        is_sound(&store).await;
    }
    let lead = async |alias: &str| {
        store
            .alias_target(&site(), &article(alias))
            .await
            .unwrap()
            .map(|key| key.to_string())
    };
    assert_eq!(lead("x").await, lead("y").await);
    let other = E::new();
    let there = other.open();
    transfer(&store, &there, TODAY).await;
    is_sound(&there).await;
    drop(there);
    other.check();
}

pub async fn starting_counts_of_merged_articles_are_capped<E: Engine>(engine: &E) {
    let store = engine.open();
    for key in ["a", "b"] {
        let imported = Some(Imported {
            reads: MAX_COUNT,
            ..Imported::default()
        });
        let update = ArticleUpdate {
            article: None,
            imported,
            poll: None,
        };
        put(&store, TODAY, key, update).await;
    }
    alias(&store, TODAY, "a", "b").await;
    assert_eq!(tally(&store, "a").await.reads, MAX_COUNT);
    let other = E::new();
    let there = other.open();
    transfer(&store, &there, TODAY).await;
    assert_eq!(tally(&there, "a").await.reads, MAX_COUNT);
    drop(there);
    other.check();
}

pub async fn an_article_never_has_more_counts_than_an_export_holds<E: Engine>(engine: &E) {
    let store = engine.open();
    let from = |key, id| file(&[article_line(key, id, &[]), reads(MAX_EXPORTED)]);
    for id in [1, 2] {
        let report = import(&store, &from("a", id)).await.unwrap();
        assert_eq!(skipped(&report), []);
    }
    let report = import(&store, &from("a", 3)).await.unwrap();
    let why = format!("together they would have more than {MAX_COUNT} counts");
    assert_eq!(skipped(&report), [("a", why.as_str())]);
    import(&store, &from("b", 4)).await.unwrap();
    let merged = store
        .alias(&site(), TODAY, &article("b"), &article("a"), false)
        .await;
    assert_eq!(merged, Ok(Err(AliasError::TooManyCounts)));

    apply(&store, changes(1, [read("a", 1), read("c", 1)])).await;
    is_sound(&store).await;
    let other = E::new();
    let there = other.open();
    transfer(&store, &there, TODAY).await;
    assert_eq!(tally(&there, "a").await.reads, MAX_EXPORTED);
    assert_eq!(tally(&there, "c").await.reads, 1);
    is_sound(&there).await;
    drop(there);
    other.check();
}

pub async fn databases_are_imported_in_any_order<E: Engine>(engine: &E) {
    let store = engine.open();
    let mut by_name = [KEY, [8; 32], [9; 32], [10; 32]];
    by_name.sort_by_key(|key| database_id(&HashKey(*key)));
    let imported = by_name.iter().rev().zip(1..);
    for (key, id) in imported {
        let lines = [article_line_of(*key, "a", id, &[]), reads(1)];
        import(&store, &file_of(*key, &lines)).await.unwrap();
        is_sound(&store).await;
    }
    assert_eq!(tally(&store, "a").await.reads, 4);
    drop(store);
    is_sound(&engine.open()).await;
}

/// Articles that together have more reads on a day than a sum of 64 bits.
const OVERFLOWING_ARTICLES: i64 = 2_200;

pub async fn sums_of_a_site_never_overflow<E: Engine>(engine: &E) {
    let store = engine.open();
    let lines: Vec<Line> = (1..=OVERFLOWING_ARTICLES)
        .flat_map(|id| [article_line(&id.to_string(), id, &[]), reads(MAX_EXPORTED)])
        .collect();
    let report = import(&store, &file(&lines)).await.unwrap();
    for skipped in &report.skipped {
        let why = &skipped.why;
        assert!(why.starts_with("its site would have more than"), "{why}");
    }
    assert_eq!(
        report.new + report.skipped.len() as u64,
        OVERFLOWING_ARTICLES.unsigned_abs()
    );
    is_sound(&store).await;
    let days = Days::until(TODAY, 7);
    let all = |sums: &PeriodSums| (0..sums.len() as u32).collect();
    for (section, max_age) in [(None, 0), (None, 60), (Some("1"), 60)] {
        let max_age = Duration::from_secs(max_age);
        let period = store
            .period(&site(), section, days, max_age, Arc::new(all))
            .await;
        let sums = period.unwrap().sums;
        assert!(
            sums.days.iter().all(|(.., sum)| *sum > 0),
            "{:?}",
            sums.days
        );
    }
    let hours = store.site_hours(&site(), None, days).await.unwrap();
    assert!(hours.iter().all(|change| change.change > 0), "{hours:?}");
    // Counting goes on.
    let counted = store
        .apply(changes(1, [read("1", 1), read("new", 1)]))
        .await;
    assert_eq!(counted.unwrap().len(), 2);
}

pub async fn a_count_is_at_most_what_a_browser_can_show<E: Engine>(engine: &E) {
    let store = engine.open();
    let imported = Some(Imported {
        reads: MAX_COUNT,
        ..Imported::default()
    });
    let update = ArticleUpdate {
        article: None,
        imported,
        poll: None,
    };
    put(&store, TODAY, "a", update).await;
    apply(&store, changes(1, [read("a", 1)])).await;
    assert_eq!(tally(&store, "a").await.reads, MAX_COUNT);
}
