use earlier::{Earlier, Mapping, PageColumns, Refused};

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
fn told(read: Result<Earlier, Refused>) {
    match read {
        Ok(earlier) => {
            assert!(
                earlier
                    .articles
                    .values()
                    .all(|counts| counts.len() == earlier.metrics.len())
            );
            assert!(
                earlier
                    .articles
                    .values()
                    .flatten()
                    .all(|count| *count < 1 << 53)
            );
        }
        Err(refused) => assert!(!refused.to_string().is_empty()),
    }
}

pub(crate) fn waline(bytes: &[u8]) {
    let option = wire::Reaction::parse("happy").ok();
    for mapping in [
        Mapping::new(),
        [("reaction0".into(), option), ("reaction1".into(), None)].into(),
    ] {
        told(earlier::waline(bytes, &mapping));
        told(earlier::open_heart(bytes, &mapping));
    }
}

pub(crate) fn goatcounter(bytes: &[u8]) {
    told(earlier::goatcounter(bytes));
    told(earlier::goatcounter_zip(bytes));
}

pub(crate) const PAGES: &[&[u8]] = &[
    b"# A\n\nPage path,Views\n/a,\"1,234\"\nnews.example/b,1.234\nTotal,2468\n",
    b"<rss><wp:wxr_version>1.2</wp:wxr_version><item><link>https://news.example/a</link><wp:status><![CDATA[publish]]></wp:status>\
      <wp:postmeta><wp:meta_key><![CDATA[views]]></wp:meta_key><wp:meta_value><![CDATA[7]]></wp:meta_value></wp:postmeta></item></rss>",
    b"INSERT INTO wp_koko_analytics_paths (id, path) VALUES (1,\"/a\");\n\
      INSERT INTO wp_koko_analytics_post_stats (date, path_id, post_id, visitors, pageviews) VALUES (\"2026-01-01\",1,2,3,4);\n",
];

pub(crate) fn pages(bytes: &[u8]) {
    let columns = PageColumns::default();
    told(earlier::pages(bytes, &columns));
    told(earlier::wordpress(bytes, &columns));
    told(earlier::koko(bytes));
}

pub(crate) fn csv(bytes: &[u8]) {
    told(earlier::csv(bytes));
}
