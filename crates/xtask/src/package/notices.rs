//! The licences of all crates in the program: those of the endpoint, and those of the widget, which is embedded in it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use super::template;
use crate::exec;
use crate::toolchain::WASM_TARGET;

/// The programs, and the target of each.
const INSIDE: [(&str, &str); 2] = [
    ("gema", "x86_64-unknown-linux-gnu"),
    ("widget", WASM_TARGET),
];

/// How deep below a crate's root licences of bundled C sources are.
const DEPTH: usize = 3;

/// Texts of licences, each with the names of the crates that have it.
type Texts = BTreeMap<String, BTreeSet<String>>;

/// All notices as one text.
pub(super) fn gathered() -> Result<String> {
    let (mut crates, mut texts) = (BTreeMap::new(), Texts::new());
    for (program, target) in INSIDE {
        for dependency in dependencies(&metadata(target)?, program)? {
            let name = format!(
                "{} {}",
                text(&dependency, "name"),
                text(&dependency, "version")
            );
            let manifest = text(&dependency, "manifest_path");
            for licence in licences(
                Path::new(manifest).parent().unwrap_or(Path::new(".")),
                DEPTH,
            )? {
                texts.entry(licence).or_default().insert(name.clone());
            }
            crates.insert(name, text(&dependency, "license").to_owned());
        }
    }
    Ok(written(&template::read("notices.txt")?, &crates, &texts))
}

fn written(head: &str, crates: &BTreeMap<String, String>, texts: &Texts) -> String {
    let list: String = crates
        .iter()
        .map(|(name, licence)| format!("  {name}: {licence}\n"))
        .collect();
    let rule = "-".repeat(80);
    let of = |names: &BTreeSet<String>| names.iter().cloned().collect::<Vec<_>>().join(", ");
    let texts: String = texts
        .iter()
        .map(|(text, names)| format!("\n{rule}\n{}\n\n{text}\n", of(names)))
        .collect();
    format!("{head}\n{list}{texts}")
}

fn metadata(target: &str) -> Result<Value> {
    let words = [
        "metadata",
        "--format-version",
        "1",
        "--locked",
        "--filter-platform",
        target,
    ];
    serde_json::from_str(&exec::read(exec::cargo().args(words))?)
        .context("cargo's metadata is no JSON")
}

/// The packages from registries that are linked into a program: no build scripts' and no tests'.
fn dependencies(metadata: &Value, program: &str) -> Result<Vec<Value>> {
    let packages: BTreeMap<_, _> = list(&metadata["packages"])
        .map(|package| (text(package, "id"), package))
        .collect();
    let nodes: BTreeMap<_, _> = list(&metadata["resolve"]["nodes"])
        .map(|node| (text(node, "id"), node))
        .collect();
    let root = packages
        .iter()
        .find(|(_, package)| package["name"] == program && package["source"].is_null());
    let mut waiting = vec![
        *root
            .with_context(|| format!("cargo's metadata lacks {program}"))?
            .0,
    ];
    let mut seen = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if !seen.insert(id) {
            continue;
        }
        let linked =
            |dependency: &&Value| list(&dependency["dep_kinds"]).any(|kind| kind["kind"].is_null());
        let Some(node) = nodes.get(id) else { continue };
        waiting.extend(
            list(&node["deps"])
                .filter(linked)
                .map(|dependency| text(dependency, "pkg")),
        );
    }
    let outside = |id: &&str| {
        packages
            .get(id)
            .filter(|package| !package["source"].is_null())
            .map(|found| (*found).clone())
    };
    Ok(seen.iter().filter_map(outside).collect())
}

/// The texts of the licence files in a directory and some levels below.
fn licences(dir: &Path, depth: usize) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))? {
        let path = entry?.path();
        if path.is_dir() && depth > 0 {
            found.extend(licences(&path, depth - 1)?);
        } else if path.is_file() && is_licence(&path) {
            // Line ends and trailing blanks differ between copies of the same text.
            let text = String::from_utf8_lossy(&fs::read(&path)?).into_owned();
            found.insert(
                text.lines()
                    .map(str::trim_end)
                    .collect::<Vec<_>>()
                    .join("\n")
                    .trim()
                    .to_owned(),
            );
        }
    }
    Ok(found)
}

fn is_licence(path: &Path) -> bool {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().to_uppercase())
        .unwrap_or_default();
    let is_code = path.extension().is_some_and(|ending| {
        ["rs", "c", "h", "json", "html", "spdx"]
            .iter()
            .any(|code| ending == *code)
    });
    !is_code
        && [
            "LICENSE",
            "LICENCE",
            "COPYING",
            "COPYRIGHT",
            "NOTICE",
            "UNLICENSE",
        ]
        .iter()
        .any(|begin| name.starts_with(begin))
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_is_linked_and_comes_from_a_registry_is_named() {
        let package =
            |name: &str, source: Value| json!({ "id": name, "name": name, "source": source });
        let of = |name: &str, kind: Value| json!({ "pkg": name, "dep_kinds": [{ "kind": kind }] });
        let metadata = json!({
            "packages": [package("gema", Value::Null), package("store", Value::Null), package("serde", json!("registry")),
                package("cc", json!("registry")), package("proptest", json!("registry")), package("itoa", json!("registry"))],
            "resolve": { "nodes": [
                { "id": "gema", "deps": [of("store", Value::Null), of("proptest", json!("dev"))] },
                { "id": "store", "deps": [of("serde", Value::Null), of("cc", json!("build"))] },
                { "id": "serde", "deps": [of("itoa", Value::Null)] },
            ] },
        });
        let names: Vec<_> = dependencies(&metadata, "gema")
            .unwrap()
            .iter()
            .map(|one| text(one, "name").to_owned())
            .collect();
        assert_eq!(names, ["itoa", "serde"]);
        assert!(dependencies(&metadata, "widget").is_err());
    }

    #[test]
    fn a_text_that_many_share_is_there_once() {
        let crates = BTreeMap::from([
            ("a 1".to_owned(), "MIT".to_owned()),
            ("b 2".to_owned(), "MIT".to_owned()),
        ]);
        let texts = Texts::from([("The text".to_owned(), crates.keys().cloned().collect())]);
        let all = written("Head\n", &crates, &texts);
        assert!(
            all.starts_with("Head\n\n  a 1: MIT\n  b 2: MIT\n")
                && all.matches("The text").count() == 1,
            "{all}"
        );
        assert!(all.contains("\na 1, b 2\n"), "{all}");
    }

    #[test]
    fn licence_files_are_distinguished_from_code() {
        for name in [
            "LICENSE-MIT",
            "license",
            "COPYING.txt",
            "LICENSE.md",
            "NOTICE",
        ] {
            assert!(is_licence(Path::new(name)), "{name}");
        }
        assert!(!is_licence(Path::new("license.rs")) && !is_licence(Path::new("README.md")));
    }
}
