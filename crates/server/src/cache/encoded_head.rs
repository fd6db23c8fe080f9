use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderName, header},
};

/// Headers that change how a response is sent.
const HEADERS_OF_TRANSFER: [HeaderName; 5] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::DATE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
];

/// The head of a response with status 200 as hyper encodes it, without `Date` and the empty line. `None`: it is not
/// sent like any other response.
pub(super) fn encoded_head(headers: &HeaderMap, body_bytes: usize) -> Option<Bytes> {
    if HEADERS_OF_TRANSFER
        .iter()
        .any(|name| headers.contains_key(name))
    {
        return None;
    }
    let mut head = b"HTTP/1.1 200 OK\r\n".to_vec();
    for (name, value) in headers {
        head.extend_from_slice(name.as_str().as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(format!("content-length: {body_bytes}\r\n").as_bytes());
    Some(head.into())
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
        let head = encoded_head(&headers, 12).unwrap();
        let lines = "HTTP/1.1 200 OK\r\netag: \"a\"\r\nvary: origin\r\nvary: accept-encoding\r\ncontent-length: 12\r\n";
        assert_eq!(head, lines);
        for name in HEADERS_OF_TRANSFER {
            let mut special = headers.clone();
            special.insert(name, HeaderValue::from_static("close"));
            assert_eq!(encoded_head(&special, 12), None);
        }
    }
}
