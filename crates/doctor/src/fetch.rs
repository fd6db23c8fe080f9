use std::{
    fmt,
    io::Read,
    time::{Duration, Instant},
};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use ureq::Agent;
use url::Url;

/// Request headers of a browser that opens a page.
pub(super) const NAVIGATION_HEADERS: [(&str, &str); 4] = [
    ("accept", "text/html,application/xhtml+xml,*/*;q=0.8"),
    ("sec-fetch-dest", "document"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-site", "none"),
];

/// Maximum number of redirects.
const MAX_REDIRECTS: usize = 5;

/// Timeout of a request, from name resolution to the last byte.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(15);

/// An HTTP response, after redirects.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its final address.
    pub url: Url,
    /// The addresses that redirected, in order.
    pub redirects: Vec<Url>,
    /// The HTTP status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, decompressed.
    pub body: Vec<u8>,
    /// Whether the body exceeded the limit and was truncated.
    pub is_cut: bool,
}

impl Answer {
    /// A header; empty if it is absent or not text.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The media type without parameters, in lower case.
    pub(super) fn media(&self) -> String {
        self.header("content-type")
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase()
    }

    /// All values of a repeatable header.
    pub(super) fn values(&self, name: &str) -> Vec<String> {
        self.headers
            .get_all(name)
            .iter()
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
            .collect()
    }

    /// The body as text, in the encoding of its byte order mark, the header's charset, or a `<meta>`, else UTF-8.
    pub(super) fn text(&self) -> String {
        let of_header = charset(&self.header("content-type").to_ascii_lowercase());
        let of_markup = || {
            charset(
                &String::from_utf8_lossy(&self.body[..self.body.len().min(CHARSET_PRESCAN_BYTES)])
                    .to_ascii_lowercase(),
            )
        };
        // A `<meta>` that is readable as ASCII cannot be UTF-16, whatever it claims: the HTML standard, "prescan a
        // byte stream".
        let ascii = |found: &'static Encoding| {
            if found == UTF_16LE || found == UTF_16BE {
                UTF_8
            } else {
                found
            }
        };
        let encoding = of_header
            .or_else(|| of_markup().map(ascii))
            .unwrap_or(UTF_8);
        encoding.decode(&self.body).0.into_owned()
    }

    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Number of bytes of markup in which browsers search for a charset.
const CHARSET_PRESCAN_BYTES: usize = 1024;

/// The encoding after `charset=`.
fn charset(text: &str) -> Option<&'static Encoding> {
    let value = text
        .split_once("charset=")?
        .1
        .trim_start_matches(['"', '\'', ' ']);
    Encoding::for_label(
        value
            .split(['"', '\'', ';', '>', '/', ' '])
            .next()?
            .as_bytes(),
    )
}

/// Why there is no response, as text for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(pub String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

/// The web, as one browser reaches it.
pub trait Web {
    /// Fetches an address, at most `limit` bytes.
    ///
    /// # Errors
    /// [`Failure`] if there is no HTTP response.
    fn get(&self, url: &Url, headers: &[(&str, &str)], limit: u64) -> Result<Answer, Failure>;

    /// Whether an event stream sends its first event within `patience`. `None`: the response is not an event stream.
    fn sends_event(&self, url: &Url, origin: &str, patience: Duration) -> Option<bool>;
}

/// The real web. Follows redirects itself, to record each.
pub struct Browser(Agent);

/// The user agent of a browser, because many servers reject programs, followed by the doctor's.
const USER_AGENT: &str = concat!(
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0 gema-doctor/",
    env!("CARGO_PKG_VERSION")
);

impl Default for Browser {
    fn default() -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(REQUEST_TIMEOUT))
            .user_agent(USER_AGENT)
            .build();
        Self(config.new_agent())
    }
}

impl Browser {
    fn step(
        &self,
        url: &Url,
        headers: &[(&str, &str)],
        timeout: Duration,
    ) -> Result<ureq::http::Response<ureq::Body>, Failure> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Failure(format!(
                "{url} is no address of the web (http or https)"
            )));
        }
        let mut fragmentless = url.clone();
        fragmentless.set_fragment(None);
        let mut request = self
            .0
            .get(fragmentless.as_str())
            .config()
            .timeout_global(Some(timeout))
            .build();
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request
            .call()
            .map_err(|error| Failure(format!("{url} does not answer: {error}")))
    }
}

impl Web for Browser {
    fn get(&self, url: &Url, headers: &[(&str, &str)], limit: u64) -> Result<Answer, Failure> {
        let mut headers = headers.to_vec();
        headers.push(("accept-encoding", "gzip, br"));
        let mut url = url.clone();
        let mut redirects = Vec::new();
        loop {
            let mut response = self.step(&url, &headers, REQUEST_TIMEOUT)?;
            let status = response.status().as_u16();
            let all = headers_of(response.headers());
            let next = all
                .get(header::LOCATION)
                .and_then(|value| value.to_str().ok());
            let next = next.filter(|_| matches!(status, 301 | 302 | 303 | 307 | 308));
            if let Some(next) = next.and_then(|next| url.join(next).ok()) {
                if redirects.len() == MAX_REDIRECTS {
                    return Err(Failure(format!(
                        "more than {MAX_REDIRECTS} redirects, the last one to {next}"
                    )));
                }
                redirects.push(std::mem::replace(&mut url, next));
                continue;
            }
            let packed = response.body_mut().as_reader();
            let (body, is_cut) = unpacked(packed, all.get(header::CONTENT_ENCODING), limit)
                .map_err(|error| Failure(format!("{url} breaks off: {error}")))?;
            return Ok(Answer {
                url,
                redirects,
                status,
                headers: all,
                body,
                is_cut,
            });
        }
    }

    fn sends_event(&self, url: &Url, origin: &str, patience: Duration) -> Option<bool> {
        let begun = Instant::now();
        let headers = [("accept", "text/event-stream"), ("origin", origin)];
        // A proxy that buffers the body often holds back the headers too.
        let Ok(mut response) = self.step(url, &headers, patience) else {
            return Some(false);
        };
        let media = response
            .headers()
            .get("content-type")
            .and_then(|media| media.to_str().ok())
            .unwrap_or_default();
        if response.status() != 200 || !media.starts_with("text/event-stream") {
            return None;
        }
        let mut body = response.body_mut().as_reader();
        let mut seen = Vec::new();
        let mut piece = [0; 1024];
        while begun.elapsed() < patience && seen.len() < 64 << 10 {
            match body.read(&mut piece) {
                Ok(1..) if seen.is_empty() && piece[0] == b'd' => return Some(true),
                Ok(read @ 1..) => seen.extend_from_slice(&piece[..read]),
                _ => break,
            }
            if seen.windows(6).any(|six| six == b"\ndata:") {
                return Some(true);
            }
        }
        Some(false)
    }
}

fn headers_of(headers: &ureq::http::HeaderMap) -> HeaderMap {
    let pairs = headers.iter().filter_map(|(name, value)| {
        let name = HeaderName::from_bytes(name.as_str().as_bytes()).ok()?;
        Some((name, HeaderValue::from_bytes(value.as_bytes()).ok()?))
    });
    let mut all = HeaderMap::new();
    for (name, value) in pairs {
        all.append(name, value);
    }
    all
}

/// The decompressed body, and whether it exceeded `limit` bytes.
fn unpacked(
    packed: impl Read,
    coding: Option<&HeaderValue>,
    limit: u64,
) -> std::io::Result<(Vec<u8>, bool)> {
    let mut body = Vec::new();
    let coding = coding
        .and_then(|coding| coding.to_str().ok())
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let most = limit.saturating_add(1);
    match coding.as_str() {
        "gzip" | "x-gzip" => flate2::read::MultiGzDecoder::new(packed)
            .take(most)
            .read_to_end(&mut body)?,
        "br" => brotli::Decompressor::new(packed, 4096)
            .take(most)
            .read_to_end(&mut body)?,
        _ => packed.take(most).read_to_end(&mut body)?,
    };
    let is_cut = body.len() as u64 > limit;
    body.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok((body, is_cut))
}
