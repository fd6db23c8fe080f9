//! The demo's pages as they are served: Trunk's links in index.html name the files to copy beside it and to inline.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::{copy, read, write};
use crate::repo;

/// The page that names the others.
const INDEX: &str = "index.html";

/// Writes the pages into `part`.
pub(crate) fn write_all(part: &Path) -> Result<()> {
    let index = read(&repo::root().join(INDEX))?;
    let mut page = String::new();
    for line in index.lines() {
        match Link::parse(line)? {
            None => page += &format!("{line}\n"),
            Some(Link::Build) => {}
            Some(Link::Copy(file)) => {
                let name = Path::new(file)
                    .file_name()
                    .with_context(|| format!("{file} is no file's name"))?;
                copy(&repo::root().join(file), &part.join(name))?;
            }
            Some(Link::Inline(file)) => page += &read(&repo::root().join(file))?,
        }
    }
    write(&part.join(INDEX), page.as_bytes())?;
    write(&part.join("languages.txt"), languages()?.as_bytes())
}

/// Trunk's action for a line of index.html.
#[derive(Debug, PartialEq, Eq)]
enum Link<'a> {
    /// Build the widget.
    Build,
    /// Copy a file beside the page.
    Copy(&'a str),
    /// Replace the line by a file's content.
    Inline(&'a str),
}

impl<'a> Link<'a> {
    fn parse(line: &'a str) -> Result<Option<Self>> {
        let text = line.trim();
        let Some(attributes) = text.strip_prefix("<link data-trunk ") else {
            return Ok(None);
        };
        let value = |name: &str| {
            let (_, rest) = attributes.split_once(&format!("{name}=\""))?;
            rest.split('"').next()
        };
        let file = || value("href").with_context(|| format!("{INDEX}: `{text}` has no href"));
        Ok(Some(match value("rel") {
            Some("rust") => Self::Build,
            Some("copy-file") => Self::Copy(file()?),
            Some("inline") => Self::Inline(file()?),
            _ => bail!(
                "{INDEX}: dist knows no `{text}`: teach crates/xtask/src/dist/pages.rs what Trunk does there"
            ),
        }))
    }
}

/// The widget's languages, sorted, one per line: for the demo page on which one can try them.
fn languages() -> Result<String> {
    let locales = repo::root().join("crates/locale/locales");
    let mut tags = Vec::new();
    for entry in
        fs::read_dir(&locales).with_context(|| format!("cannot read {}", locales.display()))?
    {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            tags.extend(
                path.file_stem()
                    .map(|tag| tag.to_string_lossy().into_owned()),
            );
        }
    }
    tags.sort_unstable();
    let mut text = String::new();
    for tag in tags {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{tag}");
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_links_of_the_page_are_understood() {
        let parsed = |line| Link::parse(line).unwrap();
        assert_eq!(
            parsed(r#"  <link rel="stylesheet" href="/demo.css">"#),
            None
        );
        assert_eq!(
            parsed(r#"  <link data-trunk rel="rust" href="Cargo.toml">"#),
            Some(Link::Build)
        );
        assert_eq!(
            parsed(r#"<link data-trunk rel="copy-file" href="demo/demo.js">"#),
            Some(Link::Copy("demo/demo.js"))
        );
        let inline =
            r#"    <link data-trunk rel="inline" type="html" href="demo/articles/a.html">"#;
        assert_eq!(parsed(inline), Some(Link::Inline("demo/articles/a.html")));
    }

    #[test]
    fn a_link_that_dist_does_not_know_is_an_error() {
        let error = Link::parse(r#"<link data-trunk rel="sass" href="a.scss">"#)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("sass") && error.contains("pages.rs"),
            "{error}"
        );
    }

    #[test]
    fn the_served_page_keeps_nothing_of_the_build() {
        let part = repo::target().join("tmp/pages");
        super::super::anew(&part).unwrap();
        write_all(&part).unwrap();
        let page = read(&part.join(INDEX)).unwrap();
        assert!(
            !page.contains("data-trunk")
                && page.contains("Kementerian Sekretariat Negara menyelenggarakan")
        );
        assert!(part.join("demo.css").exists() && part.join("tabloid.css").exists());
        assert!(
            read(&part.join("languages.txt"))
                .unwrap()
                .starts_with("ar\n")
        );
    }
}
