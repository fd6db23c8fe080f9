//! Writes zip archives, for wheels.

use anyhow::{Context, Result};

use super::gzip;
use super::tree::Tree;

/// The oldest time that a zip archive can hold, 1 January 1980 in its own format. Wheels are not dated.
const DATE: u16 = (1 << 5) | 1;
/// Version 2.0 of the format, made on Unix.
const MADE_BY: u16 = (3 << 8) | 20;
const ZIP_VERSION_NEEDED: u16 = 20;
const DEFLATE: u16 = 8;
/// A regular file, in Unix's mode.
const REGULAR: u32 = 0o100_000;

/// The archive of the tree's files.
pub(super) fn archive(tree: &Tree) -> Result<Vec<u8>> {
    let (mut bytes, mut directory, mut count) = (Vec::new(), Vec::new(), 0_u16);
    for (path, mode, content) in tree.files() {
        let (stream, crc) = gzip::deflated(content)?;
        let offset = size(bytes.len())?;
        let shared = shared(path, &stream, content, crc)?;
        bytes.extend(b"PK\x03\x04");
        bytes.extend(&shared);
        bytes.extend(path.as_bytes());
        bytes.extend(stream);
        directory.extend(b"PK\x01\x02");
        directory.extend(MADE_BY.to_le_bytes());
        directory.extend(&shared);
        // No comment, first disk, no internal attributes.
        directory.extend([0; 6]);
        directory.extend(((REGULAR | mode) << 16).to_le_bytes());
        directory.extend(offset.to_le_bytes());
        directory.extend(path.as_bytes());
        count += 1;
    }
    let (at, length) = (size(bytes.len())?, size(directory.len())?);
    bytes.extend(directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    bytes.extend([length.to_le_bytes(), at.to_le_bytes()].concat());
    bytes.extend([0; 2]);
    Ok(bytes)
}

/// The fields that a file's header and its entry in the directory have in common.
fn shared(path: &str, stream: &[u8], content: &[u8], crc: u32) -> Result<Vec<u8>> {
    let name = u16::try_from(path.len()).context("a path is too long for a zip archive")?;
    let shorts = [ZIP_VERSION_NEEDED, 0, DEFLATE, 0, DATE]
        .map(u16::to_le_bytes)
        .concat();
    let longs = [crc, size(stream.len())?, size(content.len())?]
        .map(u32::to_le_bytes)
        .concat();
    Ok([shorts, longs, [name, 0].map(u16::to_le_bytes).concat()].concat())
}

fn size(length: usize) -> Result<u32> {
    u32::try_from(length).context("too large for a zip archive")
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;
    use crate::{exec, repo};

    #[test]
    fn pythons_zipfile_reads_what_was_written() {
        let mut tree = Tree::default();
        tree.program("gema-1.0.data/scripts/gema", "binary ".repeat(1000));
        tree.file("gema-1.0.dist-info/WHEEL", "");
        let file = repo::target().join("tmp/read.zip");
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, archive(&tree).unwrap()).unwrap();
        let script = "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\n\
                      for i in z.infolist(): print(i.filename, oct(i.external_attr >> 16), i.file_size, i.date_time[0])";
        let said = exec::read(Command::new("python3").args(["-c", script]).arg(&file)).unwrap();
        assert_eq!(
            said,
            "gema-1.0.data/scripts/gema 0o100755 7000 1980\ngema-1.0.dist-info/WHEEL 0o100644 0 1980"
        );
    }
}
