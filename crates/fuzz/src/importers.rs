use importers::{ExportContents, Mapping, PageColumns, ReadError};

pub(crate) const WALINE: &[&[u8]] = &[
    br#"{"type":"waline","version":1,"data":{"Comment":[{"comment":"{"}],"Counter":[{"url":"/a","time":12,"reaction0":3},{"url":"/b%C3%A9?c=1","time":"7","reaction1":null}],"Users":[]}}"#,
    br#"{"errno":0,"data":{"type":"waline","data":{"Counter":[{"url":"https://news.example/a#b","time":1}]}}}"#,
];

pub(crate) const GOATCOUNTER: &[&[u8]] = &[
    b"2Path,Title,Event,UserAgent,Browser,System,Session,Bot,Referrer,Referrer scheme,Screen size,Location,FirstVisit,Date\n/a,\"A, \"\"b\"\"\",false,,,,x,0,,,,ID,true,2015-11-17T05:00:00Z\n",
    b"1Path,Title,Event,Bot,FirstVisit\n/a,A,false,0,1\nx,X,1,0,1\n/,,f,7,t\n/b,,0,0,0\n",
];

pub(crate) const CSV: &[&[u8]] = &[
    b"article,reads,reaction:happy,share:whatsapp\n\"/a, b\",841,5,\nc,,0,2\n",
    b"\xef\xbb\xbfarticle;reads\r\n/a;9007199254740991\r\n",
];

/// Checks the result: an export has a valid count for each metric, a rejection has a message.
fn told(read: Result<ExportContents, ReadError>) {
    match read {
        Ok(contents) => {
            assert!(
                contents
                    .articles
                    .values()
                    .all(|counts| counts.len() == contents.metrics.len())
            );
            assert!(
                contents
                    .articles
                    .values()
                    .flatten()
                    .all(|count| *count < 1 << 53)
            );
        }
        Err(refused) => assert!(!refused.to_string().is_empty()),
    }
}

/// Without a mapping, and with one that gives the first an option and leaves the second out.
fn mappings(first: &str, second: &str) -> [Mapping; 2] {
    let option = wire::Reaction::parse("happy").ok();
    [
        Mapping::new(),
        [(first.into(), option), (second.into(), None)].into(),
    ]
}

pub(crate) fn waline(bytes: &[u8]) {
    for mapping in mappings("reaction0", "reaction1") {
        told(importers::waline(bytes, &mapping));
    }
}

pub(crate) const OPEN_HEART: &[&[u8]] = &[
    "https://news.example/a\t{\"❤️\":14,\"😢\":2}\n/b%20c\t{\"❤️\":1}\n\nx\n".as_bytes(),
    "/a\t{}\n//news.example/\t{\"😢\":9007199254740993}\n".as_bytes(),
];

pub(crate) fn open_heart(bytes: &[u8]) {
    for mapping in mappings("❤️", "😢") {
        told(importers::open_heart(bytes, &mapping));
    }
}

pub(crate) fn goatcounter(bytes: &[u8]) {
    told(importers::goatcounter(bytes));
}

pub(crate) const GOATCOUNTER_ZIP: &[&[u8]] = &[include_bytes!("../seeds/goatcounter.zip")];

pub(crate) fn goatcounter_zip(bytes: &[u8]) {
    told(importers::goatcounter_zip(bytes));
}

pub(crate) const PAGES: &[&[u8]] = &[
    b"# A\n\nPage path,Views\n/a,\"1,234\"\nnews.example/b,1.234\nTotal,2468\n",
    b"\xff\xfeu\x00r\x00l\x00,\x00h\x00i\x00t\x00\n\x00/\x00a\x00,\x007\x00\n\x00",
];

pub(crate) fn pages(bytes: &[u8]) {
    told(importers::pages(bytes, &PageColumns::default()));
    let named = PageColumns {
        page: Some("url".into()),
        reads: Some("b".into()),
    };
    told(importers::pages(bytes, &named));
}

pub(crate) const WORDPRESS: &[&[u8]] = &[
    b"<rss><wp:wxr_version>1.2</wp:wxr_version><item><link>https://news.example/a</link><wp:post_id>7</wp:post_id>\
      <wp:status><![CDATA[publish]]></wp:status><wp:postmeta><wp:meta_key><![CDATA[views]]></wp:meta_key>\
      <wp:meta_value><![CDATA[7]]></wp:meta_value></wp:postmeta></item></rss>",
    b"<wp:wxr_version/><item><link>/a?b=1&#038;c=2</link><wp:status>publish</wp:status><wp:meta_key>views</wp:meta_key>\
      <wp:meta_value>1,841</wp:meta_value><content:encoded><![CDATA[a]]]]><![CDATA[>b]]></content:encoded></item>",
];

pub(crate) fn wordpress(bytes: &[u8]) {
    let by_id = PageColumns {
        page: Some("id".into()),
        reads: Some("views".into()),
    };
    for columns in [PageColumns::default(), by_id] {
        told(importers::wordpress(bytes, &columns));
    }
}

pub(crate) const KOKO: &[&[u8]] = &[
    b"INSERT INTO wp_koko_analytics_paths (id, path) VALUES (1,\"/a\"),(2,\"/b\"c\");\n\
      INSERT INTO wp_koko_analytics_post_stats (date, path_id, post_id, visitors, pageviews) VALUES (\"2026-01-01\",1,2,3,4);\n",
];

pub(crate) fn koko(bytes: &[u8]) {
    told(importers::koko(bytes));
}

pub(crate) fn csv(bytes: &[u8]) {
    told(importers::csv(bytes));
}
