//! Checks all crates for cycles of imports between the children of one module, which prevent reading them one by one. A
//! parent and its children may import each other. Cargo itself rejects cycles between crates.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::repo;

/// A module's path from its crate's root.
type ModulePath = Vec<String>;

/// The modules of a crate, with the paths in each.
#[derive(Default)]
struct CrateModules(BTreeMap<ModulePath, Paths>);

/// Paths from the crate's root.
#[derive(Default)]
struct Paths {
    /// Paths that the module uses, in `use` or in code.
    used: Vec<ModulePath>,
    /// Names that the module imports, with their origin, for its children.
    brought: BTreeMap<String, ModulePath>,
}

impl CrateModules {
    fn read(root: &Path) -> Self {
        let mut sources = BTreeMap::new();
        collect(root, &[], &mut sources);
        let modules: BTreeSet<_> = sources.keys().cloned().collect();
        Self(
            sources
                .into_iter()
                .map(|(module, text)| (module.clone(), Paths::of(&text, &module, &modules)))
                .collect(),
        )
    }

    /// The module that defines the item of a path, following re-exports within this crate.
    fn defines(&self, path: &[String]) -> ModulePath {
        let mut path = path.to_vec();
        // Re-exports are a few modules deep at most.
        for _ in 0..8 {
            let depth = (0..=path.len())
                .rev()
                .find(|depth| self.0.contains_key(&path[..*depth]))
                .unwrap_or(0);
            let brought = path
                .get(depth)
                .and_then(|name| self.0.get(&path[..depth])?.brought.get(name));
            match brought {
                Some(origin) if *origin != path => path.clone_from(origin),
                _ => return path[..depth].to_vec(),
            }
        }
        path
    }

    /// Cycles between children of one parent: each member, with the members that it imports.
    fn circles(&self) -> Vec<String> {
        let parents: BTreeSet<_> = self
            .0
            .keys()
            .filter_map(|module| Some(module.split_last()?.1.to_vec()))
            .collect();
        parents
            .iter()
            .flat_map(|parent| in_circles(self.imports_below(parent)))
            .collect()
    }

    /// The imports between the parent's children, including those of their descendants.
    fn imports_below(&self, parent: &[String]) -> BTreeMap<ModulePath, BTreeSet<ModulePath>> {
        let child = |module: &[String]| {
            module
                .starts_with(parent)
                .then(|| module.get(..=parent.len()))?
                .map(<[_]>::to_vec)
        };
        let mut imports: BTreeMap<ModulePath, BTreeSet<ModulePath>> = BTreeMap::new();
        for (module, paths) in &self.0 {
            let Some(importer) = child(module) else {
                continue;
            };
            let others = paths
                .used
                .iter()
                .filter_map(|path| child(&self.defines(path)));
            let others = others
                .filter(|other| *other != importer)
                .collect::<Vec<_>>();
            imports.entry(importer).or_default().extend(others);
        }
        imports
    }
}

/// Repeatedly removes modules that import no remaining module, or that no remaining module imports. The rest are in
/// cycles.
fn in_circles(mut imports: BTreeMap<ModulePath, BTreeSet<ModulePath>>) -> Vec<String> {
    loop {
        let left: BTreeSet<_> = imports.keys().cloned().collect();
        let imported: BTreeSet<_> = imports.values().flatten().cloned().collect();
        let before = imports.len();
        imports.retain(|module, others| {
            imported.contains(module) && others.iter().any(|other| left.contains(other))
        });
        if imports.len() == before {
            let line = |(module, others): (&ModulePath, &BTreeSet<ModulePath>)| {
                let others = others
                    .iter()
                    .filter(|other| left.contains(*other))
                    .map(|other| other.join("::"));
                format!(
                    "{} imports {}",
                    module.join("::"),
                    others.collect::<Vec<_>>().join(", ")
                )
            };
            return imports.iter().map(line).collect();
        }
    }
}

/// Reads the sources below a folder, without tests and comments.
fn collect(folder: &Path, parent: &[String], sources: &mut BTreeMap<ModulePath, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let module = if ["lib", "main"].contains(&&*name) {
            parent.to_vec()
        } else {
            [parent, std::slice::from_ref(&name)].concat()
        };
        if path.is_dir() {
            collect(&path, &module, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") && name != "tests" {
            let text = fs::read_to_string(&path).unwrap();
            let code = text
                .split("#[cfg(test)]\nmod tests {")
                .next()
                .unwrap_or_default();
            let lines = code
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"));
            sources
                .entry(module)
                .or_default()
                .push_str(&lines.collect::<Vec<_>>().join("\n"));
        }
    }
}

impl Paths {
    fn of(text: &str, module: &[String], modules: &BTreeSet<ModulePath>) -> Self {
        let mut paths = Self::default();
        let mut code = String::new();
        for statement in text.split_inclusive(';') {
            let Some((before, tree)) = split_use(statement) else {
                code.push_str(statement);
                continue;
            };
            code.push_str(before);
            let is_passed_on =
                before.trim_end().ends_with("pub") || before.trim_end().ends_with(')');
            for path in leaves(tree)
                .iter()
                .filter_map(|leaf| absolute(leaf, module, modules))
            {
                if let Some(name) = path.last() {
                    paths.brought.insert(name.clone(), path.clone());
                }
                // A re-export counts as a use by the module that imports it from here.
                if !is_passed_on {
                    paths.used.push(path);
                }
            }
        }
        let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
        let inline = code
            .split(|c| !is_part(c))
            .filter(|path| path.contains("::"));
        paths
            .used
            .extend(inline.filter_map(|path| absolute(path, module, modules)));
        paths
    }
}

/// The text before `use`, and the tree after it.
fn split_use(statement: &str) -> Option<(&str, &str)> {
    let at = statement.rfind("use ")?;
    let (before, tree) = statement.split_at(at);
    let begins = before
        .trim_end_matches([' ', '\n'])
        .ends_with(['}', ';', ']', ')'])
        || before.trim().is_empty();
    let is_statement =
        begins || before.trim_end().ends_with("pub") || before.trim_end().ends_with('{');
    is_statement.then(|| {
        (
            before,
            tree.trim_start_matches("use ").trim_end_matches(';'),
        )
    })
}

/// The paths of a tree: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn leaves(tree: &str) -> Vec<String> {
    let Some((before, rest)) = tree.split_once('{') else {
        return vec![
            tree.split(" as ")
                .next()
                .unwrap_or_default()
                .trim()
                .to_owned(),
        ];
    };
    let inner = rest.rsplit_once('}').map_or(rest, |(inner, _)| inner);
    let mut depth = 0_usize;
    let parts = inner.split(|c| {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    });
    let parts = parts.filter(|part| !part.trim().is_empty());
    parts
        .flat_map(leaves)
        .map(|leaf| format!("{}{leaf}", before.trim()))
        .collect()
}

/// The path from the crate's root; `None` if it leads outside the crate.
fn absolute(path: &str, module: &[String], modules: &BTreeSet<ModulePath>) -> Option<ModulePath> {
    let mut segments: Vec<_> = path.split("::").map(str::to_owned).collect();
    segments.retain(|segment| !segment.is_empty() && segment != "*");
    let mut base = module.to_vec();
    match segments.first()?.as_str() {
        "crate" => base.clear(),
        "self" => {}
        "super" => {
            while segments.get(1).is_some_and(|next| next == "super") {
                base.pop();
                segments.remove(0);
            }
            base.pop();
        }
        child if modules.contains(&[module, &[child.to_owned()]].concat()) => {
            segments.insert(0, String::new())
        }
        _ => return None,
    }
    base.extend(
        segments
            .into_iter()
            .skip(1)
            .filter(|segment| segment != "self"),
    );
    Some(base)
}

#[test]
fn no_children_of_one_parent_import_one_another_in_a_circle() {
    let crates = fs::read_dir(repo::root().join("crates"))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    for folder in crates.chain([repo::root().to_owned()]) {
        let source = folder.join("src");
        let circles = if source.is_dir() {
            CrateModules::read(&source).circles()
        } else {
            Vec::new()
        };
        assert!(
            circles.is_empty(),
            "{}:\n{}",
            source.display(),
            circles.join("\n")
        );
    }
}

#[test]
fn a_circle_is_found_also_through_what_a_parent_passes_on() {
    let sources = [
        ("", "mod one; mod two; mod three;\npub use one::One;"),
        ("one", "use super::two::Two;\npub struct One(Two);"),
        ("two", "use std::fmt;\nfn two() { crate::One::new(); }"),
        ("three", "use super::{One, two::{self, Two}};"),
    ];
    let module = |name: &str| {
        if name.is_empty() {
            Vec::new()
        } else {
            vec![name.to_owned()]
        }
    };
    let modules: BTreeSet<_> = sources.iter().map(|(name, _)| module(name)).collect();
    let paths =
        |(name, text): &(&str, &str)| (module(name), Paths::of(text, &module(name), &modules));
    let found = CrateModules(sources.iter().map(paths).collect());
    assert_eq!(found.circles(), ["one imports two", "two imports one"]);
}
