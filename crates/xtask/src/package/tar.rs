//! Writes tar archives in POSIX's ustar format. By hand, since the system's tar differs between systems in what it can
//! leave out (times, owners, order).

use anyhow::{Context, Result, ensure};

use super::tree::{Content, Entry, Tree};

const BLOCK: usize = 512;

/// The archive of the entries, whose paths get this prefix (`./`, `package/`), all with one modification time.
pub(super) fn archive(tree: &Tree, prefix: &str, time: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(tree.bytes() + 64 * BLOCK);
    for (path, entry) in tree.entries() {
        let path = format!("{prefix}{path}");
        bytes.extend(
            header(&path, entry, time)
                .with_context(|| format!("{path} does not fit into a tar archive"))?,
        );
        if let Content::File(content) = &entry.content {
            bytes.extend(content);
            bytes.resize(bytes.len().next_multiple_of(BLOCK), 0);
        }
    }
    // The end: two empty blocks.
    bytes.resize(bytes.len() + 2 * BLOCK, 0);
    Ok(bytes)
}

fn header(path: &str, entry: &Entry, time: u64) -> Result<[u8; BLOCK]> {
    let (kind, size, slash) = match &entry.content {
        Content::File(content) => (b'0', content.len(), ""),
        Content::Directory => (b'5', 0, "/"),
    };
    let path = format!("{path}{slash}");
    let (before, name) = split(&path).context("its path is too long")?;
    let mut header = [0; BLOCK];
    let mut put = |at: usize, text: &[u8]| header[at..at + text.len()].copy_from_slice(text);
    put(0, name.as_bytes());
    put(100, octal(u64::from(entry.mode), 7)?.as_bytes());
    put(108, octal(u64::from(entry.owner), 7)?.as_bytes());
    put(116, octal(u64::from(entry.owner), 7)?.as_bytes());
    put(124, octal(size as u64, 11)?.as_bytes());
    put(136, octal(time, 11)?.as_bytes());
    // The checksum is computed with spaces in its place.
    put(148, b"        ");
    put(156, &[kind]);
    put(257, b"ustar\x0000");
    if entry.owner == 0 {
        put(265, b"root");
        put(297, b"root");
    }
    put(345, before.as_bytes());
    let sum: u64 = header.iter().map(|byte| u64::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{}\0 ", octal(sum, 6)?).as_bytes());
    Ok(header)
}

/// The path in its two fields: at most 155 bytes, a slash, and at most 100 bytes.
fn split(path: &str) -> Option<(&str, &str)> {
    if path.len() <= 100 {
        return Some(("", path));
    }
    let mut slashes = path
        .match_indices('/')
        .map(|(at, _)| (&path[..at], &path[at + 1..]));
    slashes.rfind(|(before, name)| before.len() <= 155 && !name.is_empty() && name.len() <= 100)
}

fn octal(number: u64, digits: usize) -> Result<String> {
    let text = format!("{number:0digits$o}");
    ensure!(
        text.len() == digits,
        "{number} has more than {digits} octal digits"
    );
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;
    use crate::{exec, repo};

    #[test]
    fn the_systems_tar_lists_what_was_written() {
        let mut tree = Tree::default();
        let long = format!("{}/{}", "d".repeat(90), "f".repeat(90));
        tree.program("usr/bin/gema", vec![7; 1000]);
        tree.file(long.as_str(), "x".repeat(512));
        tree.directory("data", 65532);
        let file = repo::target().join("tmp/listed.tar");
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(
            &file,
            archive(&tree.with_directories(), "./", 86_400).unwrap(),
        )
        .unwrap();
        let listed = exec::read(
            Command::new("tar")
                .env("TZ", "UTC")
                .args(["--numeric-owner", "-tvf"])
                .arg(&file),
        )
        .unwrap();
        let lines: Vec<Vec<_>> = listed
            .lines()
            .map(|line| line.split_whitespace().collect())
            .collect();
        let has = |mode: &str, owner: &str, size: &str, path: &str| {
            let found = lines
                .iter()
                .find(|line| line.last() == Some(&path))
                .unwrap_or_else(|| panic!("{path}: {listed}"));
            assert_eq!(found[..3], [mode, owner, size], "{listed}");
            assert!(found[3].starts_with("1970-01-02"), "{listed}");
        };
        has("-rwxr-xr-x", "0/0", "1000", "./usr/bin/gema");
        has("drwxr-xr-x", "0/0", "0", "./usr/bin/");
        has("drwxr-xr-x", "65532/65532", "0", "./data/");
        has("-rw-r--r--", "0/0", "512", &format!("./{long}"));
    }

    #[test]
    fn a_path_that_no_header_holds_is_an_error() {
        let mut tree = Tree::default();
        tree.file("f".repeat(101), "");
        assert!(
            archive(&tree, "", 0)
                .unwrap_err()
                .to_string()
                .contains("does not fit")
        );
    }
}
