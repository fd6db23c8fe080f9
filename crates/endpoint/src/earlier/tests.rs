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

/// As GoatCounter 2.5 writes it.
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
    let expected: [(&str, &[u64]); 3] = [("/2015/fgd", &[2]), ("/berita?id=7", &[1]), ("/bérita", &[1])];
    assert_eq!(counts(&earlier), expected);
    let skipped = [("events", 1), ("page views of bots", 1), ("page views of the home page", 1)];
    assert_eq!(earlier.skipped, skipped.map(|(why, rows)| (why.to_owned(), rows)).into());

    let first = "1Path,Title,Event,Bot,Session,FirstVisit,Referrer,Referrer scheme,Browser,Screen size,Location,Date\n\
                 /a,A,false,0,x,true,,,,,ID,2020-01-01T00:00:00Z\n";
    let expected: [(&str, &[u64]); 1] = [("/a", &[1])];
    assert_eq!(counts(&goatcounter(first.as_bytes()).unwrap()), expected);
}

#[test]
fn what_is_wrong_with_a_row_of_goatcounters_is_named() {
    let row = |row: &str| goatcounter(format!("{}{row}\n", &HITS[..HITS.find('\n').unwrap() + 1]).as_bytes());
    refused(row("/a,,maybe,,,,,0,,,,,true,x"), &["line 2", "Event", "`maybe`"]);
    refused(row("/a,,false,,,,,many,,,,,true,x"), &["line 2", "Bot", "`many`"]);
    refused(row("/a,,false"), &["2"]);
    refused(goatcounter(HITS.replace("2Path", "3Path").as_bytes()), &["version 3"]);
    refused(goatcounter("article,reads\na,1\n".as_bytes()), &["2Path"]);
    refused(goatcounter("".as_bytes()), &["2Path"]);
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
fn what_waline_does_not_say_is_asked_for() {
    let said = |mapping: &Mapping| waline(WALINE.as_bytes(), mapping);
    refused(said(&Mapping::new()), &["reaction0 (5 votes), reaction2 (3 votes)", "--map reaction0=…,reaction2=…"]);
    refused(said(&mapping(&[("reaction0", None)])), &["reaction2 (3 votes)", "--map"]);
    refused(said(&mapping(&[("reaction9", None)])), &["no `reaction9`"]);
    refused(waline(WALINE.replace("841", "\"many\"").as_bytes(), &Mapping::new()), &["Counter, row 1, time", "`many`"]);
    refused(waline(WALINE.replace("\"/\"", "7").as_bytes(), &Mapping::new()), &["Counter, row 4, url"]);
    refused(waline(WALINE.replace("\"waline\"", "\"artalk\"").as_bytes(), &Mapping::new()), &["no export of Waline"]);
    refused(waline("{}".as_bytes(), &Mapping::new()), &["no export of Waline"]);
    refused(waline("a,b".as_bytes(), &Mapping::new()), &["no JSON"]);
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
