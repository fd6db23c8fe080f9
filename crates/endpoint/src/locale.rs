//! The widget's texts: one embedded file of `locales/` per language, with a site's overrides. Numbers and dates are
//! formatted by an exact BCP 47 tag: by `Intl` in the browser, and by the module `format` here.

/// The embedded language files.
mod file;
/// Formatting of numbers, days and plurals.
mod format;
/// Language negotiation.
mod nearest;
/// A site's overrides of labels.
mod overrides;

use std::collections::BTreeMap;

use widget::format::Format;
use wire::{Choice, Dir, Labels, Reaction};

use crate::config::{ReactionOption, Site};

/// One of a site's languages, as requested.
#[derive(Clone, Debug, PartialEq)]
pub struct Language {
    /// Its tag as configured: `id`.
    pub code: String,
    /// The exact BCP 47 tag for numbers, dates and plurals: `id-u-nu-latn`.
    pub locale: String,
    /// The direction of its script.
    pub dir: Dir,
    file: &'static file::File,
    /// Formats of the requested region, if they differ.
    regional: Option<&'static file::Regional>,
}

/// The site's language that is nearest to the requested one (`id` for `id-ID`, `zh-Hant` for `zh-TW`), else the site's
/// default, with the formats of the requested region.
pub fn resolve(site: &Site, asked: Option<&str>) -> Language {
    let nearest = asked.and_then(|asked| nearest::nearest(site.languages.iter().map(String::as_str), asked));
    let code = nearest.unwrap_or(&site.default_language);
    // `check` rejects sites with an unknown language.
    let file = file::find(code).or_else(|| file::find("id")).expect("the file `id` is embedded");
    let region = asked.filter(|_| nearest.is_some()).and_then(nearest::region).or_else(|| nearest::region(code));
    let regional = region.and_then(|region| file.regional(&region));
    let locale = regional.map_or(&file.locale, |regional| &regional.locale);
    Language { code: code.to_owned(), locale: locale.clone(), dir: file.dir, file, regional }
}

/// All labels of the widget, with the site's overrides.
pub fn labels(site: &Site, language: &Language) -> Labels {
    let mut labels = language.file.labels.clone();
    if let Some(percent) = language.regional.and_then(|regional| regional.percent.as_ref()) {
        labels.percent.clone_from(percent);
    }
    let own = site.labels.get(&language.code);
    // `check` rejects sites with invalid overrides.
    own.and_then(|own| overrides::apply(&labels, own).ok()).unwrap_or(labels)
}

/// The options of the site's poll with their labels, in display order.
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

/// The formatter for numbers, days and plurals.
pub fn format(language: &Language) -> &'static (dyn Format + Sync) {
    // The data is compiled in, and a test covers each file.
    format::find(&language.locale).expect("there is data for every language")
}

/// The translated name of a network, unless it is a proper name.
pub fn network<'a>(language: &Language, key: &str) -> Option<&'a str> {
    language.file.networks.get(key).map(String::as_str)
}

/// The title of the ranking by that criterion: "Paling banyak dibaca".
pub fn top(language: &Language, by: &str) -> &'static str {
    // All files have the same criteria.
    language.file.top.get(by).map_or("", String::as_str)
}

/// Every language with a file.
pub fn languages() -> impl Iterator<Item = &'static str> {
    file::FILES.iter().map(|(tag, _)| *tag)
}

/// The default options of a poll.
pub fn default_reactions() -> Vec<ReactionOption> {
    [("happy", "😊"), ("inspired", "💡"), ("surprised", "😮"), ("sad", "😢"), ("angry", "😡")]
        .into_iter()
        .map(|(key, emoji)| ReactionOption {
            // Each key is a valid slug.
            key: Reaction::parse(key).expect("a slug"),
            emoji: Some(emoji.to_owned()),
            image: None,
            label: BTreeMap::new(),
        })
        .collect()
}

/// Validates the site's languages, overrides and labels of options.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_falls_back_to_its_language_and_a_stranger_to_the_sites_default() {
        let mut site = Site::demo();
        let code = |site: &Site, asked| resolve(site, asked).code;
        assert_eq!(code(&site, Some("id-ID")), "id");
        assert_eq!(code(&site, Some("in")), "id");
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
        assert_eq!(resolve(&site, Some("en-US")).locale, "en");
    }

    #[test]
    fn a_region_that_was_asked_for_writes_as_it_does() {
        let mut site = Site::demo();
        site.languages = ["id", "ar", "de-CH"].map(str::to_owned).into();
        let locale = |asked| resolve(&site, Some(asked)).locale;
        assert_eq!((locale("ar"), locale("ar-AE")), (locale("ar-LY"), "ar-u-ca-gregory-nu-latn".into()));
        assert_eq!(locale("ar-SA"), "ar-EG-u-ca-gregory-nu-arab");
        assert_eq!((locale("de"), locale("de-AT")), ("de-CH-u-nu-latn".into(), "de-AT-u-nu-latn".into()));
        // The region of another language is ignored.
        assert_eq!(locale("fr-MA"), "id-u-nu-latn");
        assert_eq!(labels(&site, &resolve(&site, Some("ar-SA"))).percent, "{n}٪\u{61c}");
    }

    #[test]
    fn a_site_may_name_a_region_of_a_language() {
        let mut site = Site::demo();
        site.languages = ["pt-BR", "zh-TW"].map(str::to_owned).into();
        assert_eq!(check(&site), Ok(()));
        assert_eq!(labels(&site, &resolve(&site, Some("pt"))).close, "Fechar");
        assert_eq!(labels(&site, &resolve(&site, Some("zh-HK"))).close, "關閉");
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
        assert_eq!(labels(&site, &resolve(&site, Some("en"))).share, "Share this story:");
    }

    #[test]
    fn a_site_that_cannot_be_shown_is_refused_with_the_field_and_the_remedy() {
        let refused = |change: &dyn Fn(&mut Site), says: &[&str]| {
            let mut site = Site::demo();
            change(&mut site);
            let error = check(&site).unwrap_err();
            assert!(says.iter().all(|word| error.contains(word)), "{error}");
        };
        refused(&|site| site.languages.push("tlh".into()), &["`languages`", "`tlh`", "hi, id, it"]);
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
