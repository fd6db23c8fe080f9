use super::{
    counts,
    goatcounter::{HIT_STATS, HITS, INFO, PATHS},
    names, reads, refused, zip,
};
use crate::*;

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
