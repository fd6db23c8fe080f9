use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;
use wire::{Dir, Labels, Plural};

use super::negotiate::negotiate;

/// The embedded files of `locales/`, by the tag that pages request.
pub(super) const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/locales.rs"));

/// A language file. Every field is required, except `regions`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LanguageFile {
    /// The exact tag for numbers, dates and plurals.
    pub(super) locale: String,
    /// The direction of its script.
    pub(super) dir: Dir,
    /// The name of the link to the page about how a site counts.
    pub(super) method: String,
    /// The widget's labels.
    pub(super) labels: Labels,
    /// Names of networks that are words ("copy link"), by key.
    pub(super) networks: BTreeMap<String, String>,
    /// Labels of the five default options, by key.
    pub(super) reactions: BTreeMap<String, String>,
    /// Titles of the rankings ("most read"), by criterion.
    pub(super) top: BTreeMap<String, String>,
    /// Regions with other formats.
    #[serde(default)]
    pub(super) regions: Vec<RegionalFormat>,
}

/// Formats of some regions.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RegionalFormat {
    /// The regions, by ISO 3166 code.
    pub(super) codes: Vec<String>,
    /// Replaces the file's `locale`.
    pub(super) locale: String,
    /// Replaces the label `percent`, if present.
    #[serde(default)]
    pub(super) percent: Option<String>,
}

impl LanguageFile {
    /// The formats of a region, if they differ.
    pub(super) fn regional(&self, region: &str) -> Option<&RegionalFormat> {
        self.regions
            .iter()
            .find(|regional| regional.codes.iter().any(|code| code == region))
    }

    /// Removes plural forms that equal `other`, which makes pages shorter.
    fn shortened(mut self) -> Self {
        for Plural {
            zero,
            one,
            two,
            few,
            many,
            other,
        } in [&mut self.labels.reads, &mut self.labels.responses]
        {
            for form in [zero, one, two, few, many] {
                form.take_if(|form| form == other);
            }
        }
        self
    }

    /// Every exact tag of the file.
    pub(super) fn locales(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.locale)
            .chain(self.regions.iter().map(|regional| &regional.locale))
            .map(String::as_str)
    }
}

static PARSED: LazyLock<Vec<(&str, LanguageFile)>> = LazyLock::new(|| {
    let parse = |&(tag, text): &(_, &str)| {
        toml::from_str::<LanguageFile>(text).map(|file| (tag, file.shortened()))
    };
    // The texts are compiled in, and a test parses each.
    FILES
        .iter()
        .map(parse)
        .collect::<Result<_, _>>()
        .expect("embedded locale files are well-formed")
});

/// All files, by tag.
pub(super) fn all() -> impl Iterator<Item = (&'static str, &'static LanguageFile)> {
    PARSED.iter().map(|(tag, file)| (*tag, file))
}

/// The file for the language and script of a tag.
pub(super) fn find(tag: &str) -> Option<&'static LanguageFile> {
    let nearest = negotiate(FILES.iter().map(|(known, _)| *known), tag)?;
    all()
        .find(|(known, _)| *known == nearest)
        .map(|(_, file)| file)
}

/// All tags, for an error message.
pub(super) fn known() -> String {
    FILES
        .iter()
        .map(|(tag, _)| *tag)
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests;
