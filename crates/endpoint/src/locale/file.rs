use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;
use wire::{Dir, Labels};

/// The files that are part of the program, by the tag that pages ask for.
pub(super) const FILES: [(&str, &str); 2] =
    [("id", include_str!("../../locales/id.toml")), ("en", include_str!("../../locales/en.toml"))];

/// One language's file: every field is in every file.
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
}

static PARSED: LazyLock<Vec<(&str, File)>> = LazyLock::new(|| {
    let parse = |(tag, text)| toml::from_str(text).map(|file| (tag, file));
    // The texts are part of the program, and a test parses each.
    FILES.into_iter().map(parse).collect::<Result<_, _>>().expect("embedded locale files are well-formed")
});

/// The file of that tag.
pub(super) fn find(tag: &str) -> Option<&'static File> {
    PARSED.iter().find(|(known, _)| *known == tag).map(|(_, file)| file)
}

/// The tags there is a file for, for a message.
pub(super) fn known() -> String {
    FILES.map(|(tag, _)| tag).join(", ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use toml::{Table, Value};

    use super::*;

    /// The names in `{…}` of a text, or of the `other` form of a plural.
    fn placeholders(label: &Value) -> BTreeSet<String> {
        let text = label.get("other").unwrap_or(label).as_str().unwrap_or_default();
        text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name.to_owned()).collect()
    }

    fn labels(file: &File) -> Table {
        Table::try_from(&file.labels).unwrap()
    }

    fn keys(table: &Table) -> BTreeSet<&String> {
        table.keys().collect()
    }

    #[test]
    fn every_file_has_the_same_keys_and_no_other() {
        let first = find("id").unwrap();
        for (tag, text) in FILES {
            let file: File = toml::from_str(text).unwrap_or_else(|error| panic!("{tag}: {error}"));
            let written = text.parse::<Table>().unwrap();
            let known = labels(&file);
            assert_eq!(
                keys(written["labels"].as_table().unwrap()),
                keys(&known),
                "{tag}: a label is unknown or missing"
            );
            assert!(file.networks.keys().eq(first.networks.keys()), "{tag}: networks");
            assert!(file.reactions.keys().eq(first.reactions.keys()), "{tag}: reactions");
        }
    }

    #[test]
    fn every_translation_has_the_same_placeholders() {
        let first = labels(find("id").unwrap());
        for (tag, _) in FILES {
            for (key, label) in labels(find(tag).unwrap()) {
                assert_eq!(placeholders(&label), placeholders(&first[&key]), "{tag}: {key}");
            }
        }
    }

    #[test]
    fn a_missing_or_unknown_key_is_an_error_that_names_it() {
        let parse = |text: &str| toml::from_str::<File>(text).unwrap_err().to_string();
        let id = FILES[0].1;
        assert!(id.contains("more = \"Lainnya\"\n"));
        assert!(parse(&id.replace("more = \"Lainnya\"\n", "")).contains("more"));
        assert!(parse(&format!("direction = \"ltr\"\n{id}")).contains("direction"));
    }
}
