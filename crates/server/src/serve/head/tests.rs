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

const POST: &str = "POST /v1/sites/a/events HTTP/1.1";

/// Target, names and values of the headers, and body.
type ParsedPost = (String, Vec<(String, String)>, Vec<u8>);

/// The plain POST in these bytes.
fn parsed_post(bytes: &[u8]) -> Option<ParsedPost> {
    let mut space = HEADER_SPACE;
    let post = PlainPost::parse(bytes, &mut space)?;
    let text = |value: &[u8]| String::from_utf8(value.into()).unwrap();
    let headers = post.headers();
    let headers = headers.map(|(name, value)| (name.to_owned(), text(value)));
    Some((post.target.to_owned(), headers.collect(), post.body.into()))
}

fn post_with(headers: &[&str], body: &str) -> String {
    format!("{POST}\r\n{}\r\n\r\n{body}", headers.join("\r\n"))
}

#[test]
fn a_plain_post_has_target_headers_and_body() {
    let bytes = post_with(&["Host: a", "content-LENGTH: 02", "X:  b "], "{}");
    let (target, headers, body) = parsed_post(bytes.as_bytes()).unwrap();
    assert_eq!(target, "/v1/sites/a/events");
    let names_and_values = [("Host", "a"), ("content-LENGTH", "02"), ("X", "b")];
    assert_eq!(
        headers,
        names_and_values.map(|(name, value)| (name.into(), value.into()))
    );
    assert_eq!(body, b"{}");
}

#[test]
fn other_requests_are_no_plain_post() {
    let length = "Content-Length: 2";
    let refused = |headers: &[&str]| {
        let bytes = post_with(headers, "{}");
        assert_eq!(parsed_post(bytes.as_bytes()), None, "{bytes}");
    };
    for header in [
        "TRANSFER-ENCODING: chunked",
        "Expect: 100-continue",
        "Upgrade: h2c",
        "Connection: close",
        "Connection: keep-alive, close",
        "Content-Length: 2",
        "Content-Length: 5",
        "Bad Header: a",
        "Bad: a\u{1}",
    ] {
        refused(&[length, header]);
        refused(&[header, length]);
    }
    for length in [
        "+2",
        "-2",
        "",
        "2, 2",
        "0x2",
        "1",
        "3",
        "18446744073709551618",
    ] {
        refused(&[&format!("Content-Length: {length}")]);
    }
    refused(&["Host: a"]);
    let bytes = post_with(&[length], "{}");
    assert!(parsed_post(bytes.as_bytes()).is_some());
    for (of, by) in [
        ("POST", "post"),
        ("POST", "GET"),
        ("POST", "\r\nPOST"),
        ("/v1", "http://a/v1"),
        ("/v1", "/v2"),
        ("1.1", "1.0"),
    ] {
        let bytes = bytes.replacen(of, by, 1);
        assert_eq!(parsed_post(bytes.as_bytes()), None, "{bytes}");
    }
    let many: Vec<String> = (0..MAX_HEADERS).map(|i| format!("A-{i}: b")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    refused(&[&[length][..], &many[..]].concat());
}

#[test]
fn a_plain_post_is_whole_and_alone() {
    let bytes = post_with(&["Host: a", "Content-Length: 2"], "{}");
    assert!(parsed_post(bytes.as_bytes()).is_some());
    for end in 0..bytes.len() {
        assert_eq!(parsed_post(&bytes.as_bytes()[..end]), None, "{end}");
    }
    assert_eq!(parsed_post(format!("{bytes}P").as_bytes()), None);
    assert_eq!(parsed_post(bytes.repeat(2).as_bytes()), None);
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
