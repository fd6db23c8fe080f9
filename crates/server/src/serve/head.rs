use std::mem::MaybeUninit;

use httparse::Request;
use memchr::memchr;

/// A GET request without a body, as it is received, with all that the choice of a cached response depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PlainGet<'a> {
    /// Path and query.
    pub(crate) target: &'a str,
    /// The value of `Accept-Encoding`.
    pub(crate) accept_encoding: Option<&'a [u8]>,
    /// The value of `Sec-Fetch-Site`.
    pub(crate) fetch_site: Option<&'a [u8]>,
}

/// Maximum number of headers of a [`PlainGet`]; browsers send about 15.
const MAX_HEADERS: usize = 32;

/// What the path of a [`PlainGet`] starts with: other paths have no cached responses.
const START: &[u8] = b"GET /v1/";

impl<'a> PlainGet<'a> {
    /// `None`: the bytes are not a whole request, are more than one, or the request is another one than a plain GET.
    pub(super) fn parse(bytes: &'a [u8]) -> Option<Self> {
        if !bytes.starts_with(START) {
            return None;
        }
        let mut headers = [const { MaybeUninit::uninit() }; MAX_HEADERS];
        let mut request = Request::new(&mut []);
        let parsed = request
            .parse_with_uninit_headers(bytes, &mut headers)
            .ok()?;
        if parsed != httparse::Status::Complete(bytes.len()) || request.version != Some(1) {
            return None;
        }
        let mut get = Self {
            target: request.path?,
            accept_encoding: None,
            fetch_site: None,
        };
        request
            .headers
            .iter()
            .all(|header| get.take(header.name, header.value))
            .then_some(get)
    }

    /// Takes a header. False: with it, the request is no plain GET.
    fn take(&mut self, name: &str, value: &'a [u8]) -> bool {
        let known = |known: &str| name.eq_ignore_ascii_case(known);
        let once = |slot: &mut Option<&'a [u8]>| slot.replace(value).is_none();
        match name.len() {
            6 => !known("expect"),
            7 => !known("upgrade"),
            10 if known("connection") => value.eq_ignore_ascii_case(b"keep-alive"),
            13 => !known("if-none-match"),
            14 if known("sec-fetch-site") => once(&mut self.fetch_site),
            14 => !known("content-length"),
            15 if known("accept-encoding") => once(&mut self.accept_encoding),
            17 => !known("transfer-encoding"),
            _ => true,
        }
    }
}

/// Length of the request's body in these bytes, after its head. `None`: they do not start with a whole head whose
/// lines all end with CR LF.
pub(super) fn body_bytes(bytes: &[u8]) -> Option<usize> {
    let mut rest = bytes;
    loop {
        let (line, after) = rest.split_at(memchr(b'\n', rest)? + 1);
        let text = line.strip_suffix(b"\r\n")?;
        if text.is_empty() {
            let is_first = rest.len() == bytes.len();
            return (!is_first).then_some(after.len());
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*, sample::select};

    use super::*;

    fn parsed(lines: &[&str]) -> Option<(String, Option<String>, Option<String>)> {
        let head = format!("{}\r\n\r\n", lines.join("\r\n"));
        let text =
            |value: Option<&[u8]>| value.map(|value| String::from_utf8(value.into()).unwrap());
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
}
