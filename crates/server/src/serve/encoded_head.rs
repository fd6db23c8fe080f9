use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderName, StatusCode, header},
};

/// Headers that change how a response is sent.
const HEADERS_OF_TRANSFER: [HeaderName; 5] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::DATE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
];

/// Whether a response with these headers is sent like any other.
pub(crate) fn is_sent_plainly(headers: &HeaderMap) -> bool {
    !HEADERS_OF_TRANSFER
        .iter()
        .any(|name| headers.contains_key(name))
}

/// Status line and headers of a response that [is sent plainly](is_sent_plainly), as hyper encodes them, without length,
/// `Date` and the empty line.
pub(crate) fn encoded_head(status: StatusCode, headers: &HeaderMap) -> Vec<u8> {
    let reason = status.canonical_reason().unwrap_or("<none>");
    let mut head = format!("HTTP/1.1 {} {reason}\r\n", status.as_str()).into_bytes();
    for (name, value) in headers {
        head.extend_from_slice(name.as_str().as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    head
}

/// The head with the length of the response's body.
pub(crate) fn with_length(encoded_head: &[u8], body_bytes: usize) -> Bytes {
    let length = format!("content-length: {body_bytes}\r\n");
    [encoded_head, length.as_bytes()].concat().into()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn encoded_head_has_every_value_and_the_length() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ETAG, HeaderValue::from_static("\"a\""));
        headers.append(header::VARY, HeaderValue::from_static("origin"));
        headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
        assert!(is_sent_plainly(&headers));
        let head = with_length(&encoded_head(StatusCode::OK, &headers), 12);
        let lines = "HTTP/1.1 200 OK\r\netag: \"a\"\r\nvary: origin\r\nvary: accept-encoding\r\ncontent-length: 12\r\n";
        assert_eq!(head, lines);
        for name in HEADERS_OF_TRANSFER {
            let mut special = headers.clone();
            special.insert(name, HeaderValue::from_static("close"));
            assert!(!is_sent_plainly(&special));
        }
    }
}
