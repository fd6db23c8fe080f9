use std::{
    io::{self, Write},
    thread,
};

use axum::body::Bytes;
use brotli::{CompressorWriter, enc::BrotliEncoderParams};
use flate2::{Compression, write::GzEncoder};

/// A content coding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    /// RFC 7932.
    Brotli,
    /// RFC 1952.
    Gzip,
}

/// A response about a busy article is valid only briefly, and the first request after a change compresses it. For a
/// fragment of 8.4 KB, quality 4 gives 2,069 bytes in 0.15 ms, 5 gives 1,931 in 0.2 ms, 9 gives 1,921 in 3 ms, 11
/// gives 1,808 in 12 ms; gzip at its fastest gives 2,481 in 0.03 ms.
const BROTLI_QUALITY: i32 = 5;

/// 256 KiB. Below 128 KiB, this encoder uses another match finder, which takes 3 ms at that quality.
const BROTLI_WINDOW_BITS: i32 = 18;

/// Body length from which compression takes milliseconds and runs off the async threads, in turns with other work.
pub(super) const MIN_BLOCKING_COMPRESSION_BYTES: usize = 64 * 1024;

/// Length of a piece of a large body. A piece of prose takes 0.27 ms at that quality, and makes the whole 2 % longer.
const PIECE_BYTES: usize = 8 * 1024;

/// Length of the encoder's output buffer.
const BUFFER_BYTES: usize = 4 * 1024;

impl Coding {
    /// All codings, in the order of preference: smallest output first.
    pub(super) const ALL: [Self; 2] = [Self::Brotli, Self::Gzip];

    /// Name in `Accept-Encoding`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    pub(super) fn compress(self, body: &[u8]) -> Option<Bytes> {
        let compressed = Vec::with_capacity(body.len() / 2);
        let compressed = match self {
            Self::Brotli => {
                let parameters = BrotliEncoderParams {
                    quality: BROTLI_QUALITY,
                    lgwin: BROTLI_WINDOW_BITS,
                    size_hint: body.len(),
                    ..Default::default()
                };
                let mut encoder =
                    CompressorWriter::with_params(compressed, BUFFER_BYTES, &parameters);
                // The encoder collects pieces until it is flushed.
                write_in_turns(&mut encoder, body, Write::flush).ok()?;
                encoder.into_inner()
            }
            Self::Gzip => {
                let mut encoder = GzEncoder::new(compressed, Compression::fast());
                write_in_turns(&mut encoder, body, |_| Ok(())).ok()?;
                encoder.finish().ok()?
            }
        };
        Some(compressed.into())
    }
}

/// Writes the body, if it is large in pieces, and after each piece lets threads run that wait for this core: a scheduler
/// may leave a busy thread on it for milliseconds while a reader's request waits.
fn write_in_turns<W: Write>(
    encoder: &mut W,
    body: &[u8],
    end_piece: impl Fn(&mut W) -> io::Result<()>,
) -> io::Result<()> {
    let is_large = body.len() >= MIN_BLOCKING_COMPRESSION_BYTES;
    let piece_bytes = if is_large {
        PIECE_BYTES
    } else {
        body.len().max(1)
    };
    let mut pieces = body.chunks(piece_bytes).peekable();
    while let Some(piece) = pieces.next() {
        encoder.write_all(piece)?;
        if pieces.peek().is_some() {
            end_piece(encoder)?;
            thread::yield_now();
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn a_large_body_in_pieces_is_whole() {
        let body: String = (0..40_000).map(|number| format!("{number} ")).collect();
        let bytes = body.as_bytes();
        assert!(bytes.len() > 2 * MIN_BLOCKING_COMPRESSION_BYTES);
        let mut decoded = Vec::new();
        let brotli = Coding::Brotli.compress(bytes).unwrap();
        brotli::BrotliDecompress(&mut &*brotli, &mut decoded).unwrap();
        assert_eq!(decoded, bytes);
        let mut decoded = String::new();
        let gzip = Coding::Gzip.compress(bytes).unwrap();
        flate2::read::GzDecoder::new(&*gzip)
            .read_to_string(&mut decoded)
            .unwrap();
        assert_eq!(decoded, body);
    }

    /// Takes what is written, and counts pieces.
    #[derive(Default)]
    struct Counting {
        longest: usize,
        ended: usize,
    }

    impl Write for Counting {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.longest = self.longest.max(bytes.len());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            self.ended += 1;
            Ok(())
        }
    }

    #[test]
    fn only_large_bodies_are_compressed_in_turns() {
        for (length, longest, ended) in [
            (0, 0, 0),
            (
                MIN_BLOCKING_COMPRESSION_BYTES - 1,
                MIN_BLOCKING_COMPRESSION_BYTES - 1,
                0,
            ),
            (10 * PIECE_BYTES + 1, PIECE_BYTES, 10),
        ] {
            let mut counting = Counting::default();
            write_in_turns(&mut counting, &vec![0; length], Write::flush).unwrap();
            assert_eq!((counting.longest, counting.ended), (longest, ended));
        }
    }
}
