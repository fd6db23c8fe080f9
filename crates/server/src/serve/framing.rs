use axum::http::{Method, Version, request};

/// How the receiver finds the end of a body of unknown length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// Chunked coding (RFC 9112, section 7.1), which caches forward chunk by chunk. For a body that ends with the
    /// connection, Varnish holds the first piece until the next one arrives, if the reader accepts gzip.
    Chunked,
    /// Closing the connection: HTTP/1.0 has no chunks.
    UntilClose,
    /// The request was HEAD: there is no body.
    HeadOnly,
}

impl Framing {
    /// The framing that the sender of this request understands.
    pub(super) fn of<B>(request: &request::Request<B>) -> Self {
        match (request.method(), request.version()) {
            (&Method::HEAD, _) => Self::HeadOnly,
            (_, Version::HTTP_09 | Version::HTTP_10) => Self::UntilClose,
            _ => Self::Chunked,
        }
    }

    /// The bytes to send for a piece of the body. An empty piece sends nothing, because an empty chunk would end the
    /// body.
    pub(super) fn piece(self, piece: &[u8]) -> Vec<u8> {
        match self {
            Self::Chunked if !piece.is_empty() => {
                [format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat()
            }
            Self::UntilClose => piece.to_vec(),
            Self::Chunked | Self::HeadOnly => Vec::new(),
        }
    }

    /// The bytes to send after the last piece.
    pub(super) fn end(self) -> &'static [u8] {
        if self == Self::Chunked {
            b"0\r\n\r\n"
        } else {
            b""
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_http_1_1_has_chunks_and_head_has_no_body() {
        let framing = |method: Method, version| {
            Framing::of(
                &request::Request::builder()
                    .method(method)
                    .version(version)
                    .body(())
                    .unwrap(),
            )
        };
        assert_eq!(framing(Method::GET, Version::HTTP_11), Framing::Chunked);
        assert_eq!(framing(Method::GET, Version::HTTP_10), Framing::UntilClose);
        assert_eq!(framing(Method::HEAD, Version::HTTP_11), Framing::HeadOnly);
    }

    #[test]
    fn a_chunk_has_its_length_in_hex_and_an_empty_one_is_not_sent() {
        assert_eq!(
            Framing::Chunked.piece(b"0123456789abcdef"),
            b"10\r\n0123456789abcdef\r\n"
        );
        assert_eq!(Framing::Chunked.piece(b""), b"");
        assert_eq!(Framing::UntilClose.piece(b":\n\n"), b":\n\n");
        assert_eq!(Framing::HeadOnly.piece(b":\n\n"), b"");
    }
}
