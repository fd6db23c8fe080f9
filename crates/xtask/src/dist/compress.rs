//! Makes the `.br` and `.gz` siblings of files that browsers request: compressed once, at the highest level, so that
//! no server spends time on it. Node.js does it, since other tools need it anyway; compiling such a compressor would
//! be a large part of xtask's own build.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::exec;

const SCRIPT: &str = include_str!("compress.mjs");

/// Compresses every compressible file below the directory.
pub(crate) fn all(dir: &Path) -> Result<()> {
    let mut files = Vec::new();
    collect(dir, &mut files)?;
    let mut node = exec::program("node");
    node.args(["--input-type=module", "--eval", SCRIPT, "--"])
        .args(&files);
    exec::read(&mut node)
        .map(drop)
        .context("Node.js cannot compress the files of dist/")
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if gains(&path) {
            files.push(path);
        }
    }
    Ok(())
}

/// Whether the file is compressible: text and code are; images and fonts are compressed already; the manifest is read
/// only by the endpoint's build.
fn gains(file: &Path) -> bool {
    let extension = file.extension().and_then(|extension| extension.to_str());
    let text = [
        "css",
        "html",
        "js",
        "mjs",
        "svg",
        "txt",
        "wasm",
        "webmanifest",
        "xml",
    ];
    extension.is_some_and(|extension| text.contains(&extension))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compressed_formats_are_not_compressed_again() {
        assert!(
            gains(Path::new("assets/widget-2cf24dba5fb0.wasm")) && gains(Path::new("index.html"))
        );
        assert!(
            !gains(Path::new("photo.jpg"))
                && !gains(Path::new("index.html.br"))
                && !gains(Path::new("LICENSE"))
        );
    }
}
