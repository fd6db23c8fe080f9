//! The graph of the crates' imports, from Cargo's metadata.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::exec;

/// The source of the graph, for its marker.
pub(super) const SOURCE: &str = "each crate's Cargo.toml";

/// A crate of this repository.
struct CrateEntry {
    about: String,
    /// Its dependencies among them.
    imports: BTreeSet<String>,
    /// Dependencies of its tests only.
    tests: BTreeSet<String>,
}

type Crates = BTreeMap<String, CrateEntry>;

/// A Mermaid graph and a table.
pub(super) fn picture() -> Result<String> {
    let metadata = exec::read(exec::cargo().args([
        "metadata",
        "--no-deps",
        "--offline",
        "--format-version",
        "1",
    ]))?;
    let crates =
        read(&serde_json::from_str(&metadata)?).context("cargo metadata lists no crates")?;
    Ok(format!(
        "\n```mermaid\n{}```\n\n{}\n",
        graph(&crates),
        table(&crates)
    ))
}

fn read(metadata: &Value) -> Option<Crates> {
    let packages = metadata["packages"].as_array()?;
    packages
        .iter()
        .map(|package| Some((package["name"].as_str()?.to_owned(), read_one(package)?)))
        .collect()
}

fn read_one(package: &Value) -> Option<CrateEntry> {
    let name = package["name"].as_str()?;
    let about = package["description"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let mut imports = BTreeSet::new();
    let mut tests = BTreeSet::new();
    for dependency in package["dependencies"]
        .as_array()?
        .iter()
        .filter(|dependency| dependency["path"].is_string())
    {
        let other = dependency["name"].as_str()?.to_owned();
        match dependency["kind"].as_str() {
            _ if other == name => {}
            Some("dev") => drop(tests.insert(other)),
            _ => drop(imports.insert(other)),
        }
    }
    tests.retain(|other| !imports.contains(other));
    Some(CrateEntry {
        about,
        imports,
        tests,
    })
}

/// An arrow from each crate to each import, without those that others imply. Isolated crates are left out.
fn graph(crates: &Crates) -> String {
    let arrows = crates.iter().flat_map(|(name, one)| {
        let follows = |other: &String| {
            one.imports
                .iter()
                .any(|via| via != other && reaches(crates, via, other))
        };
        one.imports
            .iter()
            .filter(move |other| !follows(other))
            .map(move |other| format!("    {name} --> {other}\n"))
    });
    "graph TD\n".to_owned() + &arrows.collect::<String>()
}

/// Whether a crate imports another one, directly or transitively.
fn reaches(crates: &Crates, from: &str, to: &str) -> bool {
    let imports = crates.get(from).map(|one| &one.imports);
    imports.is_some_and(|imports| {
        imports.contains(to) || imports.iter().any(|via| reaches(crates, via, to))
    })
}

fn table(crates: &Crates) -> String {
    let listed = |names: &BTreeSet<String>| {
        names
            .iter()
            .map(|name| format!("`{name}`"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let rows = crates.iter().map(
        |(
            name,
            CrateEntry {
                about,
                imports,
                tests,
            },
        )| {
            let tests = if tests.is_empty() {
                String::new()
            } else {
                format!("; its tests also {}", listed(tests))
            };
            let imports = if imports.is_empty() {
                "nothing of ours".into()
            } else {
                listed(imports)
            };
            format!("| `{name}` | {about} | {imports}{tests} |\n")
        },
    );
    "| crate | what it is | imports |\n|---|---|---|\n".to_owned() + &rows.collect::<String>()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn crates() -> Crates {
        let package = |name: &str, others: &[(&str, Value)]| {
            let others: Vec<_> = others
                .iter()
                .map(|(name, kind)| json!({ "name": name, "kind": kind, "path": "/x" }))
                .collect();
            json!({ "name": name, "description": format!("The {name}"), "dependencies": others })
        };
        let serde = json!({ "name": "serde", "kind": null, "path": null });
        let mut top = package(
            "top",
            &[
                ("middle", Value::Null),
                ("bottom", Value::Null),
                ("proof", json!("dev")),
            ],
        );
        top["dependencies"].as_array_mut().unwrap().push(serde);
        let others = [
            package("middle", &[("bottom", Value::Null)]),
            package("bottom", &[]),
            package("proof", &[]),
        ];
        let packages = [&[top][..], &others].concat();
        read(&json!({ "packages": packages })).unwrap()
    }

    #[test]
    fn the_graph_leaves_implied_arrows_out_and_the_table_does_not() {
        assert_eq!(
            graph(&crates()),
            "graph TD\n    middle --> bottom\n    top --> middle\n"
        );
        assert!(
            table(&crates())
                .contains("| `top` | The top | `bottom`, `middle`; its tests also `proof` |\n")
        );
        assert!(table(&crates()).contains("| `bottom` | The bottom | nothing of ours |\n"));
    }
}
