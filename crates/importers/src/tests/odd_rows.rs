use std::fmt::Write as _;

use super::{reads, zip};
use crate::*;

/// An importer, and how rows of a page and its count are written for it.
struct Importer {
    name: &'static str,
    import: fn(&[(&str, &str)]) -> ExportContents,
}

const IMPORTERS: [Importer; 7] = [
    Importer {
        name: "csv",
        import: |rows| {
            csv(lines_of("article,reads", rows, |page, count| {
                format!("{page},{count}")
            })
            .as_bytes())
            .unwrap()
        },
    },
    Importer {
        name: "pages",
        import: |rows| {
            let table = lines_of("page,views", rows, |page, count| format!("{page},{count}"));
            pages(table.as_bytes(), &PageColumns::default()).unwrap()
        },
    },
    Importer {
        name: "goatcounter zip",
        import: goatcounter_rows,
    },
    Importer {
        name: "waline",
        import: |rows| {
            let row =
                |(page, count): &(&str, &str)| format!(r#"{{"url":"{page}","time":{count}}}"#);
            let rows = rows.iter().map(row).collect::<Vec<_>>().join(",");
            let export = format!(r#"{{"type":"waline","data":{{"Counter":[{rows}]}}}}"#);
            waline(export.as_bytes(), &Mapping::new()).unwrap()
        },
    },
    Importer {
        name: "wordpress",
        import: |rows| {
            let export = lines_of(
                "<rss><wp:wxr_version>1.2</wp:wxr_version>",
                rows,
                |page, count| {
                    format!(
                        "<item><link>{page}</link><wp:post_id>7</wp:post_id><wp:status>publish</wp:status><wp:postmeta>\
                     <wp:meta_key>views</wp:meta_key><wp:meta_value>{count}</wp:meta_value></wp:postmeta></item>"
                    )
                },
            );
            wordpress(export.as_bytes(), &PageColumns::default()).unwrap()
        },
    },
    Importer {
        name: "koko",
        import: koko_rows,
    },
    Importer {
        name: "open heart",
        import: |rows| {
            let answers = lines_of("", rows, |page, count| {
                format!("{page}\t{{\"❤️\":{count}}}")
            });
            let happy = wire::Reaction::parse("happy").unwrap();
            open_heart(answers.as_bytes(), &[("❤️".to_owned(), Some(happy))].into()).unwrap()
        },
    },
];

fn lines_of(first: &str, rows: &[(&str, &str)], row: impl Fn(&str, &str) -> String) -> String {
    let rows = rows.iter().map(|(page, count)| row(page, count));
    [first.to_owned()]
        .into_iter()
        .chain(rows)
        .collect::<Vec<_>>()
        .join("\n")
        + "\n"
}

fn goatcounter_rows(rows: &[(&str, &str)]) -> ExportContents {
    let (mut paths, mut stats) = (String::new(), String::new());
    for (id, (page, count)) in rows.iter().enumerate() {
        let _ = writeln!(paths, r#"{{"id":{id},"path":"{page}"}}"#);
        let _ = writeln!(stats, r#"{{"path_id":{id},"count":{count}}}"#);
    }
    let files = [
        ("info.json", r#"{"export_version":"1"}"#),
        ("paths.jsonl", &paths),
        ("hit_stats.jsonl", &stats),
    ];
    goatcounter_zip(&zip(&files)).unwrap()
}

fn koko_rows(rows: &[(&str, &str)]) -> ExportContents {
    let numbered = |row: &dyn Fn(usize, &str, &str) -> String| {
        let rows = rows.iter().enumerate();
        rows.map(|(id, (page, count))| row(id, page, count))
            .collect::<Vec<_>>()
            .join(",")
    };
    let paths = numbered(&|id, page, _| format!("({id},\"{page}\")"));
    let views = numbered(&|id, _, count| format!("(\"2026-01-01\",{id},1,1,{count})"));
    let export = format!(
        "INSERT INTO wp_koko_analytics_paths (id, path) VALUES {paths};\n\
         INSERT INTO wp_koko_analytics_post_stats (date, path_id, post_id, visitors, pageviews) VALUES {views};\n"
    );
    koko(export.as_bytes()).unwrap()
}

#[test]
fn an_invalid_count_is_an_error_of_its_row_alone() {
    for Importer { name, import } in IMPORTERS {
        for count in ["-1", "1.5", "\"x\""] {
            let contents = import(&[("/a", "7"), ("/b", count), ("/c", "8")]);
            assert_eq!(reads(&contents), [("/a", 7), ("/c", 8)], "{name}: {count}");
            assert_eq!(
                contents.errors, 1,
                "{name}: {count}: {:?}",
                contents.row_errors
            );
            assert!(contents.strict().is_err(), "{name}: {count}");
        }
    }
}

#[test]
fn a_count_beyond_all_counts_is_never_taken_as_it_is() {
    for Importer { name, import } in IMPORTERS {
        let contents = import(&[("/a", "7"), ("/b", "9007199254740993")]);
        let (expected, errors, skipped) = match name {
            "csv" | "pages" | "wordpress" => (vec![("/a", 7)], 1, 0),
            // The rest of its row is taken.
            "waline" => (vec![("/a", 7), ("/b", 0)], 0, 1),
            _ => (vec![("/a", 7), ("/b", MAX_COUNT)], 0, 0),
        };
        let sum = contents.skipped.values().sum::<u64>();
        assert_eq!(
            (reads(&contents), contents.errors, sum),
            (expected, errors, skipped),
            "{name}"
        );
    }
}

#[test]
fn a_null_is_an_error_except_where_it_means_zero() {
    for Importer { name, import } in IMPORTERS {
        let contents = import(&[("/a", "7"), ("/b", "null")]);
        // Waline's columns are null until something is counted.
        let (expected, errors) = match name {
            "waline" => (vec![("/a", 7), ("/b", 0)], 0),
            _ => (vec![("/a", 7)], 1),
        };
        assert_eq!(
            (reads(&contents), contents.errors),
            (expected, errors),
            "{name}"
        );
    }
}

#[test]
fn a_zero_is_kept_or_left_out_and_never_an_error() {
    for Importer { name, import } in IMPORTERS {
        let contents = import(&[("/a", "7"), ("/b", "0")]);
        let expected = match name {
            "pages" | "wordpress" => vec![("/a", 7)],
            _ => vec![("/a", 7), ("/b", 0)],
        };
        assert_eq!((reads(&contents), contents.errors), (expected, 0), "{name}");
    }
}

#[test]
fn paths_that_differ_by_slash_or_query_stay_apart() {
    for Importer { name, import } in IMPORTERS {
        let contents = import(&[
            ("/a", "1"),
            ("/a/", "2"),
            ("/a?id=7", "4"),
            ("/a?utm_source=x", "8"),
        ]);
        assert_eq!(
            reads(&contents),
            [
                ("/a", 1),
                ("/a/", 2),
                ("/a?id=7", 4),
                ("/a?utm_source=x", 8)
            ],
            "{name}"
        );
        let notes = contents.notes.join("\n");
        for words in [
            "differ by a slash",
            "/a/ and the same without /",
            "follow links: 1 (/a?utm_source=x)",
        ] {
            assert!(notes.contains(words), "{name}: {words}: {notes}");
        }
    }
}

#[test]
fn hosts_and_percent_escapes_of_one_article_add_up() {
    for Importer { name, import } in IMPORTERS {
        let contents = import(&[
            ("https://news.example/caf%C3%A9", "1"),
            ("https://www.news.example/caf%c3%a9#b", "2"),
            ("/café", "4"),
            ("/cafe%CC%81", "8"),
        ]);
        assert_eq!(reads(&contents), [("/café", 15)], "{name}");
        let notes = contents.notes.join("\n");
        let words = "added up, because another row has the same article: 3";
        assert!(notes.contains(words), "{name}: {notes}");
        let has_hosts = !["goatcounter zip", "waline", "koko"].contains(&name);
        assert_eq!(
            notes.contains("several hosts"),
            has_hosts,
            "{name}: {notes}"
        );
    }
}

#[test]
fn the_same_row_twice_is_added_up_only_where_rows_are_parts() {
    for Importer { name, import } in IMPORTERS {
        let contents = import(&[("/a", "3"), ("/a", "5")]);
        let expected = match name {
            // A table has one line an article: the second is an error.
            "csv" => (3, 1),
            // Waline changes all rows of an address at once.
            "waline" => (5, 0),
            _ => (8, 0),
        };
        assert_eq!((reads(&contents)[0].1, contents.errors), expected, "{name}");
        let notes = contents.notes.join("\n");
        assert!(!notes.contains("added up"), "{name}: {notes}");
    }
}

#[test]
fn pages_that_are_no_articles_are_left_out_and_counted() {
    for Importer { name, import } in IMPORTERS {
        let contents = import(&[("/", "1"), ("/index.php", "2"), ("/a", "4")]);
        assert_eq!(
            (reads(&contents), contents.errors),
            (vec![("/a", 4)], 0),
            "{name}"
        );
        assert!(
            contents.skipped.values().sum::<u64>() >= 2,
            "{name}: {:?}",
            contents.skipped
        );
    }
}
