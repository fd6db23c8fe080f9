//! What the widget says, in each language: one embedded file of `locales/` a language, and a site's own words over it.
//! Numbers and dates are written by the exact tag given here: in the browser by its own means, in what is drawn here by `format`.

/// The embedded files.
mod file;
/// Numbers, days and plurals.
mod format;
/// Which of several languages serves whom.
mod nearest;
/// A site's own words for labels.
mod overrides;

use std::collections::BTreeMap;

use widget::format::Format;
use wire::{Choice, Dir, Labels, Reaction};

use crate::config::{ReactionOption, Site};

/// One of a site's languages, as asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Language {
    /// Its tag, as the site writes it: `id`.
    pub code: String,
    /// The exact BCP 47 tag by which numbers, dates and plurals are written: `id-u-nu-latn`.
    pub locale: String,
    /// The direction of its script.
    pub dir: Dir,
    file: &'static file::File,
    /// Where the region that was asked for writes otherwise.
    regional: Option<&'static file::Regional>,
}

/// The language of the site that is nearest to what was asked for (`id-ID` is answered by `id`, `zh-TW` by `zh-Hant`), else the
/// site's default; written as in the region that was asked for.
pub fn resolve(site: &Site, asked: Option<&str>) -> Language {
    let nearest = asked.and_then(|asked| nearest::nearest(site.languages.iter().map(String::as_str), asked));
    let code = nearest.unwrap_or(&site.default_language);
    // `check` has refused a site with a language that there is no file for.
    let file = file::find(code).or_else(|| file::find("id")).expect("the file `id` is embedded");
    let region = asked.filter(|_| nearest.is_some()).and_then(nearest::region).or_else(|| nearest::region(code));
    let regional = region.and_then(|region| file.regional(&region));
    let locale = regional.map_or(&file.locale, |regional| &regional.locale);
    Language { code: code.to_owned(), locale: locale.clone(), dir: file.dir, file, regional }
}

/// Every text of the widget, in the site's words.
pub fn labels(site: &Site, language: &Language) -> Labels {
    let mut labels = language.file.labels.clone();
    if let Some(percent) = language.regional.and_then(|regional| regional.percent.as_ref()) {
        labels.percent.clone_from(percent);
    }
    let own = site.labels.get(&language.code);
    // `check` has refused a site whose words do not fit.
    own.and_then(|own| overrides::apply(&labels, own).ok()).unwrap_or(labels)
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
    // The data is part of the program, and a test looks for each file's.
    format::find(&language.locale).expect("there is data for every language")
}

/// The name of a network that is a word and not a proper name.
pub fn network<'a>(language: &Language, key: &str) -> Option<&'a str> {
    language.file.networks.get(key).map(String::as_str)
}

/// The name of the list of articles that is ordered by that: "Paling banyak dibaca".
pub fn top(language: &Language, by: &str) -> &'static str {
    // Each file has the same.
    language.file.top.get(by).map_or("", String::as_str)
}

/// Every language that there is a file for.
pub fn languages() -> impl Iterator<Item = &'static str> {
    file::FILES.iter().map(|(tag, _)| *tag)
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
        // Another language's region says nothing.
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
