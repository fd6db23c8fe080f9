use sha2::{Digest, Sha256};
use text::hex;

use super::{End, Line};

/// Turns lines into bytes.
#[derive(Clone, Default)]
pub struct Writer {
    hash: Sha256,
    end: End,
}

impl Writer {
    /// Appends a line.
    pub fn line(&mut self, line: &Line, to: &mut Vec<u8>) {
        let from = to.len();
        write(line, to);
        self.hash.update(&to[from..]);
        self.end.count(line);
    }

    /// Appends the last line: without it, nobody takes the file for whole.
    pub fn end(self, to: &mut Vec<u8>) {
        let sha256 = hex::encode(&self.hash.finalize());
        write(&Line::End(End { sha256, ..self.end }), to);
    }
}

fn write(line: &Line, to: &mut Vec<u8>) {
    // Text, numbers and maps of them by text, which serialise always, into memory.
    let _ = serde_json::to_writer(&mut *to, line);
    to.push(b'\n');
}
