//! The wheel: pip and uv put its program on `PATH`.

use anyhow::Result;
use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

use super::release::{LICENCE, Release, SUMMARY};
use super::tree::Tree;
use super::{PackageFile, template, zip};

pub(super) fn make(release: &Release) -> Result<PackageFile> {
    let version = release.version.python();
    let platforms = release.linkage.python_platforms();
    let info = format!("gema-{version}.dist-info");
    let licences = release.licences()?;
    let mut tree = Tree::default();
    tree.program(
        format!("gema-{version}.data/scripts/gema"),
        release.program.clone(),
    );
    for (path, _, content) in licences.files() {
        tree.file(format!("{info}/licenses/{path}"), content);
    }
    let names: String = licences
        .files()
        .map(|(path, ..)| format!("License-File: {path}\n"))
        .collect();
    let values = [
        ("VERSION", version.as_str()),
        ("SUMMARY", SUMMARY),
        ("LICENCE", LICENCE),
        ("LICENCE_FILES", names.trim_end()),
    ];
    tree.file(
        format!("{info}/METADATA"),
        template::filled("python/METADATA", &values)?,
    );
    let tags: String = platforms
        .iter()
        .map(|platform| format!("Tag: py3-none-{platform}\n"))
        .collect();
    tree.file(
        format!("{info}/WHEEL"),
        format!("Wheel-Version: 1.0\nGenerator: gema xtask\nRoot-Is-Purelib: false\n{tags}"),
    );
    tree.file(format!("{info}/RECORD"), record(&tree, &info));
    let name = format!("gema-{version}-py3-none-{}.whl", platforms.join("."));
    Ok(PackageFile {
        name,
        bytes: zip::archive(&tree)?,
    })
}

/// The list of files with their hashes. Its own line has none.
fn record(tree: &Tree, info: &str) -> String {
    let hash = |content: &[u8]| BASE64URL_NOPAD.encode(&Sha256::digest(content));
    let lines = tree
        .files()
        .map(|(path, _, content)| format!("{path},sha256={},{}\n", hash(content), content.len()));
    lines.collect::<String>() + &format!("{info}/RECORD,,\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_record_lists_each_file_with_its_hash_and_itself_without() {
        let mut tree = Tree::default();
        tree.file("a", "");
        let hash = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
        assert_eq!(
            record(&tree, "gema-1.dist-info"),
            format!("a,sha256={hash},0\ngema-1.dist-info/RECORD,,\n")
        );
    }
}
