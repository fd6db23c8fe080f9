//! `cargo xtask documents`: generates parts of documents from a single source. A generated part stands between two
//! marks; a test checks that the files are up to date.

mod crates;
mod form;
#[cfg(test)]
mod links;
mod table;
mod tokens;

use std::fs;

use anyhow::{Context, Result};

use crate::repo;
use tokens::Property;

/// A part of a file between `<!-- made of SOURCE: cargo xtask documents -->` and the next `<!-- end -->`.
struct Made {
    file: &'static str,
    source: &'static str,
    content: fn() -> Result<String>,
}

const MADE: [Made; 4] = [
    Made {
        file: "ARCHITECTURE.md",
        source: crates::SOURCE,
        content: crates::picture,
    },
    Made {
        file: "docs/embedding.md",
        source: tokens::FILE,
        content: || of_tokens(table::english),
    },
    Made {
        file: "docs/id/pemasangan.md",
        source: tokens::FILE,
        content: || of_tokens(table::indonesian),
    },
    Made {
        file: "demo/coba.html",
        source: tokens::FILE,
        content: || of_tokens(form::properties),
    },
];

fn of_tokens(write: fn(&[Property]) -> String) -> Result<String> {
    tokens::read().map(|properties| write(&properties))
}

/// Regenerates all parts.
pub(crate) fn run() -> Result<()> {
    for made in &MADE {
        let file = repo::root().join(made.file);
        let text = read(made.file)?;
        fs::write(&file, made.put_into(&text)?)
            .with_context(|| format!("cannot write {}", made.file))?;
        println!("{}: what is made of {}", made.file, made.source);
    }
    Ok(())
}

impl Made {
    /// The file's text with this part regenerated.
    fn put_into(&self, text: &str) -> Result<String> {
        const END: &str = "<!-- end -->";
        let mark = format!("<!-- made of {}: cargo xtask documents -->", self.source);
        let lost = || {
            format!(
                "{} has no part any more between `{mark}` and `{END}`",
                self.file
            )
        };
        let (before, rest) = text.split_once(&mark).with_context(lost)?;
        let (old, after) = rest.split_once(END).with_context(lost)?;
        // Keeps the indentation of the second mark.
        let indent = old.rsplit('\n').next().unwrap_or_default();
        Ok(format!(
            "{before}{mark}\n{}{indent}{END}{after}",
            (self.content)()?
        ))
    }
}

fn read(file: &str) -> Result<String> {
    fs::read_to_string(repo::root().join(file)).with_context(|| format!("cannot read {file}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_parts_are_up_to_date() {
        for made in &MADE {
            let text = read(made.file).unwrap();
            // Not `assert_eq`: it would print whole files instead of the remedy.
            assert!(
                made.put_into(&text).unwrap() == text,
                "{}: run `cargo xtask documents`",
                made.file
            );
        }
    }

    #[test]
    fn text_around_a_generated_part_stays() {
        let made = Made {
            file: "a.html",
            source: "b.css",
            content: || Ok("  new\n".into()),
        };
        let [begin, end] = [
            "<p>\n  <!-- made of b.css: cargo xtask documents -->\n",
            "  <!-- end -->\n</p>\n",
        ];
        let text = made
            .put_into(&[begin, "  old\n  older\n", end].concat())
            .unwrap();
        assert_eq!(text, [begin, "  new\n", end].concat());
        let error = made.put_into("<p>\n</p>").unwrap_err().to_string();
        assert!(
            error.contains("a.html") && error.contains("made of b.css"),
            "{error}"
        );
    }
}
