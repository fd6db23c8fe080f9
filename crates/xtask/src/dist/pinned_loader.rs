//! embed.v1.js: the loader that stays byte-identical within a major version, so that pages can pin its hash (SRI). It
//! contains no names of other files. Its bytes are kept in the repository, because another version of esbuild would
//! produce others from the same source.

use std::fs;

use anyhow::{Context, Result, bail};

pub(crate) use super::assets::integrity;
use super::{loader, minify, write};
use crate::repo;

/// Its file name, in the repository and where it is served.
pub(crate) const PINNED_LOADER_FILE: &str = "embed.v1.js";

/// The documents that publish its hash.
const DOCUMENTS: [&str; 2] = ["docs/embedding.md", "docs/id/pemasangan.md"];

const INTEGRITY_START: &str = "integrity=\"";

/// The bytes of the file in the repository.
pub(crate) fn script() -> Result<Vec<u8>> {
    fs::read(path())
        .with_context(|| format!("cannot read {}: run `cargo xtask freeze`", path().display()))
}

/// Rebuilds it from the current source and publishes its hash. After a release of the major version, this breaks every
/// page that has pinned the hash.
pub(crate) fn run() -> Result<()> {
    let script = minify::loader(&loader::define(""), "follower.v1.js")?;
    write(&path(), &script)?;
    for document in DOCUMENTS {
        let document_path = repo::root().join(document);
        let text = fs::read_to_string(&document_path)
            .with_context(|| format!("cannot read {document}"))?;
        write(
            &document_path,
            published(&text, &integrity(&script))?.as_bytes(),
        )?;
    }
    println!(
        "{PINNED_LOADER_FILE}: {} bytes, {}",
        script.len(),
        integrity(&script)
    );
    Ok(())
}

fn path() -> std::path::PathBuf {
    repo::root().join("src").join(PINNED_LOADER_FILE)
}

/// The document with its hash replaced.
fn published(document: &str, integrity: &str) -> Result<String> {
    let Some((before, rest)) = document.split_once(INTEGRITY_START) else {
        bail!("a document has no {INTEGRITY_START}…\" any more")
    };
    let Some((_, after)) = rest.split_once('"') else {
        bail!("a document's {INTEGRITY_START} has no end")
    };
    Ok(format!("{before}{INTEGRITY_START}{integrity}\"{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documents_publish_the_hash_of_what_is_served() {
        let integrity = integrity(&script().unwrap());
        for document in DOCUMENTS {
            let text = fs::read_to_string(repo::root().join(document)).unwrap();
            assert_eq!(
                published(&text, &integrity).unwrap(),
                text,
                "{document}: run `cargo xtask freeze`"
            );
        }
    }

    #[test]
    fn the_frozen_loader_names_no_release_file() {
        let script = String::from_utf8(script().unwrap()).unwrap();
        assert!(!script.contains("assets/widget-") && !script.contains(loader::WIDGET_FILES_NAME));
    }
}
