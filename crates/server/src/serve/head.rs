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
mod tests;
