use std::io::{self, BufRead, BufReader, Read};

/// Converts a text to UTF-8. UTF-16 is recognised by its byte order mark.
pub(super) fn utf8<'r>(from: impl Read + 'r) -> io::Result<Box<dyn Read + 'r>> {
    let mut from = BufReader::new(from);
    if from.fill_buf()?.starts_with(&[0xff, 0xfe]) {
        return Ok(Box::new(Utf16 {
            from,
            high: None,
            ready: Vec::new(),
            given: 0,
        }));
    }
    Ok(Box::new(from))
}

/// Decodes little-endian UTF-16 while it is read.
struct Utf16<R> {
    from: R,
    /// A high surrogate whose low surrogate has not been read yet.
    high: Option<u16>,
    /// Decoded bytes, and how many of them have been read.
    ready: Vec<u8>,
    given: usize,
}

impl<R: BufRead> Utf16<R> {
    fn unit(&mut self) -> io::Result<Option<u16>> {
        let mut unit = [0; 2];
        match self.from.read_exact(&mut unit) {
            Ok(()) => Ok(Some(u16::from_le_bytes(unit))),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn decode(&mut self) -> io::Result<()> {
        self.ready.clear();
        self.given = 0;
        let mut letter = [0; 4];
        while self.ready.len() < 8 * 1024 {
            let Some(unit) = self.unit()? else { break };
            if (0xd800..0xdc00).contains(&unit) && self.high.is_none() {
                self.high = Some(unit);
                continue;
            }
            let units = self.high.take().into_iter().chain([unit]);
            for decoded in char::decode_utf16(units) {
                let decoded = decoded.unwrap_or(char::REPLACEMENT_CHARACTER);
                self.ready
                    .extend_from_slice(decoded.encode_utf8(&mut letter).as_bytes());
            }
        }
        Ok(())
    }
}

impl<R: BufRead> Read for Utf16<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == self.ready.len() {
            self.decode()?;
        }
        let length = buffer.len().min(self.ready.len() - self.given);
        buffer[..length].copy_from_slice(&self.ready[self.given..self.given + length]);
        self.given += length;
        Ok(length)
    }
}
