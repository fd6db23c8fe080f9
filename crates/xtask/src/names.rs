//! Checks all programs for names with two meanings in one program: a type that two files define (a module's own `Error`
//! aside), and a constant that has two values. A crate's test modules are left out, and so are associated types and
//! constants, whose owner names them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::repo;

/// The names that a crate defines.
#[derive(Default)]
struct CrateNames {
    /// The files that define each type. Definitions in one file are variants for different targets.
    types: BTreeMap<String, BTreeSet<String>>,
    /// The values of each constant, each with a file that has it.
    constants: BTreeMap<String, BTreeMap<String, String>>,
}

impl CrateNames {
    fn read(source: &Path) -> Self {
        let mut names = Self::default();
        let mut folders = vec![source.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.file_stem().is_some_and(|stem| stem == "tests") {
                    continue;
                }
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    let file = path.strip_prefix(source).unwrap().display().to_string();
                    names.add(&file, &fs::read_to_string(&path).unwrap());
                }
            }
        }
        names
    }

    /// Adds the definitions of a file, as rustfmt writes it.
    fn add(&mut self, file: &str, text: &str) {
        let code = text
            .split("#[cfg(test)]\nmod tests {")
            .next()
            .unwrap_or_default();
        let lines: Vec<_> = code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect();
        let mut owners = Vec::new();
        for (number, line) in lines.iter().enumerate() {
            let indent = indent(line);
            let item = without_visibility(line.trim_start());
            if owners.last() == Some(&indent) && item.starts_with('}') {
                owners.pop();
            } else if is_owner(item) && !item.ends_with('}') {
                owners.push(indent);
            }
            if owners.last().is_some_and(|owner| indent == owner + 4) {
                continue;
            }
            let Some((kind, rest)) = item.split_once(' ') else {
                continue;
            };
            let name: String = rest
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            match kind {
                "struct" | "enum" | "trait" | "type" | "union" if is_type(&name) => {
                    self.types.entry(name).or_default().insert(file.to_owned());
                }
                "const" | "static" if is_constant(&name) => {
                    let values = self.constants.entry(name).or_default();
                    values
                        .entry(value(&lines[number..]))
                        .or_insert_with(|| file.to_owned());
                }
                _ => {}
            }
        }
    }

    /// The names with two meanings, each with its files.
    fn ambiguous(&self) -> Vec<String> {
        let types = self
            .types
            .iter()
            .map(|(name, files)| (name, files.iter().collect::<Vec<_>>()));
        let constants = self
            .constants
            .iter()
            .map(|(name, values)| (name, values.values().collect()));
        let all = types.chain(constants).filter(|(_, files)| files.len() > 1);
        all.map(|(name, files)| format!("{name}: {files:?}"))
            .collect()
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn without_visibility(item: &str) -> &str {
    let item = item
        .strip_prefix("pub")
        .map_or(item, |rest| match rest.strip_prefix('(') {
            Some(rest) => rest.split_once(')').map_or(rest, |(_, rest)| rest),
            None => rest,
        });
    item.trim_start()
}

/// Whether the line begins an `impl` or a trait, which own the types and constants in them.
fn is_owner(item: &str) -> bool {
    let item = item.strip_prefix("unsafe ").unwrap_or(item);
    ["impl ", "impl<", "trait "]
        .iter()
        .any(|start| item.starts_with(start))
}

/// Whether a name is a type's that can stand for two ideas; not a word of SQL (`union all`), nor a module's own error.
fn is_type(name: &str) -> bool {
    name.starts_with(char::is_uppercase) && name != "Error"
}

/// Whether a name is a constant's: this excludes `const fn` and `const _`.
fn is_constant(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
}

/// The value of the constant that begins with the first line, on one line.
fn value(lines: &[&str]) -> String {
    let indents = indent(lines[0]) + if lines[0].ends_with('=') { 4 } else { 0 };
    let is_last = |(number, line): (usize, &&str)| {
        line.ends_with(';') && (number == 0 || indent(line) == indents)
    };
    let count = lines
        .iter()
        .enumerate()
        .position(is_last)
        .map_or(1, |last| last + 1);
    let statement = lines[..count]
        .iter()
        .map(|line| line.trim())
        .collect::<Vec<_>>()
        .join(" ");
    statement
        .split_once(" = ")
        .map_or(statement.clone(), |(_, value)| value.to_owned())
}

#[test]
fn no_name_has_two_meanings_in_one_program() {
    let crates = fs::read_dir(repo::root().join("crates"))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    for program in crates
        .chain([repo::root().to_owned()])
        .flat_map(|path| programs(&path))
    {
        let ambiguous = CrateNames::read(&program).ambiguous();
        assert!(
            ambiguous.is_empty(),
            "{}:\n{}",
            program.display(),
            ambiguous.join("\n")
        );
    }
}

/// The folders of a package's programs: its sources, and each of its tests that has several files.
fn programs(package: &Path) -> Vec<PathBuf> {
    let tests = fs::read_dir(package.join("tests")).into_iter().flatten();
    let mut programs: Vec<_> = tests.map(|entry| entry.unwrap().path()).collect();
    programs.push(package.join("src"));
    programs.retain(|program| program.is_dir());
    programs
}

#[test]
fn ambiguous_names_are_found_outside_impls_and_tests() {
    let mut names = CrateNames::default();
    let one = "pub(super) struct Place {\n}\n\nconst LIMIT: u32 = 1;\nconst SAME: &str =\n    \"a\";\n\npub struct Error;\n\
               impl Place {\n    const LIMIT: u32 = 3;\n}\n\nimpl Iterator for Place {\n    type Item = u32;\n}\n";
    let two = "/// struct Comment {}\nenum Place {}\n\npub static LIMIT: u32 = {\n    f();\n    2\n};\n\
               const SAME: &str = \"a\";\nstruct Error;\n\n#[cfg(test)]\nmod tests {\n    struct Other;\n}\n";
    names.add("one.rs", one);
    names.add("two.rs", two);
    names.add(
        "three.rs",
        "impl Other {\n    type Item = u8;\n\n    fn f() {\n        impl Iterator for Inner {\n            type Item = u16;\n        }\n    }\n}\n\n\
         fn f() {\n    struct Other;\n}\n",
    );
    assert_eq!(
        names.ambiguous(),
        [
            "Place: [\"one.rs\", \"two.rs\"]",
            "LIMIT: [\"one.rs\", \"two.rs\"]"
        ]
    );
}
