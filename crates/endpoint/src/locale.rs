//! What the widget says, in each language: one embedded file of `locales/` a language, and a site's own words over it.
//! Numbers and dates are written by the exact tag given here: in the browser by its own means, in what is drawn here by `format`.

/// The embedded files.
mod file;
/// Numbers, days and plurals.
mod format;
/// A site's own words for labels.
mod overrides;

use std::collections::BTreeMap;

use widget::format::Format;
use wire::{Choice, Dir, Labels, Reaction};

use crate::config::{ReactionOption, Site};

/// One of a site's languages, as asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Language {
    /// The tag of the language's file: `id`.
    pub code: String,
    /// The exact BCP 47 tag by which numbers, dates and plurals are written: `id-u-nu-latn`.
    pub locale: String,
    /// The direction of its script.
    pub dir: Dir,
}

/// The language of the site that is nearest to what was asked for: the tag itself, else with subtags dropped from its end
/// (`id-ID` is answered by `id`), else the site's default.
pub fn resolve(site: &Site, asked: Option<&str>) -> Language {
    let code = nearest(&site.languages, asked.unwrap_or_default()).unwrap_or(&site.default_language);
    let (locale, dir) = file::find(code).map_or((code, Dir::Ltr), |file| (file.locale.as_str(), file.dir));
    Language { code: code.to_owned(), locale: locale.to_owned(), dir }
}

fn nearest<'a>(offered: &'a [String], mut wanted: &str) -> Option<&'a str> {
    while !wanted.is_empty() {
        if let Some(found) = offered.iter().find(|tag| tag.eq_ignore_ascii_case(wanted)) {
            return Some(found);
        }
        wanted = wanted.rfind(['-', '_']).map_or("", |end| &wanted[..end]);
    }
    None
}

/// Every text of the widget, in the site's words.
pub fn labels(site: &Site, language: &Language) -> Labels {
    let labels = &language.file().labels;
    let own = site.labels.get(&language.code);
    // `check` has refused a site whose words do not fit.
    own.and_then(|own| overrides::apply(labels, own).ok()).unwrap_or_else(|| labels.clone())
}

/// The options of the site's poll with their labels, in the order to show.
pub fn choices(site: &Site, language: &Language) -> Vec<Choice> {
    let choice = |option: &ReactionOption| Choice {
        key: option.key.clone(),
        emoji: option.emoji.clone(),
        image: option.image.clone(),
        label: label(option, &language.code).unwrap_or(option.key.as_str()).to_owned(),
    };
    site.reactions.iter().map(choice).collect()
}

fn label<'a>(option: &'a ReactionOption, code: &str) -> Option<&'a str> {
    let known = || file::find(code)?.reactions.get(option.key.as_str());
    option.label.get(code).or_else(known).map(String::as_str)
}

/// How it writes numbers, days and plurals.
pub fn format(language: &Language) -> &'static (dyn Format + Sync) {
    // As for the file itself.
    format::find(&language.code).or_else(|| format::find("id")).expect("the file `id` is embedded")
}

/// The name of a network that is a word and not a proper name.
pub fn network<'a>(language: &Language, key: &str) -> Option<&'a str> {
    language.file().networks.get(key).map(String::as_str)
}

/// The five options of a site that names none.
pub fn default_reactions() -> Vec<ReactionOption> {
    [("happy", "😊"), ("inspired", "💡"), ("surprised", "😮"), ("sad", "😢"), ("angry", "😡")]
        .into_iter()
        .map(|(key, emoji)| ReactionOption {
            // Each is a slug: lower-case letters.
            key: Reaction::parse(key).expect("a slug"),
            emoji: Some(emoji.to_owned()),
            image: None,
            label: BTreeMap::new(),
        })
        .collect()
}

/// Whether every language of the site is known, every one of its own words has a place, and every option a label.
///
/// # Errors
/// A sentence that names the field and the remedy.
pub fn check(site: &Site) -> Result<(), String> {
    for code in &site.languages {
        let Some(file) = file::find(code) else {
            return Err(format!("`languages` has `{code}`, which there is no file for. Known: {}", file::known()));
        };
        if let Some(own) = site.labels.get(code) {
            overrides::apply(&file.labels, own).map_err(|what| format!("`labels.{code}`: {what}"))?;
        }
        if let Some(mute) = site.reactions.iter().find(|option| label(option, code).is_none()) {
            let key = &mute.key;
            return Err(format!("`reactions`: `{key}` has no label in `{code}`: add label = {{ {code} = \"…\" }}"));
        }
    }
    match site.labels.keys().find(|code| !site.languages.contains(code)) {
        Some(code) => {
            Err(format!("`labels.{code}` is for a language that the site does not have: add it to `languages`"))
        }
        None => Ok(()),
    }
}

impl Language {
    fn file(&self) -> &'static file::File {
        // Only `resolve` makes one, of a site whose languages `check` has found.
        file::find(&self.code).or_else(|| file::find("id")).expect("the file `id` is embedded")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_falls_back_to_its_language_and_a_stranger_to_the_sites_default() {
        let mut site = Site::demo();
        let code = |site: &Site, asked| resolve(site, asked).code;
        assert_eq!(code(&site, Some("id-ID")), "id");
        assert_eq!(code(&site, Some("en-Latn-GB")), "en");
        assert_eq!(code(&site, Some("EN_us")), "en");
        assert_eq!(code(&site, Some("fr")), "id");
        assert_eq!(code(&site, Some("")), "id");
        site.default_language = "en".into();
        assert_eq!(code(&site, None), "en");
        site.languages = vec!["en".into()];
        assert_eq!(code(&site, Some("id")), "en");
    }

    #[test]
    fn the_tag_to_format_by_is_exact() {
        let site = Site::demo();
        assert_eq!(resolve(&site, Some("id-ID")).locale, "id-u-nu-latn");
        assert_eq!(resolve(&site, Some("en-GB")).locale, "en");
    }

    #[test]
    fn the_five_options_are_named_in_every_language() {
        let site = Site::demo();
        let named = |asked| choices(&site, &resolve(&site, Some(asked))).into_iter().map(|choice| choice.label);
        assert!(named("id").eq(["Senang", "Terinspirasi", "Terkejut", "Sedih", "Marah"]));
        assert!(named("en").eq(["Happy", "Inspired", "Surprised", "Sad", "Angry"]));
    }

    #[test]
    fn a_sites_own_words_are_shown_in_their_language_only() {
        let mut site = Site::demo();
        site.labels.insert("id".into(), "share = 'Sebarkan'".parse().unwrap());
        assert_eq!(check(&site), Ok(()));
        assert_eq!(labels(&site, &resolve(&site, Some("id"))).share, "Sebarkan");
        assert_eq!(labels(&site, &resolve(&site, Some("en"))).share, "Share this story");
    }

    #[test]
    fn a_site_that_cannot_be_shown_is_refused_with_the_field_and_the_remedy() {
        let refused = |change: &dyn Fn(&mut Site), says: &[&str]| {
            let mut site = Site::demo();
            change(&mut site);
            let error = check(&site).unwrap_err();
            assert!(says.iter().all(|word| error.contains(word)), "{error}");
        };
        refused(&|site| site.languages.push("fr".into()), &["`languages`", "`fr`", "id, en"]);
        refused(
            &|site| drop(site.labels.insert("id".into(), "shrae = 'x'".parse().unwrap())),
            &["`labels.id`", "`shrae`", "share"],
        );
        refused(&|site| drop(site.labels.insert("ar".into(), toml::Table::new())), &["`labels.ar`", "`languages`"]);
        refused(
            &|site| site.reactions[0].key = Reaction::parse("proud").unwrap(),
            &["`reactions`", "`proud`", "label = { id = "],
        );
    }
}
