use axum::http::{Method, Version, request};

/// How the receiver finds the end of a body whose length is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// By chunks (RFC 9112, section 7.1). A cache hands on each chunk as it arrives. Of a body that ends with the connection, Varnish
    /// holds the first piece back until the next one, for readers who accept gzip.
    Chunked,
    /// By the end of the connection: HTTP/1.0 has no chunks.
    UntilClose,
    /// There is no body: the request was HEAD.
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

    /// What is sent for this piece of the body. Nothing for an empty one, which would be the last chunk.
    pub(super) fn piece(self, piece: &[u8]) -> Vec<u8> {
        match self {
            Self::Chunked if !piece.is_empty() => {
                [format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat()
            }
            Self::UntilClose => piece.to_vec(),
            Self::Chunked | Self::HeadOnly => Vec::new(),
        }
    }

    /// What is sent after the last piece.
    pub(super) fn end(self) -> &'static [u8] {
        if self == Self::Chunked { b"0\r\n\r\n" } else { b"" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_http_1_1_has_chunks_and_head_has_no_body() {
        let framing = |method: Method, version| {
            Framing::of(&request::Request::builder().method(method).version(version).body(()).unwrap())
        };
        assert_eq!(framing(Method::GET, Version::HTTP_11), Framing::Chunked);
        assert_eq!(framing(Method::GET, Version::HTTP_10), Framing::UntilClose);
        assert_eq!(framing(Method::HEAD, Version::HTTP_11), Framing::HeadOnly);
    }

    #[test]
    fn a_chunk_says_its_length_in_hexadecimal_and_an_empty_piece_does_not_end_the_body() {
        assert_eq!(Framing::Chunked.piece(b"0123456789abcdef"), b"10\r\n0123456789abcdef\r\n");
        assert_eq!(Framing::Chunked.piece(b""), b"");
        assert_eq!(Framing::UntilClose.piece(b":\n\n"), b":\n\n");
        assert_eq!(Framing::HeadOnly.piece(b":\n\n"), b"");
    }
}
