use super::{counts, mapping, names, refused};
use crate::*;

const WALINE: &str = r#"{ "type": "waline", "version": 1, "time": 1700000000000, "tables": ["Comment", "Counter", "Users"], "data": {
    "Comment": [{ "objectId": 1, "comment": "Bagus {", "url": "/2015/fgd", "mail": "a@b.example" }],
    "Counter": [
        { "objectId": 1, "url": "/2015/fgd", "time": 841, "reaction0": 5, "reaction1": null, "reaction2": "3" },
        { "objectId": 2, "url": "/2015/fgd", "time": 12, "reaction0": 1 },
        { "objectId": 3, "url": "/berita/caf%C3%A9", "time": 7, "createdAt": "2020-01-01" },
        { "objectId": 4, "url": "/", "time": 9000 }
    ],
    "Users": [] } }"#;

#[test]
fn walines_views_are_reads_and_reactions_follow_the_mapping() {
    let contents = waline(
        WALINE.as_bytes(),
        &mapping(&[("reaction0", Some("happy")), ("reaction2", Some("sad"))]),
    )
    .unwrap();
    assert_eq!(
        names(&contents),
        ["reads", "reaction:happy", "reaction:sad"]
    );
    let expected: [(&str, &[u64]); 2] = [("/2015/fgd", &[841, 5, 3]), ("/berita/café", &[7, 0, 0])];
    assert_eq!(counts(&contents), expected);
    assert_eq!(
        contents.skipped,
        [("rows of the home page".to_owned(), 1)].into()
    );

    let both = [("reaction0", Some("happy")), ("reaction2", Some("happy"))];
    assert_eq!(
        counts(&waline(WALINE.as_bytes(), &mapping(&both)).unwrap())[0].1,
        [841, 8]
    );
    let answer = format!("{{ \"errno\": 0, \"errmsg\": \"\", \"data\": {WALINE} }}");
    let without = mapping(&[("reaction0", None), ("reaction2", None)]);
    let contents = waline(answer.as_bytes(), &without).unwrap();
    assert_eq!(
        (names(&contents), counts(&contents)[0].1),
        (vec!["reads".to_owned()], &[841][..])
    );
}

#[test]
fn a_row_of_walines_that_is_of_no_use_stops_nothing() {
    let with = |row: &str| {
        let export = WALINE.replace(r#"{ "objectId": 4, "url": "/", "time": 9000 }"#, row);
        waline(
            export.as_bytes(),
            &mapping(&[("reaction0", Some("happy")), ("reaction2", Some("sad"))]),
        )
        .unwrap()
    };
    for (row, left_out) in [
        (
            r#"{ "objectId": 4, "url": null, "time": 9 }"#,
            "rows without an address",
        ),
        (r#"{ "objectId": 4, "time": 9 }"#, "rows without an address"),
        (
            r#"{ "objectId": 4, "url": "/index.php", "time": 9 }"#,
            "only a query (?id=7) tells apart",
        ),
    ] {
        let contents = with(row);
        assert_eq!(counts(&contents).len(), 2, "{row}");
        assert!(
            contents
                .skipped
                .iter()
                .any(|(why, rows)| why.contains(left_out) && *rows == 1),
            "{:?}",
            contents.skipped
        );
    }
    for time in [
        "9223372036854775807",
        "9223372036854776000",
        "9.223372036854776e18",
        "\"9223372036854775808\"",
        "1e300",
    ] {
        let contents = with(&format!(
            r#"{{ "url": "/c", "time": {time}, "reaction0": 4 }}"#
        ));
        assert_eq!(counts(&contents)[2], ("/c", &[0, 4, 0][..]), "{time}");
        assert!(
            contents
                .skipped
                .keys()
                .any(|why| why.contains("`time`") && why.contains("too great")),
            "{time}"
        );
    }
}

#[test]
fn walines_own_export_is_read() {
    // Written by `GET /api/db` of @waline/vercel 1.39.3 with SQLite, after requests like its client's. Accounts were removed.
    let export = include_str!("../../fixtures/waline-1.39.3.json");
    let options = mapping(&[
        ("reaction0", Some("happy")),
        ("reaction1", None),
        ("reaction2", Some("sad")),
    ]);
    let contents = waline(export.as_bytes(), &options).unwrap();
    assert_eq!(
        names(&contents),
        ["reads", "reaction:happy", "reaction:sad"]
    );
    let expected: [(&str, &[u64]); 5] = [
        ("/2015/11/fgd-e-government-korea", &[41, 5, 2]),
        ("/banjir", &[3, 0, 0]),
        ("/banjir/", &[2, 0, 0]),
        // The client sends the view under the encoded path, and the reaction under the decoded one.
        ("/berita/café", &[7, 2, 0]),
        ("/hanya-reaksi", &[0, 0, 0]),
    ];
    assert_eq!(counts(&contents), expected);
    assert_eq!(
        (contents.skipped.values().sum::<u64>(), contents.errors),
        (2, 0)
    );
    assert!(
        contents
            .notes
            .iter()
            .any(|note| note.contains("/banjir/ and the same without /")),
        "{:?}",
        contents.notes
    );
}

#[test]
fn a_missing_mapping_for_waline_is_named() {
    let said = |mapping: &Mapping| waline(WALINE.as_bytes(), mapping);
    refused(
        said(&Mapping::new()),
        &[
            "reaction0 (5 votes), reaction2 (3 votes)",
            "--map reaction0=…,reaction2=…",
        ],
    );
    refused(
        said(&mapping(&[("reaction0", None)])),
        &["reaction2 (3 votes)", "--map"],
    );
    refused(said(&mapping(&[("reaction9", None)])), &["no `reaction9`"]);
    let whole = mapping(&[("reaction0", None), ("reaction2", None)]);
    refused(
        waline(WALINE.replace("841", "\"many\"").as_bytes(), &whole),
        &["Counter, row 1, time", "`many`"],
    );
    refused(
        waline(WALINE.replace("\"/\"", "7").as_bytes(), &whole),
        &["Counter, row 4, url"],
    );
    refused(
        waline(
            WALINE.replace("\"waline\"", "\"artalk\"").as_bytes(),
            &Mapping::new(),
        ),
        &["not an export of Waline"],
    );
    refused(
        waline("{}".as_bytes(), &Mapping::new()),
        &["not an export of Waline"],
    );
    refused(waline("a,b".as_bytes(), &Mapping::new()), &["not JSON"]);
}
