use std::mem::MaybeUninit;

use httparse::{Header, Request, Status};
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

/// A POST request with a body of known length, as it is received.
#[derive(Debug)]
pub(crate) struct PlainPost<'a> {
    /// Path and query.
    pub(crate) target: &'a str,
    headers: &'a [Header<'a>],
    /// The body.
    pub(crate) body: &'a [u8],
}

/// Maximum number of headers of a plain request; browsers send about 15.
const MAX_HEADERS: usize = 32;

/// Space for the headers of a plain request.
pub(super) type HeaderSpace<'a> = [MaybeUninit<Header<'a>>; MAX_HEADERS];

pub(super) const HEADER_SPACE: HeaderSpace<'_> = [const { MaybeUninit::uninit() }; MAX_HEADERS];

/// What the path of a [`PlainGet`] starts with: other paths have no cached responses.
const START_OF_GET: &[u8] = b"GET /v1/";

/// What the path of a [`PlainPost`] starts with.
const START_OF_POST: &[u8] = b"POST /v1/";

/// The head of an HTTP/1.1 request that starts so, and its length. `None`: it is another one, or not whole.
fn parse_head<'h, 'a>(
    start: &[u8],
    bytes: &'a [u8],
    space: &'h mut HeaderSpace<'a>,
) -> Option<(Request<'h, 'a>, usize)> {
    if !bytes.starts_with(start) {
        return None;
    }
    let mut request = Request::new(&mut []);
    match request.parse_with_uninit_headers(bytes, space).ok()? {
        Status::Complete(length) if request.version == Some(1) => Some((request, length)),
        _ => None,
    }
}

impl<'a> PlainPost<'a> {
    /// `None`: the bytes are not a whole request, are more than one, or the request is another one than a plain POST.
    pub(super) fn parse(bytes: &'a [u8], space: &'a mut HeaderSpace<'a>) -> Option<Self> {
        let (request, length) = parse_head(START_OF_POST, bytes, space)?;
        let post = Self {
            target: request.path?,
            headers: request.headers,
            body: &bytes[length..],
        };
        let mut lengths = post.headers().filter(|(name, _)| is_length(name));
        let (_, sent_length) = lengths.next()?;
        let is_plain = lengths.next().is_none()
            && is_number(sent_length, post.body.len())
            && post.headers().all(|(name, value)| is_usual(name, value));
        is_plain.then_some(post)
    }

    /// Names and values of the headers, in order.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (&'a str, &'a [u8])> + use<'a> {
        self.headers
            .iter()
            .map(|header| (header.name, header.value))
    }
}

fn is_length(name: &str) -> bool {
    name.eq_ignore_ascii_case("content-length")
}

/// Whether the value is this number in decimal digits.
fn is_number(value: &[u8], number: usize) -> bool {
    let digits = std::str::from_utf8(value).unwrap_or_default();
    digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.parse() == Ok(number)
}

/// False: the header may change how a request or its response is sent.
fn is_usual(name: &str, value: &[u8]) -> bool {
    let known = |known: &str| name.eq_ignore_ascii_case(known);
    match name.len() {
        6 => !known("expect"),
        7 => !known("upgrade"),
        10 if known("connection") => value.eq_ignore_ascii_case(b"keep-alive"),
        17 => !known("transfer-encoding"),
        _ => true,
    }
}

impl<'a> PlainGet<'a> {
    /// `None`: the bytes are not a whole request, are more than one, or the request is another one than a plain GET.
    pub(super) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let mut space = HEADER_SPACE;
        let (request, length) = parse_head(START_OF_GET, bytes, &mut space)?;
        if length != bytes.len() {
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
            13 => !known("if-none-match"),
            14 if known("sec-fetch-site") => once(&mut self.fetch_site),
            14 => !is_length(name),
            15 if known("accept-encoding") => once(&mut self.accept_encoding),
            _ => is_usual(name, value),
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
mod tests;
