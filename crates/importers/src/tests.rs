use super::*;

fn counts(contents: &ExportContents) -> Vec<(&str, &[u64])> {
    contents
        .articles
        .iter()
        .map(|(key, counts)| (key.as_str(), &counts[..]))
        .collect()
}

fn names(contents: &ExportContents) -> Vec<String> {
    contents.metrics.iter().map(Metric::name).collect()
}

fn refused(result: Result<ExportContents, ReadError>, words: &[&str]) {
    let said = result
        .and_then(ExportContents::strict)
        .unwrap_err()
        .to_string();
    assert!(
        words.iter().all(|word| said.contains(word)),
        "{words:?}: {said}"
    );
}

/// An export of GoatCounter 2.5.
const HITS: &str = "\
2Path,Title,Event,UserAgent,Browser,System,Session,Bot,Referrer,Referrer scheme,Screen size,Location,FirstVisit,Date
/2015/fgd,\"FGD, \"\"e-Government\"\"\",false,,Firefox 128,Linux,a0,0,,,\"1920,1080,1\",ID,true,2015-11-17T05:00:00Z
/2015/fgd,FGD,false,,Firefox 128,Linux,a0,0,,,,ID,false,2015-11-17T05:05:00Z
/berita?id=7,Berita,false,,,,a1,0,,,,ID,true,2015-11-17T06:00:00Z
/b%C3%A9rita,Berita,false,,,,a1,0,,,,ID,true,2015-11-17T06:00:00Z
/2015/fgd,FGD,false,,,,a2,1,,,,US,true,2015-11-17T06:00:00Z
unduh,Unduh,true,,,,a1,0,,,,ID,true,2015-11-17T06:00:00Z
/,Beranda,false,,,,a1,0,,,,ID,true,2015-11-17T06:00:00Z
";

#[test]
fn goatcounters_views_are_reads_but_not_its_events_and_bots() {
    let contents = goatcounter(HITS.as_bytes()).unwrap();
    assert_eq!(names(&contents), ["reads"]);
    let expected: [(&str, &[u64]); 3] = [
        ("/2015/fgd", &[1]),
        ("/berita?id=7", &[1]),
        ("/bérita", &[1]),
    ];
    assert_eq!(counts(&contents), expected);
    let skipped = [
        ("events", 1),
        ("page views of bots", 1),
        ("page views of the home page", 1),
        ("page views that were not the first of their visit", 1),
    ];
    assert_eq!(
        contents.skipped,
        skipped.map(|(why, rows)| (why.to_owned(), rows)).into()
    );
    let of_sqlite = HITS.replace(",true,", ",1,").replace(",false,", ",0,");
    assert_ne!(of_sqlite, HITS);
    assert_eq!(goatcounter(of_sqlite.as_bytes()).unwrap(), contents);

    let first = "1Path,Title,Event,Bot,Session,FirstVisit,Referrer,Referrer scheme,Browser,Screen size,Location,Date\n\
                 /a,A,false,0,x,true,,,,,ID,2020-01-01T00:00:00Z\n";
    let expected: [(&str, &[u64]); 1] = [("/a", &[1])];
    assert_eq!(counts(&goatcounter(first.as_bytes()).unwrap()), expected);
}

#[test]
fn errors_in_goatcounters_rows_are_named() {
    let row = |row: &str| {
        goatcounter(format!("{}{row}\n", &HITS[..HITS.find('\n').unwrap() + 1]).as_bytes())
    };
    refused(
        row("/a,,maybe,,,,,0,,,,,true,x"),
        &["line 2", "Event", "`maybe`"],
    );
    refused(
        row("/a,,false,,,,,0,,,,,yes,x"),
        &["line 2", "FirstVisit", "`yes`"],
    );
    refused(
        row("/a,,false,,,,,many,,,,,true,x"),
        &["line 2", "Bot", "`many`"],
    );
    refused(row("/a,,false"), &["2"]);
    refused(
        goatcounter(HITS.replace("2Path", "3Path").as_bytes()),
        &["version 3"],
    );
    refused(goatcounter("article,reads\na,1\n".as_bytes()), &["2Path"]);
    refused(goatcounter("".as_bytes()), &["2Path"]);
}

/// Files as `export_json.go` of GoatCounter writes them.
pub(super) fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut archive = rawzip::ZipArchiveWriter::new(&mut bytes);
    for (name, text) in files {
        let path = format!("goatcounter-export-news-20260307T164927Z/{name}");
        let file = archive
            .new_file(&path)
            .compression_method(rawzip::CompressionMethod::DEFLATE);
        let (mut entry, config) = file.start().unwrap();
        let mut writer = config.wrap(flate2::write::DeflateEncoder::new(
            &mut entry,
            flate2::Compression::default(),
        ));
        std::io::Write::write_all(&mut writer, text.as_bytes()).unwrap();
        let (encoder, descriptor) = writer.finish().unwrap();
        encoder.finish().unwrap();
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
    bytes
}

const INFO: &str = r#"{ "export_version": "1.0", "goatcounter_version": "v2.8.0", "created_for": "news.goatcounter.com",
  "created_by": "user_id=1 <a@b.example>", "created_at": "2026-03-07T16:49:27Z" }"#;
const PATHS: &str = r#"{"id":211,"path":"/","title":"Beranda"}
{"id":212,"path":"/2015/fgd","title":"FGD"}
{"id":213,"path":"/b%C3%A9rita?id=7","title":""}
{"id":214,"path":"unduh","title":"Unduh","event":true}
"#;
const HIT_STATS: &str = r#"{"hour":"2026-03-05T19:00:00Z","path_id":211,"ref_id":1,"count":40}
{"hour":"2026-03-05T19:00:00Z","path_id":212,"ref_id":1,"count":4}
{"hour":"2026-03-05T19:00:00Z","path_id":212,"ref_id":2,"count":3}
{"hour":"2026-03-07T15:00:00Z","path_id":212,"ref_id":1,"count":1}
{"hour":"2026-03-07T15:00:00Z","path_id":213,"ref_id":1,"count":2}
{"hour":"2026-03-07T15:00:00Z","path_id":214,"ref_id":1,"count":9}
"#;

#[test]
fn goatcounters_zip_of_json_has_the_visits_of_each_path() {
    let whole = [
        ("info.json", INFO),
        ("paths.jsonl", PATHS),
        ("refs.jsonl", "{}\n"),
        ("hit_stats.jsonl", HIT_STATS),
    ];
    let contents = goatcounter_zip(&zip(&whole)).unwrap();
    let expected: [(&str, &[u64]); 2] = [("/2015/fgd", &[8]), ("/bérita?id=7", &[2])];
    assert_eq!(
        (names(&contents), counts(&contents)),
        (vec!["reads".to_owned()], expected.to_vec())
    );
    let skipped = [
        ("events".to_owned(), 9),
        ("page views of the home page".to_owned(), 40),
    ];
    assert_eq!(contents.skipped, skipped.into());

    let with = |name, text| {
        goatcounter_zip(&zip(
            &whole.map(|file| if file.0 == name { (name, text) } else { file })
        ))
    };
    refused(
        with("info.json", r#"{"export_version":"2.0"}"#),
        &["version 2.0"],
    );
    refused(
        with("hit_stats.jsonl", "{\"path_id\":1,\"count\":1}\n"),
        &["hit_stats.jsonl, line 1", "no path 1"],
    );
    refused(
        with("paths.jsonl", "{\"id\":1}\n"),
        &["paths.jsonl, line 1", "path"],
    );
    refused(
        goatcounter_zip(&zip(&whole[..3])),
        &["not a JSON export", "hit_stats.jsonl"],
    );
    refused(goatcounter_zip(&zip(&whole)[..300]), &["cannot be read"]);
    let mut damaged = zip(&whole);
    let at = damaged
        .windows(15)
        .position(|bytes| bytes == b"hit_stats.jsonl")
        .unwrap()
        + 30;
    damaged[at] ^= 0xff;
    assert!(goatcounter_zip(&damaged).is_err());
}

fn mapping(pairs: &[(&str, Option<&str>)]) -> Mapping {
    let option = |option: &str| wire::Reaction::parse(option).unwrap();
    pairs
        .iter()
        .map(|(name, to)| ((*name).to_owned(), to.map(option)))
        .collect()
}

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
fn paths_of_an_earlier_counter_become_the_widgets_keys() {
    let key = |path: &str| {
        let row = format!(
            "2Path,Event,Bot,FirstVisit\n\"{}\",0,0,1\n",
            path.replace('"', "\"\"")
        );
        counts(&goatcounter(row.as_bytes()).unwrap())
            .first()
            .map(|(key, _)| (*key).to_owned())
    };
    // The expected results are those of `defaultKey` in `src/embed/context.js`, in a browser.
    for (path, expected) in [
        ("/a", Some("/a")),
        ("/caf%C3%A9/cafe%CC%81", Some("/café/café")),
        ("/berita baru", Some("/berita baru")),
        ("/a/../b?id=7#c", Some("/b?id=7")),
        ("/a?", Some("/a")),
        ("/100%25", Some("/100%")),
        ("/100%/caf%C3%A9", Some("/100%/caf%C3%A9")),
        ("/%FF", Some("/%FF")),
        ("//a", Some("//a")),
        ("https://news.example:8443/a?b=%20c", Some("/a?b= c")),
        // A decoded key would contain a control character, so it stays encoded.
        ("/a%0Ab", Some("/a%0Ab")),
        ("/", None),
        ("/?utm=1", Some("/?utm=1")),
        ("/index.php", None),
        ("/index.php?id=7", Some("/index.php?id=7")),
        ("https://news.example", None),
    ] {
        assert_eq!(key(path).as_deref(), expected, "{path}");
    }
}

#[test]
fn addresses_in_a_table_become_keys_and_keys_stay() {
    let table = "article,reads\nhttps://news.example/a,7\nHTTPS://WWW.News.example/a#b,1\nhttps://news.example/caf%C3%A9?id=1,2\n\
                 /b%20c,3\n//news.example/d,4\n/,100\nhttps://news.example/index.php,200\nfgd%20korea,5\ntag:a,6\n";
    let contents = csv(table.as_bytes()).unwrap();
    let expected: [(&str, &[u64]); 6] = [
        ("/a", &[8]),
        ("/b c", &[3]),
        ("/café?id=1", &[2]),
        ("/d", &[4]),
        ("fgd%20korea", &[5]),
        ("tag:a", &[6]),
    ];
    assert_eq!(counts(&contents), expected);
    assert_eq!(
        contents.skipped,
        [("rows of the home page".to_owned(), 2)].into()
    );
    assert!(
        contents.notes[0].contains("several hosts (news.example, www.news.example)"),
        "{:?}",
        contents.notes
    );
    assert!(
        contents.notes[1].contains("added up")
            && contents.notes[1].ends_with(": 1 (`HTTPS://WWW.News.example/a#b` is /a)"),
        "{:?}",
        contents.notes
    );
    let one = csv("article,reads\nhttps://news.example/a,7\n/b,1\n".as_bytes()).unwrap();
    assert_eq!(one.notes, Vec::<String>::new());
    refused(
        csv("article,reads\nhttps://a.example/a,1\nhttps://a.example/a,2\n".as_bytes()),
        &["line 3", "line 2 already"],
    );
}

#[test]
fn walines_own_export_is_read() {
    // Written by `GET /api/db` of @waline/vercel 1.39.3 with SQLite, after requests like its client's. Accounts were removed.
    let export = include_str!("../fixtures/waline-1.39.3.json");
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

#[test]
fn a_table_is_read_as_spreadsheets_write_it() {
    let expected: [(&str, &[u64]); 2] = [("/a, b", &[841, 5, 0]), ("c", &[0, 0, 2])];
    for table in [
        "article,reads,reaction:happy,share:whatsapp\n\"/a, b\",841,5,\nc,,0,2\n",
        "\u{feff}article;reads;reaction:happy;share:whatsapp\r\n/a, b;841;5;\r\n\r\nc;;0;2\r\n",
        "article\treads\treaction:happy\tshare:whatsapp\n/a, b\t841\t5\t\nc\t\t0\t2",
    ] {
        let contents = csv(table.as_bytes()).unwrap();
        assert_eq!(
            names(&contents),
            ["reads", "reaction:happy", "share:whatsapp"]
        );
        assert_eq!(counts(&contents), expected, "{table}");
    }
}

#[test]
fn errors_in_a_table_are_named_by_line_and_column() {
    refused(
        csv("article,reads\na,1.200\nb,-1\n".as_bytes()),
        &["line 2, reads: `1.200`", "line 3, reads: `-1`"],
    );
    refused(
        csv("article,reads\na,1\n,2\n".as_bytes()),
        &["line 3, article"],
    );
    refused(
        csv("article,reads\na,1\na,2\n".as_bytes()),
        &["line 3, article", "line 2 already"],
    );
    refused(
        csv("article,reads\na,9007199254740992\n".as_bytes()),
        &["line 2, reads", "9007199254740991"],
    );
    refused(
        csv("article,raeds\na,1\n".as_bytes()),
        &["line 1", "`raeds`", "article,reads"],
    );
    refused(
        csv("article,reads,reads\na,1,1\n".as_bytes()),
        &["line 1", "twice"],
    );
    for table in ["reads\n1\n", "article\na\n", ""] {
        refused(csv(table.as_bytes()), &["line 1", "article,reads"]);
    }
    let bad = format!("article,reads\n{}", "a,x\n".repeat(50));
    assert!(
        csv(bad.as_bytes())
            .and_then(ExportContents::strict)
            .unwrap_err()
            .to_string()
            .lines()
            .count()
            <= MAX_ROW_ERRORS + 2
    );
}

#[test]
fn a_table_of_many_columns_takes_time_in_proportion() {
    let columns: Vec<_> = (0..150_000)
        .map(|number| format!("share:x{number}"))
        .collect();
    let table = format!(
        "article,{}\na,{}\n",
        columns.join(","),
        vec!["1"; columns.len()].join(",")
    );
    let begun = std::time::Instant::now();
    assert_eq!(csv(table.as_bytes()).unwrap().metrics.len(), columns.len());
    // A quadratic comparison would take minutes.
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}

#[test]
fn a_line_is_as_long_as_that_of_an_export_at_most() {
    let long = "x".repeat(usize::try_from(store::export_format::MAX_LINE_BYTES).unwrap() + 1);
    let path = format!("{{\"id\":1,\"path\":\"/a\",\"title\":\"{long}\"}}\n");
    let with = |name, text: &str| {
        let files = [
            ("info.json", INFO),
            ("paths.jsonl", PATHS),
            ("hit_stats.jsonl", HIT_STATS),
        ];
        goatcounter_zip(&zip(
            &files.map(|file| if file.0 == name { (name, text) } else { file })
        ))
    };
    refused(
        with("paths.jsonl", &format!("{PATHS}{path}")),
        &["paths.jsonl, line 5", "at most 16777216 bytes"],
    );
    refused(
        with("info.json", &format!("{{\"export_version\":\"{long}\"}}")),
        &["info.json", "at most 16777216 bytes"],
    );
    refused(
        goatcounter(format!("{HITS}{long}").as_bytes()),
        &["at most 16777216 bytes"],
    );
    refused(
        csv(format!("article,reads\n{long},1\n").as_bytes()),
        &["at most 16777216 bytes"],
    );
}

/// The reads of each article.
fn reads(contents: &ExportContents) -> Vec<(&str, u64)> {
    contents
        .articles
        .iter()
        .map(|(key, counts)| (key.as_str(), counts[0]))
        .collect()
}

#[test]
fn a_wrong_row_is_named_and_the_others_are_imported() {
    let table = "article,reads\n/a,1\n/b,-1\n/c,many\n/d,2,3\n/e,NULL\n/a,5\n/f,0\n/g,7\n";
    let contents = csv(table.as_bytes()).unwrap();
    assert_eq!(reads(&contents), [("/a", 1), ("/f", 0), ("/g", 7)]);
    let rows: Vec<_> = contents
        .row_errors
        .iter()
        .map(|place| &*place.row)
        .collect();
    assert_eq!(
        (rows, contents.errors),
        (vec!["line 3", "line 4", "line 5", "line 6", "line 7"], 5)
    );
    assert!(contents.strict().is_err());
    let many = format!("article,reads\n/a,1\n{}", "/b,x\n".repeat(500));
    let contents = csv(many.as_bytes()).unwrap();
    assert_eq!(
        (reads(&contents), contents.row_errors.len(), contents.errors),
        (vec![("/a", 1)], MAX_ROW_ERRORS, 500)
    );

    let hits = format!("{HITS}/b,,maybe,,,,,0,,,,,1,x\n/c,\n/d,,0,,,,x,0,,,,ID,1,x\n");
    let contents = goatcounter(hits.as_bytes()).unwrap();
    assert_eq!((reads(&contents).len(), contents.errors), (4, 2));
    let stats = format!("{HIT_STATS}{{\"path_id\":9}}\n\n{{\"path_id\":212,\"count\":1}}\n");
    let files = [
        ("info.json", INFO),
        ("paths.jsonl", PATHS),
        ("hit_stats.jsonl", &stats),
    ];
    let contents = goatcounter_zip(&zip(&files)).unwrap();
    assert_eq!(
        (reads(&contents)[0], contents.errors),
        (("/2015/fgd", 9), 1)
    );
}

#[test]
fn page_tables_of_web_analytics_are_read_as_they_are_exported() {
    let utf16 = |text: &str| {
        [
            &[0xff, 0xfe][..],
            &text
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect::<Vec<_>>(),
        ]
        .concat()
    };
    let matomo = "label,nb_visits,nb_hits,bounce_rate,metadata_url\n/2015/fgd,700,841,10%,https://news.example/2015/fgd\n\
                  \"/a, b \u{1f95e}\",2,3,0%,\"https://news.example/a,%20b%20%F0%9F%A5%9E\"\nOthers,9,9,0%,\n";
    for (about, table, expected) in [
        ("Matomo", utf16(matomo), vec![("/2015/fgd", 841), ("/a, b \u{1f95e}", 3)]),
        (
            "Matomo, translated",
            b"\xef\xbb\xbfLabel,Unique Pageviews,Pageviews,Metadata: url\nfgd,700,841,https://news.example/fgd\n".to_vec(),
            vec![("/fgd", 841)],
        ),
        (
            "Plausible",
            b"name,visitors,pageviews,bounce_rate,time_on_page,scroll_depth\n/,9,12,3,4,5\n/fgd,7,841,10,31,80\n".to_vec(),
            vec![("/fgd", 841)],
        ),
        (
            "Plausible's days",
            b"\"date\",\"hostname\",\"page\",\"visits\",\"visitors\",\"pageviews\"\n\
              \"2026-01-01\",\"news.example\",\"/fgd\",1,1,2\n\"2026-01-02\",\"news.example\",\"/fgd\",1,1,3\n"
                .to_vec(),
            vec![("/fgd", 5)],
        ),
        ("Umami", b"page,visitors,views\n/fgd,7,841\n".to_vec(), vec![("/fgd", 841)]),
        (
            "Google Analytics 4",
            b"# ----------------------------------------\n# Pages and screens: Page path and screen class\n# Account: News\n\
              # Start date: 20260101\n# End date: 20260131\n\nPage path and screen class,Views,Active users\n\
              ,2276,9,Grand total\n/fgd,1234,40\n/b%C3%A9rita?id=7,\"1,042\",2\n(not set),3,1\n/c,,\n\n# Next\n"
                .to_vec(),
            vec![("/b\u{e9}rita?id=7", 1042), ("/fgd", 1234)],
        ),
        (
            "Google Analytics 4, Indonesian",
            "\u{feff}# Laman dan layar\r\nJalur halaman dan class layar;Tayangan\r\n/fgd;1.234\r\n/d;1\u{a0}000\r\nTotal;2.234\r\n".into(),
            vec![("/d", 1000), ("/fgd", 1234)],
        ),
        (
            "a database's client",
            b"url\thit\n/artikel/2015/11/17/fgd\t841\nnews.example/b\t7\n/c\tNULL\n/d\t-1\n/e\t0\n".to_vec(),
            vec![("/artikel/2015/11/17/fgd", 841), ("/b", 7)],
        ),
    ] {
        let contents = pages(&table[..], &PageColumns::default()).unwrap();
        assert_eq!(reads(&contents), expected, "{about}");
    }
    let named = PageColumns {
        page: Some("Tautan".into()),
        reads: Some("Banyaknya".into()),
    };
    assert_eq!(
        reads(&pages("Tautan;Banyaknya\n/a;7\n".as_bytes(), &named).unwrap()),
        [("/a", 7)]
    );
    refused(
        pages(
            "Tautan;Banyaknya\n/a;7\n".as_bytes(),
            &PageColumns::default(),
        ),
        &["--columns page=HEADING"],
    );
    refused(
        pages("".as_bytes(), &PageColumns::default()),
        &["no heading"],
    );
    refused(
        pages("page,views\n/a,1.5\n".as_bytes(), &PageColumns::default()),
        &["line 2, views: `1.5`"],
    );
}

#[test]
fn separators_of_thousands_are_not_decimals() {
    for (text, expected) in [
        ("1,234", Some(1234)),
        ("1.234.567", Some(1_234_567)),
        ("1 234", Some(1234)),
        ("1\u{202f}234", Some(1234)),
        ("12'345", Some(12_345)),
        ("1234", Some(1234)),
        ("1.5", None),
        ("1,23", None),
        ("1234,567", None),
        ("1,234.567", None),
        (",234", None),
        ("-1", None),
        ("", None),
    ] {
        assert_eq!(grouped_count(text).ok(), expected, "{text}");
    }
}

#[test]
fn the_dry_run_names_duplicates_and_unrequested_keys() {
    let table = "page,views\n/a,1\n/a-b,1\n/a/,2\nhttps://news.example/a,3\nhttps://www.news.example/%61,4\n/b?utm_source=x,5\n\
                 /b,6\n/100%25/%FF,7\n/feed/,8\n/,9\n";
    let contents = pages(table.as_bytes(), &PageColumns::default()).unwrap();
    let notes = contents.notes.join("\n");
    for words in [
        "several hosts (news.example, www.news.example)",
        "same article: 2 (`https://news.example/a` is /a, `https://www.news.example/%61` is /a)",
        "differ by a slash: keep the one that the pages have, with `gema alias OTHER KEPT`: 1 (/a/ and the same without /)",
        "follow links: 1 (/b?utm_source=x)",
        "cannot be decoded: 1 (/100%25/%FF)",
        "no articles: feeds, administration, machines' files: 1 (/feed/)",
    ] {
        assert!(notes.contains(words), "{words}: {notes}");
    }
    assert_eq!(
        contents.skipped,
        [("rows of the home page".to_owned(), 1)].into()
    );
}

/// An export of WordPress 6.5, in the form of `wp-admin/includes/export.php`.
const WXR: &str = r#"<?xml version="1.0" encoding="UTF-8" ?>
<!-- This is a WordPress eXtended RSS file generated by WordPress as an export of your site. -->
<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/"><channel>
<title>News</title><link>https://news.example</link><wp:wxr_version>1.2</wp:wxr_version>
<item><title><![CDATA[FGD <wp:meta_key>views</wp:meta_key>]]></title><link>https://news.example/2015/fgd/</link>
<content:encoded><![CDATA[<p>A > B</p></item><wp:meta_value>9999</wp:meta_value>]]></content:encoded>
<wp:post_id>7</wp:post_id><wp:status><![CDATA[publish]]></wp:status><wp:post_type><![CDATA[post]]></wp:post_type>
<wp:postmeta><wp:meta_key><![CDATA[_edit_last]]></wp:meta_key><wp:meta_value><![CDATA[1]]></wp:meta_value></wp:postmeta>
<wp:postmeta>
<wp:meta_key><![CDATA[views]]></wp:meta_key>
<wp:meta_value><![CDATA[1,841]]></wp:meta_value>
</wp:postmeta>
<wp:postmeta><wp:meta_key><![CDATA[views]]></wp:meta_key><wp:meta_value><![CDATA[800]]></wp:meta_value></wp:postmeta>
</item>
<item><link>https://news.example/?p=8&#038;preview=1</link><wp:post_id>8</wp:post_id><wp:status><![CDATA[draft]]></wp:status>
<wp:post_type><![CDATA[post]]></wp:post_type>
<wp:postmeta><wp:meta_key><![CDATA[views]]></wp:meta_key><wp:meta_value><![CDATA[3]]></wp:meta_value></wp:postmeta></item>
<item><link>https://news.example/b/</link><wp:post_id>9</wp:post_id><wp:status><![CDATA[publish]]></wp:status>
<wp:post_type><![CDATA[post]]></wp:post_type>
<wp:postmeta><wp:meta_key><![CDATA[views]]></wp:meta_key><wp:meta_value><![CDATA[many]]></wp:meta_value></wp:postmeta></item>
<item><link>https://news.example/c/</link><wp:post_id>10</wp:post_id><wp:status><![CDATA[publish]]></wp:status>
<wp:post_type><![CDATA[post]]></wp:post_type></item>
</channel></rss>
"#;

#[test]
fn wordpress_views_are_those_of_published_posts() {
    let by_link = PageColumns::default();
    let contents = wordpress(WXR.as_bytes(), &by_link).unwrap();
    assert_eq!(reads(&contents), [("/2015/fgd/", 1841)]);
    assert_eq!(
        contents.skipped,
        [("posts that are not published, or no articles".to_owned(), 1)].into()
    );
    assert_eq!(
        (
            &*contents.row_errors[0].row,
            &*contents.row_errors[0].column,
            contents.errors
        ),
        ("post 9", "views", 1)
    );
    let by_id = PageColumns {
        page: Some("id".into()),
        reads: None,
    };
    assert_eq!(
        reads(&wordpress(WXR.as_bytes(), &by_id).unwrap()),
        [("wp-7", 1841)]
    );
    let edits = PageColumns {
        page: None,
        reads: Some("_edit_last".into()),
    };
    assert_eq!(
        reads(&wordpress(WXR.as_bytes(), &edits).unwrap()),
        [("/2015/fgd/", 1)]
    );
    let both = WXR.replacen("_edit_last", "post_views_count", 1);
    refused(
        wordpress(both.as_bytes(), &by_link),
        &["`post_views_count`, `views`", "--columns reads=FIELD"],
    );
    refused(
        wordpress(WXR.replace("[views]", "[x]").as_bytes(), &by_link),
        &["no post of it has a field of views"],
    );
    refused(
        wordpress("<rss></rss>".as_bytes(), &by_link),
        &["not an export of WordPress"],
    );
    let long = WXR.replace("A > B", &"x".repeat(1 << 20));
    assert_eq!(
        reads(&wordpress(long.as_bytes(), &by_link).unwrap()),
        [("/2015/fgd/", 1841)]
    );
}

/// An export in the form of Koko Analytics' `Data_Exporter`, which escapes no quotes.
const KOKO: &str = "INSERT INTO wp_koko_analytics_site_stats (date, visitors, pageviews) VALUES (\"2026-01-01\", 9, 12);\n\
INSERT INTO wp_koko_analytics_paths (id, path) VALUES (1,\"/\"),(2,\"/fgd/\"),(3,\"/b%C3%A9rita/(1),x;\"),(4,\"/q\"r/\");\n\
INSERT INTO wp_koko_analytics_post_stats (date, path_id, post_id, visitors, pageviews) VALUES \
(\"2026-01-01\",1,0,5,9),(\"2026-01-01\",2,7,3,4),(\"2026-01-02\",2,7,3,837),(\"2026-01-02\",3,8,1,2),(\"2026-01-02\",4,9,1,5),(\"2026-01-02\",5,9,1,6),(\"2026-01-02\",2,9,1,-6);\n\
INSERT INTO wp_koko_analytics_referrer_urls (id, url) VALUES (1,\"a.example\");\n";

#[test]
fn wordpress_own_export_is_read() {
    // Exported by WordPress 6.5.5; the posts were made up.
    let export = include_bytes!("../fixtures/wordpress-6.5.5.xml");
    let contents = wordpress(&export[..], &PageColumns::default()).unwrap();
    let expected = [
        ("/2015/11/banjir/", 1042),
        ("/2015/11/fgd-e-government-korea/", 841),
        ("/2015/11/ganda/", 9),
        ("/2015/11/kafe/", 7),
        ("/laman/", 33),
    ];
    assert_eq!(reads(&contents), expected);
    let skipped = [
        ("posts that are not published, or no articles", 1),
        ("posts without views", 1),
    ];
    assert_eq!(
        contents.skipped,
        skipped.map(|(why, posts)| (why.to_owned(), posts)).into()
    );
    let wrong: Vec<_> = contents
        .row_errors
        .iter()
        .map(RowError::to_string)
        .collect();
    assert_eq!(wrong.len(), 2, "{wrong:?}");
    assert!(
        wrong[0].contains("views: `-3`") && wrong[1].contains("views: `` is not a count"),
        "{wrong:?}"
    );
}

#[test]
fn koko_analytics_views_are_those_of_its_paths() {
    let contents = koko(KOKO.as_bytes()).unwrap();
    assert_eq!(
        reads(&contents),
        [("/b\u{e9}rita/(1),x;", 2), ("/fgd/", 841), ("/q\"r/", 5)]
    );
    let skipped = [
        ("page views of paths that the export does not have", 6),
        ("page views of the home page", 9),
    ];
    assert_eq!(
        contents.skipped,
        skipped.map(|(why, rows)| (why.to_owned(), rows)).into()
    );
    assert_eq!(
        contents.row_errors[0].to_string(),
        "post_stats, row 7, pageviews: `-6` is not a count"
    );
    refused(
        koko(KOKO.replace("path_id, ", "").as_bytes()),
        &["Koko Analytics 1"],
    );
    refused(koko(&KOKO.as_bytes()[..420]), &["is it complete"]);
    for other in ["", "CREATE TABLE a (b);", "article,reads\n"] {
        refused(koko(other.as_bytes()), &["not an export of Koko Analytics"]);
    }
}

#[test]
fn open_hearts_emoji_are_reactions_as_the_mapping_says() {
    let answers = "https://news.example/a\t{\"❤️\":14,\"🥨\":2}\n\n/b\t{}\nhttps://news.example/\t{\"❤️\":9}\n/c\t{\"❤️\":-1}\n\
                   /d {\"❤️\":1}\nx\t{\"❤️\":1}\nhttps://www.news.example/a\t{\"❤️\":1}\n";
    let whole = mapping(&[("❤️", Some("inspired")), ("🥨", None)]);
    let contents = open_heart(answers.as_bytes(), &whole).unwrap();
    let expected: [(&str, &[u64]); 2] = [("/a", &[15]), ("/b", &[0])];
    assert_eq!(
        (names(&contents), counts(&contents)),
        (vec!["reaction:inspired".to_owned()], expected.to_vec())
    );
    let rows: Vec<_> = contents
        .row_errors
        .iter()
        .map(|place| format!("{}, {}", place.row, place.column))
        .collect();
    assert_eq!(
        rows,
        ["line 5, answer", "line 6, address", "line 7, address"]
    );
    assert_eq!(
        contents.skipped,
        [("lines of the home page".to_owned(), 1)].into()
    );
    refused(
        open_heart(answers.as_bytes(), &Mapping::new()),
        &["🥨 (2 votes)", "--map"],
    );
    refused(
        open_heart("".as_bytes(), &Mapping::new()),
        &["nothing to take over"],
    );
}

#[test]
fn a_hundred_thousand_rows_take_seconds() {
    use std::fmt::Write as _;
    let rows = 100_000;
    let (mut hits, mut table) = (
        HITS[..=HITS.find('\n').unwrap()].to_owned(),
        "page,views\n".to_owned(),
    );
    for row in 0..rows {
        let _ = writeln!(
            hits,
            "/2015/{}/fgd,\"FGD, Korea\",0,,Firefox 128,Linux,a0,0,,,,ID,1,2015-11-17T05:00:00Z",
            row % 5000
        );
        let _ = writeln!(table, "https://news.example/2015/{row}/fgd,\"1,234\"");
    }
    for (name, read) in [
        (
            "goatcounter",
            (&|| goatcounter(hits.as_bytes())) as &dyn Fn() -> Result<ExportContents, ReadError>,
        ),
        ("pages", &|| {
            pages(table.as_bytes(), &PageColumns::default())
        }),
    ] {
        let begun = std::time::Instant::now();
        let sum: u64 = read()
            .unwrap()
            .articles
            .values()
            .map(|counts| counts[0])
            .sum();
        println!("{name}: {rows} rows, {sum} reads, {:?}", begun.elapsed());
        assert!(
            begun.elapsed().as_secs() < 30,
            "{name}: {:?}",
            begun.elapsed()
        );
    }
}
