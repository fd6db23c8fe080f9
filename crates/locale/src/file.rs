use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;
use wire::{Dir, Labels, Plural};

use super::nearest::nearest;

/// The files that are part of the program, all of `locales/`, by the tag that pages ask for.
pub(super) const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/locales.rs"));

/// One language's file: every field is in every file, but for `regions`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    /// The exact tag to write numbers, dates and plurals by.
    pub(super) locale: String,
    /// The direction of its script.
    pub(super) dir: Dir,
    /// The widget's texts.
    pub(super) labels: Labels,
    /// Names of networks that are words ("copy link"), by key.
    pub(super) networks: BTreeMap<String, String>,
    /// Labels of the five options that a site has if it names none, by key.
    pub(super) reactions: BTreeMap<String, String>,
    /// Names of the lists of articles, by what they are ordered by: "most read".
    pub(super) top: BTreeMap<String, String>,
    /// Where the language is written otherwise.
    #[serde(default)]
    pub(super) regions: Vec<Regional>,
}

/// How some regions write numbers and days.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Regional {
    /// The regions, by ISO 3166 code.
    pub(super) codes: Vec<String>,
    /// Stands for the file's own.
    pub(super) locale: String,
    /// Stands for the label, if it is there.
    #[serde(default)]
    pub(super) percent: Option<String>,
}

impl File {
    /// What is written otherwise in that region.
    pub(super) fn regional(&self, region: &str) -> Option<&Regional> {
        self.regions.iter().find(|regional| regional.codes.iter().any(|code| code == region))
    }

    /// What is the same in several categories is said once: nobody has to find out which it is, and pages are shorter.
    fn shortened(mut self) -> Self {
        for Plural { zero, one, two, few, many, other } in [&mut self.labels.reads, &mut self.labels.responses] {
            for form in [zero, one, two, few, many] {
                form.take_if(|form| form == other);
            }
        }
        self
    }

    /// Every tag to write by.
    pub(super) fn locales(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.locale).chain(self.regions.iter().map(|regional| &regional.locale)).map(String::as_str)
    }
}

static PARSED: LazyLock<Vec<(&str, File)>> = LazyLock::new(|| {
    let parse = |&(tag, text): &(_, &str)| toml::from_str::<File>(text).map(|file| (tag, file.shortened()));
    // The texts are part of the program, and a test parses each.
    FILES.iter().map(parse).collect::<Result<_, _>>().expect("embedded locale files are well-formed")
});

/// Every file, by its tag.
pub(super) fn all() -> impl Iterator<Item = (&'static str, &'static File)> {
    PARSED.iter().map(|(tag, file)| (*tag, file))
}

/// The file for that tag: of its language and script.
pub(super) fn find(tag: &str) -> Option<&'static File> {
    let nearest = nearest(FILES.iter().map(|(known, _)| *known), tag)?;
    all().find(|(known, _)| *known == nearest).map(|(_, file)| file)
}

/// The tags there is a file for, for a message.
pub(super) fn known() -> String {
    FILES.iter().map(|(tag, _)| *tag).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
