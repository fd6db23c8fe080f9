//! The files of `packaging/`, with `@NAMES@` replaced.

use anyhow::{Context, Result, bail};

use crate::repo;

/// The text of a file in `packaging/`, each `@NAME@` replaced by its value.
pub(super) fn filled(file: &str, values: &[(&str, &str)]) -> Result<String> {
    fill(&read(file)?, values).with_context(|| format!("packaging/{file}"))
}

/// The text of a file in `packaging/`.
pub(super) fn read(file: &str) -> Result<String> {
    at_root(&format!("packaging/{file}"))
}

/// The text of a file of the repository.
pub(super) fn at_root(file: &str) -> Result<String> {
    std::fs::read_to_string(repo::root().join(file)).with_context(|| format!("cannot read {file}"))
}

fn fill(text: &str, values: &[(&str, &str)]) -> Result<String> {
    let text = values.iter().fold(text.to_owned(), |text, (name, value)| {
        text.replace(&format!("@{name}@"), value)
    });
    match left(&text) {
        Some(name) => bail!("nothing is given for @{name}@"),
        None => Ok(text),
    }
}

/// The first name that has not been replaced.
fn left(text: &str) -> Option<&str> {
    let is_name = |part: &&str| {
        part.len() > 2
            && part
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte == b'_')
    };
    text.split('@').skip(1).find(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_without_a_value_is_an_error() {
        assert_eq!(
            fill("a @VERSION@ b@c.example", &[("VERSION", "1")]).unwrap(),
            "a 1 b@c.example"
        );
        assert!(
            fill("@VERSION@ @SIZE@", &[("VERSION", "1")])
                .unwrap_err()
                .to_string()
                .contains("@SIZE@")
        );
    }
}
