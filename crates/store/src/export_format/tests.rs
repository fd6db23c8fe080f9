use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use proptest::{collection::vec, prelude::*};
use sha2::{Digest, Sha256};
use visitor::{HashKey, database_id};
use wire::{ArticleKey, SiteId};

use super::*;
use crate::{MAX_COUNT, Skipped};

const KEY: [u8; 32] = [7; 32];

fn name() -> String {
    database_id(&HashKey(KEY))
}

fn header() -> Line {
    Line::Export(Header {
        format: FORMAT_VERSION,
        gema: "0.1.0".into(),
        day: "2026-01-01".into(),
        secrets: [(name(), SecretBytes(KEY))].into(),
    })
}

fn written(lines: &[Line]) -> (Vec<u8>, Vec<Skipped>) {
    let mut writer = ExportWriter::default();
    let mut file = Vec::new();
    std::iter::once(&header())
        .chain(lines)
        .for_each(|line| writer.line(line, &mut file));
    let reduced = writer.end(&mut file);
    (file, reduced)
}

fn read(file: &[u8]) -> Result<Vec<Line>, InvalidExport> {
    let mut reader = ExportReader::new(file)?;
    let mut lines = Vec::new();
    while let Some(line) = reader.next_line()? {
        lines.push(line);
    }
    Ok(lines)
}

fn article(rev: u64) -> ArticleLine {
    ArticleLine {
        site: SiteId::parse("demo").unwrap(),
        key: ArticleKey::parse("a").unwrap(),
        rev,
        created: "2026-01-01".into(),
        sources: vec![SourceLine {
            of: name(),
            id: 1,
            rev: 1,
            voted: false,
        }],
        aliases: vec![],
        imported: BTreeMap::new(),
        copy: None,
        put: false,
        poll: None,
    }
}

fn day(counts: &[(&str, i64)]) -> Line {
    Line::Day(DayLine {
        day: "2026-01-01".into(),
        source: 0,
        counts: counts
            .iter()
            .map(|(name, count)| ((*name).to_owned(), *count))
            .collect(),
    })
}

fn hours(site: Option<SiteId>, counts: &[(&str, u8, i64)]) -> Line {
    let mut line = HoursLine {
        site,
        day: "2026-01-01".into(),
        counts: BTreeMap::new(),
    };
    for (name, hour, change) in counts {
        let hours = line.counts.entry((*name).to_owned()).or_default();
        hours.insert(*hour, *change);
    }
    Line::Hours(line)
}

fn vote(seq: u64) -> Line {
    Line::Vote(VoteLine {
        mark: SecretBytes([1; 16]),
        reaction: None,
        seq,
    })
}

/// Numbers around the bounds and the types' own ends.
fn numbers() -> impl Strategy<Value = u64> {
    let near = |bound: u64| (0..4_u64).prop_map(move |less| (bound + 2).saturating_sub(less));
    prop_oneof![
        0..9_u64,
        near(MAX_EXPORTED),
        near(MAX_COUNT),
        Just(u64::MAX),
        Just(i64::MAX as u64),
        any::<u64>(),
    ]
}

fn names() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["reads", "reaction:happy", "share:copy", "later:x", ""])
        .prop_map(str::to_owned)
}

fn dates() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["2026-01-01", "-009999-01-01", "x"]).prop_map(str::to_owned)
}

fn articles() -> impl Strategy<Value = Line> {
    let source = (any::<bool>(), any::<i64>()).prop_map(|(is_known, number)| SourceLine {
        of: if is_known { name() } else { "x".into() },
        id: number,
        rev: number,
        voted: is_known,
    });
    let key = prop::sample::select(vec!["a", "b/c", " not normalised"])
        .prop_map(|key| ArticleKey::parse(key).unwrap_or(article(0).key));
    let alias = key.clone().prop_map(|key| AliasLine {
        key,
        carried: false,
    });
    let imported = prop::collection::btree_map(names(), numbers(), 0..3);
    (
        key,
        numbers(),
        dates(),
        vec(source, 0..3),
        vec(alias, 0..3),
        imported,
    )
        .prop_map(|(key, rev, created, sources, aliases, imported)| {
            Line::Article(ArticleLine {
                key,
                rev,
                created,
                sources,
                aliases,
                imported,
                ..article(0)
            })
        })
}

fn changes() -> impl Strategy<Value = i64> {
    (numbers(), any::<bool>()).prop_map(|(count, is_negative)| {
        let count = count.cast_signed();
        if is_negative {
            count.wrapping_neg()
        } else {
            count
        }
    })
}

fn hours_of(site: Option<SiteId>) -> impl Strategy<Value = Line> {
    let hours = prop::collection::btree_map(0..26_u8, changes(), 0..3);
    let counts = prop::collection::btree_map(names(), hours, 0..3);
    (dates(), counts).prop_map(move |(day, counts)| {
        let site = site.clone();
        Line::Hours(HoursLine { site, day, counts })
    })
}

fn lines() -> impl Strategy<Value = Line> {
    let counts = prop::collection::btree_map(names(), changes(), 0..4);
    let days = (dates(), 0..3_usize, counts).prop_map(|(day, source, counts)| {
        Line::Day(DayLine {
            day,
            source,
            counts,
        })
    });
    prop_oneof![
        2 => articles(),
        3 => days,
        1 => hours_of(None),
        1 => numbers().prop_map(vote)
    ]
}

proptest! {
    #[test]
    fn what_was_exported_can_always_be_imported(
        articles in vec(lines(), 0..12),
        sites in vec(hours_of(SiteId::parse("demo").ok()), 0..3),
    ) {
        let lines = [articles, sites].concat();
        let (file, reduced) = written(&lines);
        let back = read(&file).map_err(|error| TestCaseError::fail(error.to_string()))?;
        if reduced.is_empty() && matches!(lines.first(), None | Some(Line::Article(_) | Line::Hours(HoursLine { site: Some(_), .. }))) {
            prop_assert_eq!(back, lines);
        }
        prop_assert_eq!(written(&read(&file).unwrap()).0, file);
    }
}

#[test]
fn values_out_of_range_are_reduced_and_their_article_is_named() {
    let sound = [
        Line::Article(article(MAX_EXPORTED)),
        day(&[("reads", MAX_EXPORTED as i64)]),
        vote(MAX_COUNT),
    ];
    let (file, reduced) = written(&sound);
    assert_eq!((read(&file).unwrap(), reduced), (sound.to_vec(), vec![]));

    let great = [
        Line::Article(article(MAX_EXPORTED + 1)),
        day(&[("reads", 5), ("share:copy", -5), ("later:x", 5)]),
        day(&[("reads", i64::MAX), ("reaction:happy", 3)]),
        vote(u64::MAX),
    ];
    let (file, reduced) = written(&great);
    let expected = [
        sound[0].clone(),
        day(&[("reads", 5)]),
        // `reaction:happy` comes first, because it is first in the order of names.
        day(&[("reaction:happy", 3), ("reads", MAX_EXPORTED as i64 - 8)]),
        sound[2].clone(),
    ];
    assert_eq!(read(&file).unwrap(), expected);
    let named: Vec<_> = reduced
        .iter()
        .map(|reduced| (reduced.site.as_str(), reduced.article.as_str()))
        .collect();
    assert_eq!(named, [("demo", "a")]);
}

#[test]
fn an_import_that_is_refused_names_the_article() {
    let forged = |lines: &[Line]| {
        let mut file = serde_json::to_vec(&header()).unwrap();
        for line in lines {
            file.push(b'\n');
            file.extend(serde_json::to_vec(line).unwrap());
        }
        file.push(b'\n');
        read(&file).unwrap_err().to_string()
    };
    let of = |line: Line| forged(&[Line::Article(article(1)), line]);
    let aliases = (0..=MAX_ALIASES).map(|number| AliasLine {
        key: ArticleKey::parse(&format!("alias-{number}")).unwrap(),
        carried: false,
    });
    for (error, why) in [
        (
            forged(&[Line::Article(article(MAX_EXPORTED + 1))]),
            "line 2: demo a: a rev may be",
        ),
        (
            forged(&[Line::Article(ArticleLine {
                aliases: aliases.collect(),
                ..article(1)
            })]),
            "line 2: demo a: an article may have 10000 aliases",
        ),
        (
            of(day(&[("reads", MAX_EXPORTED as i64 + 1)])),
            "line 3: demo a: an article may have at most",
        ),
        (of(day(&[("reads", -1)])), "line 3: demo a: reads: -1"),
        (of(vote(MAX_COUNT + 1)), "line 3: demo a: a seq may be"),
        (
            of(hours(None, &[("reads", 24, 1)])),
            "line 3: demo a: reads: there is no hour 24",
        ),
        (
            of(hours(None, &[("reads", 1, -1)])),
            "line 3: demo a: reads: -1 is not",
        ),
        (
            forged(&[
                Line::Article(article(1)),
                hours(None, &[("reads", 1, 1)]),
                hours(None, &[]),
            ]),
            "line 4: demo a: the hours of",
        ),
        (forged(&[hours(None, &[])]), "line 2: there is no article"),
        (
            forged(&[
                Line::Article(article(1)),
                hours(SiteId::parse("demo").ok(), &[]),
                day(&[]),
            ]),
            "line 4: there is no article",
        ),
    ] {
        assert!(error.starts_with(why), "{why}: {error}");
    }
}

#[test]
fn an_export_of_format_1_is_read() {
    let mut file = Vec::new();
    let lines = [
        Line::Article(article(1)),
        day(&[("reads", 5)]),
        vote(MAX_COUNT),
    ];
    let (new, _) = written(&lines);
    let first = new.split_inclusive(|byte| *byte == b'\n').next().unwrap();
    let old = String::from_utf8(first.to_vec()).unwrap();
    let old = old.replace("\"format\":2", "\"format\":1");
    file.extend(old.as_bytes());
    for line in &lines {
        serde_json::to_writer(&mut file, line).unwrap();
        file.push(b'\n');
    }
    let sha256 = HEXLOWER.encode(&Sha256::digest(&file));
    file.extend(
        format!(r#"{{"end":{{"articles":1,"days":1,"votes":1,"sha256":"{sha256}"}}}}"#).bytes(),
    );
    file.push(b'\n');
    assert_eq!(read(&file).unwrap(), lines);
}
