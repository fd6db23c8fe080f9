use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::{Footer, Line};

/// Serialises lines.
#[derive(Clone, Default)]
pub struct ExportWriter {
    hash: Sha256,
    end: Footer,
}

impl ExportWriter {
    /// Appends a line.
    pub fn line(&mut self, line: &Line, to: &mut Vec<u8>) {
        let from = to.len();
        write(line, to);
        self.hash.update(&to[from..]);
        self.end.count(line);
    }

    /// Appends the last line, without which the file counts as truncated.
    pub fn end(self, to: &mut Vec<u8>) {
        let sha256 = HEXLOWER.encode(&self.hash.finalize());
        write(&Line::End(Footer { sha256, ..self.end }), to);
    }
}

fn write(line: &Line, to: &mut Vec<u8>) {
    // Serialising texts, numbers and maps with text keys to memory cannot fail.
    let _ = serde_json::to_writer(&mut *to, line);
    to.push(b'\n');
}
