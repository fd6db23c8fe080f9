use std::{collections::HashMap, time::Duration};

use http::HeaderMap;
use proptest::prelude::*;
use serde::Deserialize;
use url::Url;

use super::*;

/// A web with canned responses.
#[derive(Default)]
struct Answers(HashMap<String, (HeaderMap, Vec<u8>)>);

impl Web for Answers {
    fn get(&self, url: &Url, _: &[(&str, &str)], _: u64) -> Result<Answer, Failure> {
        let (headers, body) = self
            .0
            .get(url.path())
            .cloned()
            .ok_or_else(|| Failure(format!("{url} does not answer")))?;
        Ok(Answer {
            url: url.clone(),
            redirects: Vec::new(),
            status: 200,
            headers,
            body,
            is_cut: false,
        })
    }

    fn sends_event(&self, _: &Url, _: &str, _: Duration) -> Option<bool> {
        None
    }
}

fn examined(markup: &str, address: &str) -> Report {
    let subject = Subject {
        address: Url::parse(address).unwrap(),
        markup: Some(markup.to_owned()),
        endpoint: None,
        site: None,
    };
    examine(&Answers::default(), &subject).unwrap()
}

fn ids(report: &Report) -> Vec<&str> {
    report.findings.iter().map(|finding| finding.id).collect()
}

#[derive(Deserialize)]
struct Vector {
    about: String,
    address: String,
    head: String,
    key: String,
}

#[test]
fn a_page_has_the_key_that_the_loader_gives_it() {
    let vectors = include_str!("../../../tests/fixtures/page_keys.json");
    for Vector {
        about,
        address,
        head,
        key,
    } in serde_json::from_str::<Vec<Vector>>(vectors).unwrap()
    {
        let address = Url::parse("https://news.example")
            .unwrap()
            .join(&address)
            .unwrap();
        let head = head.replace("{origin}", "https://news.example");
        let markup = format!(
            "<!doctype html><html><head><title>Judul</title>{head}</head><body><p>Isi</p></body></html>"
        );
        assert_eq!(page_key(&markup, &address), key, "{about}");
    }
}

#[test]
fn words_of_blockers_lists_are_found_in_the_host() {
    for (host, is_listed) in [
        ("stats.news.example", true),
        ("web-analytics.news.co.id", true),
        ("ads.news.example", true),
        ("share.news.example", true),
        ("gema.news.example", false),
        ("stats.example", false),
        ("status.news.example", false),
        ("adsense-free.news.example", false),
    ] {
        let tag = format!(
            "<html lang=id><script async src='https://{host}/embed.js' data-site=news></script><article>"
        );
        let report = examined(&tag, "https://news.example/a");
        assert_eq!(
            ids(&report).contains(&"blocklist-host"),
            is_listed,
            "{host}: {:?}",
            ids(&report)
        );
    }
}

#[test]
fn a_finding_has_the_line_of_the_source() {
    let markup = "<!doctype html>\n<html lang=id>\n<head>\n<title>a</title>\n\n<script\n  async data-src='https://gema.example/embed.js'></script>";
    let report = examined(markup, "https://news.example/a");
    let finding = report
        .findings
        .iter()
        .find(|finding| finding.id == "tag-moved-src")
        .unwrap();
    assert_eq!(finding.line, Some(7));
    assert!(finding.found.as_deref().unwrap().starts_with("<script"));
}

#[test]
fn the_report_contains_no_terminal_controls() {
    let report = examined(
        "<script async src='https://gema.example/embed.js' data-site='\u{1b}[2J\u{7}'></script>",
        "https://news.example/a",
    );
    assert!(!report.text().chars().any(|c| c.is_control() && c != '\n'));
}

/// Examines a page with these bytes and content type.
fn fetched(bytes: Vec<u8>, media: &str) -> Report {
    let headers = HeaderMap::from_iter([(http::header::CONTENT_TYPE, media.parse().unwrap())]);
    let subject = Subject {
        address: Url::parse("https://news.example/a").unwrap(),
        markup: None,
        endpoint: None,
        site: None,
    };
    examine(
        &Answers(HashMap::from([("/a".to_owned(), (headers, bytes))])),
        &subject,
    )
    .unwrap()
}

#[test]
fn a_page_is_read_in_its_own_encoding() {
    let markup = |charset: &str| {
        format!("<meta charset={charset}><gema-article article='caf\u{e9}'>Isi</gema-article>")
    };
    let utf_16: Vec<_> = markup("utf-8")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let latin: Vec<_> = markup("iso-8859-1")
        .chars()
        .map(|char| u8::try_from(char).unwrap())
        .collect();
    for (bytes, media) in [
        (markup("utf-8").into_bytes(), "text/html"),
        (markup("utf-16").into_bytes(), "text/html"),
        (
            markup("iso-8859-1").into_bytes(),
            "text/html; Charset=UTF-8",
        ),
        ([&[0xff, 0xfe], &utf_16[..]].concat(), "text/html"),
        (utf_16, "text/html; charset=\"utf-16le\""),
        (latin, "text/html"),
    ] {
        assert_eq!(
            fetched(bytes, media).article.as_deref(),
            Some("caf\u{e9}"),
            "{media}"
        );
    }
}

#[test]
fn a_page_of_nested_elements_is_examined_in_bounded_time() {
    for nested in [
        "<gema-article article=a>",
        "<div style='color: red'><gema-count>",
        "<article><div>",
        "<svg>",
        "<link rel=a><p><main>",
    ] {
        let begun = std::time::Instant::now();
        let report = examined(&nested.repeat(20_000), "https://news.example/a");
        assert!(
            begun.elapsed() < Duration::from_secs(15),
            "{nested}: {:?}",
            begun.elapsed()
        );
        assert!(
            report.findings.len() < 1_000,
            "{nested}: {} findings",
            report.findings.len()
        );
    }
}

/// Random sequences of markup that the doctor looks for.
fn markup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("<script async src='https://gema.example/embed.js' data-site='news'></script>".to_owned()),
        Just("<script type=text/plain data-src=/embed.js?site=x&endpoint=//a>".to_owned()),
        Just("<gema-article article='".to_owned()),
        Just("<gema-article/>".to_owned()),
        Just("</gema-article>".to_owned()),
        Just("<p><gema-article></p>".to_owned()),
        Just("<main><article>".to_owned()),
        Just("</article><article>".to_owned()),
        Just("<template><base href='".to_owned()),
        Just("<base href='data:,'>".to_owned()),
        Just("<link rel=canonical href='%zz%0A?utm_source=".to_owned()),
        Just("<meta http-equiv=content-security-policy content=\"script-src 'nonce-' 'strict-dynamic' *\">".to_owned()),
        Just("<noscript><iframe src='/v1/sites/a/widget.html?article=%ff'>".to_owned()),
        Just("<style>gema-article:not([data-ready])::after{height:1em;@media{&{min-height:2em".to_owned()),
        Just("<html lang='".to_owned()),
        Just("&lt;script embed.js <!-- <script /embed.js".to_owned()),
        "\\PC{0,20}",
        "[<>/\"'= a-z!&;{}%-]{0,40}",
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_page_and_no_answer_stops_the_doctor(
        markup in markup(),
        path in "[a-z/?#=%.!&-]{0,30}",
        headers in prop::collection::vec((0..6_usize, "[ -~]{0,60}"), 0..6),
        body in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let names = ["content-security-policy", "content-security-policy-report-only", "content-type", "cache-control", "access-control-allow-origin", "location"];
        let mut all = HeaderMap::new();
        for (name, value) in headers {
            all.append(names[name], value.parse().unwrap());
        }
        let address = Url::parse(&format!("https://news.example/{path}")).unwrap();
        let html = { let mut html = all.clone(); html.insert("content-type", "text/html".parse().unwrap()); html };
        let mut answers = HashMap::from([(address.path().to_owned(), (html, markup.into_bytes()))]);
        for known in ["/embed.js", "/v1/sites/news/view", "/v1/version"] {
            answers.insert(known.into(), (all.clone(), body.clone()));
        }
        let subject = Subject { address, markup: None, endpoint: None, site: None };
        let report = examine(&Answers(answers), &subject).unwrap();
        prop_assert!(!report.text().contains(char::from(27)));
        prop_assert!(serde_json::to_string(&report).is_ok());
    }
}
