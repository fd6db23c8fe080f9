//! Checks the documents' links: files that are linked, headings that are linked, and paths of this repository in code
//! spans exist.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::{exec, repo};

/// Directories whose paths in code spans are checked; others may be those of a reader's own site.
const OWN: [&str; 5] = ["crates/", "docs/", "findings/", "integrations/", "tests/"];

/// The links in one document, and the headings that can be link targets.
#[derive(Default)]
struct Document {
    headings: BTreeSet<String>,
    links: Vec<String>,
    code: Vec<String>,
}

impl Document {
    fn parse(text: &str) -> Self {
        let mut document = Self::default();
        let mut heading = None;
        for event in Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
            match event {
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => {
                    document.add_heading(&heading.take().unwrap_or_default())
                }
                Event::Start(Tag::Link { dest_url, .. }) => {
                    document.links.push(dest_url.into_string())
                }
                Event::Code(code) => {
                    heading
                        .as_mut()
                        .into_iter()
                        .for_each(|heading| heading.push_str(&code));
                    document.code.push(code.into_string());
                }
                Event::Text(text) => heading
                    .as_mut()
                    .into_iter()
                    .for_each(|heading| heading.push_str(&text)),
                _ => {}
            }
        }
        document
    }

    /// A heading's anchor as GitHub makes it: lower case, spaces as hyphens, no punctuation; a number if it is taken.
    fn add_heading(&mut self, heading: &str) {
        let kept = heading.trim().to_lowercase().replace(' ', "-");
        let anchor: String = kept
            .chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
            .collect();
        let numbered = (1..).map(|number| format!("{anchor}-{number}"));
        let free = std::iter::once(anchor.clone())
            .chain(numbered)
            .find(|anchor| !self.headings.contains(anchor));
        self.headings.extend(free);
    }
}

/// Files under version control, and new ones.
fn files() -> BTreeSet<PathBuf> {
    let mut git = std::process::Command::new("git");
    git.current_dir(repo::root())
        .args(["ls-files", "--cached", "--others", "--exclude-standard"]);
    exec::read(&mut git)
        .unwrap()
        .lines()
        .map(PathBuf::from)
        .filter(|file| repo::root().join(file).exists())
        .collect()
}

/// The path without `.` and `..`.
fn normal(path: &Path) -> PathBuf {
    path.components()
        .fold(PathBuf::new(), |mut normal, component| {
            match component {
                Component::CurDir => {}
                Component::ParentDir => drop(normal.pop()),
                other => normal.push(other),
            }
            normal
        })
}

/// Describes each broken link of all documents.
fn broken(files: &BTreeSet<PathBuf>) -> Vec<String> {
    let is_document = |file: &&PathBuf| file.extension().is_some_and(|extension| extension == "md");
    let read = |file: &PathBuf| {
        (
            file.clone(),
            Document::parse(&super::read(&file.to_string_lossy()).unwrap()),
        )
    };
    let documents: BTreeMap<_, _> = files.iter().filter(is_document).map(read).collect();
    let exists =
        |path: &Path| files.contains(path) || files.iter().any(|file| file.starts_with(path));
    let mut broken = Vec::new();
    for (file, document) in &documents {
        for link in document.links.iter().filter(|link| !link.contains(':')) {
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = match path {
                "" => file.clone(),
                path => normal(&file.parent().unwrap_or(Path::new("")).join(path)),
            };
            let has_anchor = || {
                documents
                    .get(&target)
                    .is_none_or(|target| target.headings.contains(anchor))
            };
            if !exists(&target) || !(anchor.is_empty() || has_anchor()) {
                broken.push(format!("{}: the link {link}", file.display()));
            }
        }
        for code in &document.code {
            let is_path = OWN.iter().any(|own| code.starts_with(own))
                && !code.contains([' ', '*', '{', '<', '…']);
            // `TAG` is a placeholder, as in `locales/TAG.toml`; generated files are not under version control.
            let is_pattern = Path::new(code)
                .file_stem()
                .is_some_and(|stem| stem.to_string_lossy() == "TAG");
            if is_path && !is_pattern && !exists(&normal(Path::new(code))) {
                broken.push(format!("{}: the path {code}", file.display()));
            }
        }
    }
    broken
}

#[test]
fn links_and_paths_in_documents_exist() {
    let broken = broken(&files());
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn headings_have_the_anchors_of_github() {
    let document =
        Document::parse("# Dé `gema.toml`: a, b\n\n## Same\n\n## Same\n\n[a](b.md#c) `d`\n");
    let headings: Vec<_> = document.headings.iter().map(String::as_str).collect();
    assert_eq!(headings, ["dé-gematoml-a-b", "same", "same-1"]);
    assert_eq!(
        (document.links, document.code),
        (vec!["b.md#c".into()], vec!["gema.toml".into(), "d".into()])
    );
}
