/// GoatCounter.
mod goatcounter;
/// Rows that no export should have, and how each importer treats them.
mod odd_rows;
/// Open Heart.
mod open_heart;
/// Tables of starting counts, and of page views.
mod tables;
/// Waline.
mod waline;
/// WordPress and Koko Analytics.
mod wordpress;

use goatcounter::{HIT_STATS, HITS, INFO, PATHS};

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

/// The reads of each article.
fn reads(contents: &ExportContents) -> Vec<(&str, u64)> {
    contents
        .articles
        .iter()
        .map(|(key, counts)| (key.as_str(), counts[0]))
        .collect()
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

/// Files as `export_json.go` of GoatCounter writes them.
fn zip(files: &[(&str, &str)]) -> Vec<u8> {
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

fn mapping(pairs: &[(&str, Option<&str>)]) -> Mapping {
    let option = |option: &str| wire::Reaction::parse(option).unwrap();
    pairs
        .iter()
        .map(|(name, to)| ((*name).to_owned(), to.map(option)))
        .collect()
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
