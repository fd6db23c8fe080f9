//! The files of a package, sorted by path, so that the same files always give the same bytes.

use std::collections::BTreeMap;

/// Files and directories by path, relative and with `/`.
#[derive(Clone, Default)]
pub(super) struct Tree(BTreeMap<String, Entry>);

/// A file or a directory.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) mode: u32,
    /// The numeric owner and group.
    pub(super) owner: u32,
    pub(super) content: Content,
}

/// Contents of an entry.
#[derive(Clone)]
pub(super) enum Content {
    File(Vec<u8>),
    Directory,
}

impl Tree {
    /// Adds a file that everybody may read.
    pub(super) fn file(&mut self, path: impl Into<String>, content: impl Into<Vec<u8>>) {
        self.with_mode(path, 0o644, content);
    }

    /// Adds a program.
    pub(super) fn program(&mut self, path: impl Into<String>, content: impl Into<Vec<u8>>) {
        self.with_mode(path, 0o755, content);
    }

    /// Adds a file with these permissions.
    pub(super) fn with_mode(
        &mut self,
        path: impl Into<String>,
        mode: u32,
        content: impl Into<Vec<u8>>,
    ) {
        self.0.insert(
            path.into(),
            Entry {
                mode,
                owner: 0,
                content: Content::File(content.into()),
            },
        );
    }

    /// Adds a directory with this owner.
    pub(super) fn directory(&mut self, path: impl Into<String>, owner: u32) {
        self.0.insert(
            path.into(),
            Entry {
                mode: 0o755,
                owner,
                content: Content::Directory,
            },
        );
    }

    /// Adds the parent directories of every entry.
    pub(super) fn with_directories(mut self) -> Self {
        let paths: Vec<String> = self.0.keys().cloned().collect();
        for path in paths {
            for (end, _) in path.match_indices('/') {
                if !self.0.contains_key(&path[..end]) {
                    self.directory(&path[..end], 0);
                }
            }
        }
        self
    }

    /// All entries below a directory.
    pub(super) fn below(self, directory: &str) -> Self {
        Self(
            self.0
                .into_iter()
                .map(|(path, entry)| (format!("{directory}/{path}"), entry))
                .collect(),
        )
    }

    /// The entries in the order of their paths, each directory before what it holds.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.0.iter().map(|(path, entry)| (path.as_str(), entry))
    }

    /// The files in the order of their paths.
    pub(super) fn files(&self) -> impl Iterator<Item = (&str, u32, &[u8])> {
        self.entries()
            .filter_map(|(path, entry)| match &entry.content {
                Content::File(content) => Some((path, entry.mode, content.as_slice())),
                Content::Directory => None,
            })
    }

    /// The size of all files.
    pub(super) fn bytes(&self) -> usize {
        self.files().map(|(.., content)| content.len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_stands_before_what_it_holds() {
        let mut tree = Tree::default();
        tree.file("usr/share/doc/gema/copyright", "c");
        tree.program("usr/bin/gema", "g");
        tree.directory("data", 65532);
        let paths: Vec<_> = tree
            .with_directories()
            .entries()
            .map(|(path, entry)| (path.to_owned(), entry.owner))
            .collect();
        let names: Vec<_> = paths.iter().map(|(path, _)| path.as_str()).collect();
        let doc = [
            "usr/share",
            "usr/share/doc",
            "usr/share/doc/gema",
            "usr/share/doc/gema/copyright",
        ];
        assert_eq!(
            names,
            [&["data", "usr", "usr/bin", "usr/bin/gema"][..], &doc].concat()
        );
        assert_eq!(
            paths[0].1, 65532,
            "a directory that was named keeps its owner"
        );
    }
}
