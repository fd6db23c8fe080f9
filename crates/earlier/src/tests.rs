use super::*;

fn counts(earlier: &Earlier) -> Vec<(&str, &[u64])> {
    earlier.articles.iter().map(|(key, counts)| (key.as_str(), &counts[..])).collect()
}

fn names(earlier: &Earlier) -> Vec<String> {
    earlier.metrics.iter().map(Metric::name).collect()
}

fn refused(result: Result<Earlier, Refused>, words: &[&str]) {
    let said = result.unwrap_err().to_string();
    assert!(words.iter().all(|word| said.contains(word)), "{words:?}: {said}");
}

/// As exported by GoatCounter 2.5.
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
fn goatcounters_page_views_are_reads_and_its_events_and_bots_are_not() {
    let earlier = goatcounter(HITS.as_bytes()).unwrap();
    assert_eq!(names(&earlier), ["reads"]);
    let expected: [(&str, &[u64]); 3] = [("/2015/fgd", &[1]), ("/berita?id=7", &[1]), ("/bérita", &[1])];
    assert_eq!(counts(&earlier), expected);
    let skipped = [
        ("events", 1),
        ("page views of bots", 1),
        ("page views of the home page", 1),
        ("page views that were not the first of their visit", 1),
    ];
    assert_eq!(earlier.skipped, skipped.map(|(why, rows)| (why.to_owned(), rows)).into());
    let of_sqlite = HITS.replace(",true,", ",1,").replace(",false,", ",0,");
    assert_ne!(of_sqlite, HITS);
    assert_eq!(goatcounter(of_sqlite.as_bytes()).unwrap(), earlier);

    let first = "1Path,Title,Event,Bot,Session,FirstVisit,Referrer,Referrer scheme,Browser,Screen size,Location,Date\n\
                 /a,A,false,0,x,true,,,,,ID,2020-01-01T00:00:00Z\n";
    let expected: [(&str, &[u64]); 1] = [("/a", &[1])];
    assert_eq!(counts(&goatcounter(first.as_bytes()).unwrap()), expected);
}

#[test]
fn what_is_wrong_with_a_row_of_goatcounters_is_named() {
    let row = |row: &str| goatcounter(format!("{}{row}\n", &HITS[..HITS.find('\n').unwrap() + 1]).as_bytes());
    refused(row("/a,,maybe,,,,,0,,,,,true,x"), &["line 2", "Event", "`maybe`"]);
    refused(row("/a,,false,,,,,0,,,,,yes,x"), &["line 2", "FirstVisit", "`yes`"]);
    refused(row("/a,,false,,,,,many,,,,,true,x"), &["line 2", "Bot", "`many`"]);
    refused(row("/a,,false"), &["2"]);
    refused(goatcounter(HITS.replace("2Path", "3Path").as_bytes()), &["version 3"]);
    refused(goatcounter("article,reads\na,1\n".as_bytes()), &["2Path"]);
    refused(goatcounter("".as_bytes()), &["2Path"]);
}

/// As written by GoatCounter's `export_json.go`.
fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut archive = rawzip::ZipArchiveWriter::new(&mut bytes);
    for (name, text) in files {
        let path = format!("goatcounter-export-news-20260307T164927Z/{name}");
        let file = archive.new_file(&path).compression_method(rawzip::CompressionMethod::DEFLATE);
        let (mut entry, config) = file.start().unwrap();
        let mut writer = config.wrap(flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::default()));
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
    let whole = [("info.json", INFO), ("paths.jsonl", PATHS), ("refs.jsonl", "{}\n"), ("hit_stats.jsonl", HIT_STATS)];
    let earlier = goatcounter_zip(&zip(&whole)).unwrap();
    let expected: [(&str, &[u64]); 2] = [("/2015/fgd", &[8]), ("/bérita?id=7", &[2])];
    assert_eq!((names(&earlier), counts(&earlier)), (vec!["reads".to_owned()], expected.to_vec()));
    let skipped = [("events".to_owned(), 9), ("page views of the home page".to_owned(), 40)];
    assert_eq!(earlier.skipped, skipped.into());

    let with = |name, text| goatcounter_zip(&zip(&whole.map(|file| if file.0 == name { (name, text) } else { file })));
    refused(with("info.json", r#"{"export_version":"2.0"}"#), &["version 2.0"]);
    refused(with("hit_stats.jsonl", "{\"path_id\":1,\"count\":1}\n"), &["hit_stats.jsonl, line 1", "no path 1"]);
    refused(with("paths.jsonl", "{\"id\":1}\n"), &["paths.jsonl, line 1", "path"]);
    refused(goatcounter_zip(&zip(&whole[..3])), &["not a JSON export", "hit_stats.jsonl"]);
    refused(goatcounter_zip(&zip(&whole)[..300]), &["cannot be read"]);
    let mut damaged = zip(&whole);
    let at = damaged.windows(15).position(|bytes| bytes == b"hit_stats.jsonl").unwrap() + 30;
    damaged[at] ^= 0xff;
    assert!(goatcounter_zip(&damaged).is_err());
}

fn mapping(pairs: &[(&str, Option<&str>)]) -> Mapping {
    let option = |option: &str| wire::Reaction::parse(option).unwrap();
    pairs.iter().map(|(name, to)| ((*name).to_owned(), to.map(option))).collect()
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
fn walines_views_are_reads_and_its_reactions_are_what_the_mapping_says() {
    let earlier =
        waline(WALINE.as_bytes(), &mapping(&[("reaction0", Some("happy")), ("reaction2", Some("sad"))])).unwrap();
    assert_eq!(names(&earlier), ["reads", "reaction:happy", "reaction:sad"]);
    let expected: [(&str, &[u64]); 2] = [("/2015/fgd", &[841, 5, 3]), ("/berita/café", &[7, 0, 0])];
    assert_eq!(counts(&earlier), expected);
    assert_eq!(earlier.skipped, [("rows of the home page".to_owned(), 1)].into());

    let both = [("reaction0", Some("happy")), ("reaction2", Some("happy"))];
    assert_eq!(counts(&waline(WALINE.as_bytes(), &mapping(&both)).unwrap())[0].1, [841, 8]);
    let answer = format!("{{ \"errno\": 0, \"errmsg\": \"\", \"data\": {WALINE} }}");
    let without = mapping(&[("reaction0", None), ("reaction2", None)]);
    let earlier = waline(answer.as_bytes(), &without).unwrap();
    assert_eq!((names(&earlier), counts(&earlier)[0].1), (vec!["reads".to_owned()], &[841][..]));
}

#[test]
fn a_row_of_walines_that_is_of_no_use_stops_nothing() {
    let with = |row: &str| {
        let export = WALINE.replace(r#"{ "objectId": 4, "url": "/", "time": 9000 }"#, row);
        waline(export.as_bytes(), &mapping(&[("reaction0", Some("happy")), ("reaction2", Some("sad"))])).unwrap()
    };
    for (row, left_out) in [
        (r#"{ "objectId": 4, "url": null, "time": 9 }"#, "rows without an address"),
        (r#"{ "objectId": 4, "time": 9 }"#, "rows without an address"),
        (r#"{ "objectId": 4, "url": "/index.php", "time": 9 }"#, "only a query (?id=7) tells apart"),
    ] {
        let earlier = with(row);
        assert_eq!(counts(&earlier).len(), 2, "{row}");
        assert!(
            earlier.skipped.iter().any(|(why, rows)| why.contains(left_out) && *rows == 1),
            "{:?}",
            earlier.skipped
        );
    }
    for time in
        ["9223372036854775807", "9223372036854776000", "9.223372036854776e18", "\"9223372036854775808\"", "1e300"]
    {
        let earlier = with(&format!(r#"{{ "url": "/c", "time": {time}, "reaction0": 4 }}"#));
        assert_eq!(counts(&earlier)[2], ("/c", &[0, 4, 0][..]), "{time}");
        assert!(earlier.skipped.keys().any(|why| why.contains("`time`") && why.contains("too great")), "{time}");
    }
}

#[test]
fn an_earlier_counters_paths_become_the_keys_that_the_widget_asks_for() {
    let key = |path: &str| {
        let row = format!("2Path,Event,Bot,FirstVisit\n\"{}\",0,0,1\n", path.replace('"', "\"\""));
        counts(&goatcounter(row.as_bytes()).unwrap()).first().map(|(key, _)| (*key).to_owned())
    };
    // The results of `defaultKey` in `src/embed/context.js`, in a browser.
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
        // Keys have no control characters.
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
fn a_tables_addresses_become_the_keys_of_their_pages_and_its_keys_stay() {
    let table = "article,reads\nhttps://news.example/a,7\nHTTPS://WWW.News.example/a#b,1\nhttps://news.example/caf%C3%A9?id=1,2\n\
                 /b%20c,3\n//news.example/d,4\n/,100\nhttps://news.example/index.php,200\nfgd%20korea,5\ntag:a,6\n";
    let earlier = csv(table.as_bytes()).unwrap();
    let expected: [(&str, &[u64]); 6] =
        [("/a", &[8]), ("/b c", &[3]), ("/café?id=1", &[2]), ("/d", &[4]), ("fgd%20korea", &[5]), ("tag:a", &[6])];
    assert_eq!(counts(&earlier), expected);
    assert_eq!(earlier.skipped, [("rows of the home page".to_owned(), 2)].into());
    assert!(earlier.notes[0].contains("several hosts (news.example, www.news.example)"), "{:?}", earlier.notes);
    assert!(earlier.notes[1].contains("added up") && earlier.notes[1].ends_with("1 rows"), "{:?}", earlier.notes);
    let one = csv("article,reads\nhttps://news.example/a,7\n/b,1\n".as_bytes()).unwrap();
    assert_eq!(one.notes, Vec::<String>::new());
    refused(
        csv("article,reads\nhttps://a.example/a,1\nhttps://a.example/a,2\n".as_bytes()),
        &["line 3", "line 2 already"],
    );
}

#[test]
fn what_waline_does_not_say_is_asked_for() {
    let said = |mapping: &Mapping| waline(WALINE.as_bytes(), mapping);
    refused(said(&Mapping::new()), &["reaction0 (5 votes), reaction2 (3 votes)", "--map reaction0=…,reaction2=…"]);
    refused(said(&mapping(&[("reaction0", None)])), &["reaction2 (3 votes)", "--map"]);
    refused(said(&mapping(&[("reaction9", None)])), &["no `reaction9`"]);
    refused(waline(WALINE.replace("841", "\"many\"").as_bytes(), &Mapping::new()), &["Counter, row 1, time", "`many`"]);
    refused(waline(WALINE.replace("\"/\"", "7").as_bytes(), &Mapping::new()), &["Counter, row 4, url"]);
    refused(
        waline(WALINE.replace("\"waline\"", "\"artalk\"").as_bytes(), &Mapping::new()),
        &["not an export of Waline"],
    );
    refused(waline("{}".as_bytes(), &Mapping::new()), &["not an export of Waline"]);
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
        let earlier = csv(table.as_bytes()).unwrap();
        assert_eq!(names(&earlier), ["reads", "reaction:happy", "share:whatsapp"]);
        assert_eq!(counts(&earlier), expected, "{table}");
    }
}

#[test]
fn what_is_wrong_with_a_table_is_named_by_line_and_column() {
    refused(csv("article,reads\na,1.200\nb,-1\n".as_bytes()), &["line 2, reads: `1.200`", "line 3, reads: `-1`"]);
    refused(csv("article,reads\na,1\n,2\n".as_bytes()), &["line 3, article"]);
    refused(csv("article,reads\na,1\na,2\n".as_bytes()), &["line 3, article", "line 2 already"]);
    refused(csv("article,reads\na,9007199254740992\n".as_bytes()), &["line 2, reads", "9007199254740991"]);
    refused(csv("article,raeds\na,1\n".as_bytes()), &["line 1", "`raeds`", "article,reads"]);
    refused(csv("article,reads,reads\na,1,1\n".as_bytes()), &["line 1", "twice"]);
    for table in ["reads\n1\n", "article\na\n", ""] {
        refused(csv(table.as_bytes()), &["line 1", "article,reads"]);
    }
    let bad = format!("article,reads\n{}", "a,x\n".repeat(50));
    assert!(csv(bad.as_bytes()).unwrap_err().to_string().lines().count() <= MAX_WRONG + 2);
}

#[test]
fn a_table_of_many_columns_takes_time_in_proportion() {
    let columns: Vec<_> = (0..150_000).map(|number| format!("share:x{number}")).collect();
    let table = format!("article,{}\na,{}\n", columns.join(","), vec!["1"; columns.len()].join(","));
    let begun = std::time::Instant::now();
    assert_eq!(csv(table.as_bytes()).unwrap().metrics.len(), columns.len());
    // Comparing each with each takes minutes.
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}

#[test]
fn a_line_is_as_long_as_that_of_an_export_at_most() {
    let long = "x".repeat(usize::try_from(store::export_format::MAX_LINE_BYTES).unwrap() + 1);
    let path = format!("{{\"id\":1,\"path\":\"/a\",\"title\":\"{long}\"}}\n");
    let with = |name, text: &str| {
        let files = [("info.json", INFO), ("paths.jsonl", PATHS), ("hit_stats.jsonl", HIT_STATS)];
        goatcounter_zip(&zip(&files.map(|file| if file.0 == name { (name, text) } else { file })))
    };
    refused(with("paths.jsonl", &format!("{PATHS}{path}")), &["paths.jsonl, line 5", "at most 16777216 bytes"]);
    refused(with("info.json", &format!("{{\"export_version\":\"{long}\"}}")), &["info.json", "at most 16777216 bytes"]);
    refused(goatcounter(format!("{HITS}{long}").as_bytes()), &["at most 16777216 bytes"]);
    refused(csv(format!("article,reads\n{long},1\n").as_bytes()), &["at most 16777216 bytes"]);
}
