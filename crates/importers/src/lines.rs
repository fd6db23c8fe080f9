use std::io::{self, Read};

use store::export_format::MAX_LINE_BYTES;

/// A reader that fails at a line longer than [`MAX_LINE_BYTES`].
pub(super) struct LimitedLines<R> {
    from: R,
    /// Length of the current line so far, in bytes.
    length: u64,
}

impl<R> LimitedLines<R> {
    pub(super) fn new(from: R) -> Self {
        Self { from, length: 0 }
    }
}

impl<R: Read> Read for LimitedLines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(buffer)?;
        for (number, part) in buffer[..read].split(|byte| *byte == b'\n').enumerate() {
            self.length = part.len() as u64 + if number == 0 { self.length } else { 0 };
            if self.length > MAX_LINE_BYTES {
                return Err(io::Error::other(format!(
                    "a line must be at most {MAX_LINE_BYTES} bytes"
                )));
            }
        }
        Ok(read)
    }
}
