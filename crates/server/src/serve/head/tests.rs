use proptest::{collection::vec, prelude::*, sample::select};

use super::*;

fn parsed(lines: &[&str]) -> Option<(String, Option<String>, Option<String>)> {
    let head = format!("{}\r\n\r\n", lines.join("\r\n"));
    let text = |value: Option<&[u8]>| value.map(|value| String::from_utf8(value.into()).unwrap());
    PlainGet::parse(head.as_bytes()).map(|get| {
        let target = get.target.to_owned();
        (target, text(get.accept_encoding), text(get.fetch_site))
    })
}

const LINE: &str = "GET /v1/sites/a/view?article=b HTTP/1.1";

#[test]
fn a_plain_get_has_target_and_headers() {
    let lines = [
        LINE,
        "Host: gema.example",
        "accept-Encoding:  gzip, br ",
        "Sec-Fetch-Site: same-origin",
        "Connection: Keep-Alive",
    ];
    let (target, coding, site) = parsed(&lines).unwrap();
    assert_eq!(target, "/v1/sites/a/view?article=b");
    assert_eq!(coding.unwrap(), "gzip, br");
    assert_eq!(site.unwrap(), "same-origin");
    assert_eq!(parsed(&[LINE]).unwrap().1, None);
}

#[test]
fn other_requests_are_no_plain_get() {
    for line in [
        "POST /v1/sites/a/events HTTP/1.1",
        "HEAD /v1/sites/a/view?article=b HTTP/1.1",
        "GET /embed.js HTTP/1.1",
        "GET /v1/sites/a/view?article=b HTTP/1.0",
        "GET http://gema.example/v1/sites/a/view HTTP/1.1",
        "get /v1/sites/a/view HTTP/1.1",
    ] {
        assert_eq!(parsed(&[line]), None, "{line}");
    }
    for header in [
        "If-None-Match: \"a\"",
        "Content-Length: 0",
        "TRANSFER-ENCODING: chunked",
        "Expect: 100-continue",
        "Upgrade: h2c",
        "Connection: close",
        "Connection: keep-alive, close",
        "Bad Header: a",
        "Bad: a\u{1}",
    ] {
        assert_eq!(parsed(&[LINE, header]), None, "{header}");
    }
    for twice in ["Accept-Encoding: br", "Sec-Fetch-Site: none"] {
        assert_eq!(parsed(&[LINE, twice, twice]), None, "{twice}");
    }
    let many: Vec<String> = (0..=MAX_HEADERS).map(|i| format!("A-{i}: b")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(parsed(&[&[LINE][..], &many[..]].concat()), None);
}

#[test]
fn a_plain_get_is_whole_and_alone() {
    let head = format!("{LINE}\r\nHost: a\r\n\r\n");
    assert!(PlainGet::parse(head.as_bytes()).is_some());
    for end in 0..head.len() {
        assert_eq!(PlainGet::parse(&head.as_bytes()[..end]), None, "{end}");
    }
    assert_eq!(PlainGet::parse(format!("{head}G").as_bytes()), None);
    assert_eq!(PlainGet::parse(format!("{head}{head}").as_bytes()), None);
}

#[test]
fn body_bytes_follow_a_whole_head() {
    for (bytes, length) in [
        ("POST / HTTP/1.1\r\n\r\n", Some(0)),
        ("POST / HTTP/1.1\r\nA: b\r\n\r\n{}", Some(2)),
        ("POST / HTTP/1.1\r\nA: b\r\n\r\n\r\n\r\n", Some(4)),
        ("POST / HTTP/1.1\r\nA: b\r\n", None),
        ("POST / HTTP/1.1\r\nA: b\r\n\r", None),
        // httparse ends a head there, too.
        ("POST / HTTP/1.1\r\nA: b\n\r\n{}", None),
        ("POST / HTTP/1.1\nA: b\n\n{}\r\n\r\n", None),
        // httparse skips empty lines before a head.
        ("\r\nPOST / HTTP/1.1\r\n\r\n", None),
        ("", None),
    ] {
        assert_eq!(body_bytes(bytes.as_bytes()), length, "{bytes:?}");
    }
}

/// What heads are made of, and what may confuse a parser.
const PIECES: [&str; 9] = [
    "GET /v1/ HTTP/1.1",
    "POST / HTTP/1.1",
    "A: b",
    "Content-Length: 4",
    "\r\n",
    "\r\n\r\n",
    "\n",
    "\r",
    " ",
];

proptest! {
    #[test]
    fn a_head_ends_where_hyper_ends_it(pieces in vec(select(&PIECES[..]), 0..12)) {
        let bytes = pieces.concat();
        let mut headers = [httparse::EMPTY_HEADER; 16];
        let parsed = Request::new(&mut headers).parse(bytes.as_bytes());
        if let (Some(body), Ok(parsed)) = (body_bytes(bytes.as_bytes()), parsed) {
            prop_assert_eq!(parsed, httparse::Status::Complete(bytes.len() - body));
        }
    }
}
