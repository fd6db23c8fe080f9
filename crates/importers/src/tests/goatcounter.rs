use super::{counts, names, refused, zip};
use crate::*;

/// An export of GoatCounter 2.5.
pub(super) const HITS: &str = "\
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

pub(super) const INFO: &str = r#"{ "export_version": "1.0", "goatcounter_version": "v2.8.0", "created_for": "news.goatcounter.com",
  "created_by": "user_id=1 <a@b.example>", "created_at": "2026-03-07T16:49:27Z" }"#;

pub(super) const PATHS: &str = r#"{"id":211,"path":"/","title":"Beranda"}
{"id":212,"path":"/2015/fgd","title":"FGD"}
{"id":213,"path":"/b%C3%A9rita?id=7","title":""}
{"id":214,"path":"unduh","title":"Unduh","event":true}
"#;

pub(super) const HIT_STATS: &str = r#"{"hour":"2026-03-05T19:00:00Z","path_id":211,"ref_id":1,"count":40}
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
