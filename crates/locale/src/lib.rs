//! The widget's texts: one embedded file of `locales/` per language, with a site's overrides. Numbers and dates are
//! formatted by an exact BCP 47 tag: by `Intl` in the browser, and by the module `format` here.

/// The embedded language files.
mod file;
/// Formatting of numbers, days and plurals.
mod format;
/// Language negotiation.
mod negotiate;
/// A site's overrides of labels.
mod overrides;

use toml::Table;
use widget::format::Format;
use wire::{Dir, Labels, Reaction};

/// Why a site's language is rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvalidLanguage {
    /// The language has no file.
    Language {
        /// Tags of the known languages.
        known: String,
    },
    /// The site's overrides are invalid: a sentence that names them.
    Labels(String),
}

/// One of a site's languages, as requested.
#[derive(Clone, Debug, PartialEq)]
pub struct Language {
    /// Its tag as configured: `id`.
    pub code: String,
    /// The exact BCP 47 tag for numbers, dates and plurals: `id-u-nu-latn`.
    pub locale: String,
    /// The direction of its script.
    pub dir: Dir,
    file: &'static file::LanguageFile,
    /// Formats of the requested region, if they differ.
    regional: Option<&'static file::RegionalFormat>,
}

/// The offered language that is nearest to the requested one (`id` for `id-ID`, `zh-Hant` for `zh-TW`), else the site's
/// default, with the formats of the requested region.
pub fn resolve(offered: &[String], default: &str, requested: Option<&str>) -> Language {
    let nearest = requested
        .and_then(|requested| negotiate::negotiate(offered.iter().map(String::as_str), requested));
    let code = nearest.unwrap_or(default);
    // The configuration rejects sites with an unknown language.
    let file = file::find(code)
        .or_else(|| file::find("id"))
        .expect("the file `id` is embedded");
    let region = requested
        .filter(|_| nearest.is_some())
        .and_then(negotiate::region)
        .or_else(|| negotiate::region(code));
    let regional = region.and_then(|region| file.regional(&region));
    let locale = regional.map_or(&file.locale, |regional| &regional.locale);
    Language {
        code: code.to_owned(),
        locale: locale.clone(),
        dir: file.dir,
        file,
        regional,
    }
}

/// Every text of the widget. `own`: the site's overrides.
pub fn labels(language: &Language, own: Option<&Table>) -> Labels {
    let mut labels = language.file.labels.clone();
    if let Some(percent) = language
        .regional
        .and_then(|regional| regional.percent.as_ref())
    {
        labels.percent.clone_from(percent);
    }
    // The configuration rejects sites with invalid overrides.
    own.and_then(|own| overrides::apply(&labels, own).ok())
        .unwrap_or(labels)
}

/// Checks that the language exists, and that the overrides `own` match its texts.
/// # Errors
/// [`InvalidLanguage`]: the reason.
pub fn check(code: &str, own: Option<&Table>) -> Result<(), InvalidLanguage> {
    let file = file::find(code).ok_or_else(|| InvalidLanguage::Language {
        known: file::known(),
    })?;
    own.map_or(Ok(()), |own| {
        overrides::apply(&file.labels, own)
            .map(drop)
            .map_err(InvalidLanguage::Labels)
    })
}

/// The language's label of a poll option.
pub fn reaction(code: &str, key: &Reaction) -> Option<&'static str> {
    file::find(code)?
        .reactions
        .get(key.as_str())
        .map(String::as_str)
}

/// The formatter for numbers, days and plurals.
pub fn formatter(language: &Language) -> &'static (dyn Format + Sync) {
    // The data is compiled in, and a test covers each file.
    format::find(&language.locale).expect("there is data for every language")
}

/// Day and month of `YYYY-MM-DD`, in short: "17 Nov".
pub fn short_date(language: &Language, day: &str) -> String {
    format::find(&language.locale).map_or_else(|| day.to_owned(), |format| format.short_date(day))
}

/// The month of `YYYY-MM-DD`: "November 2015", or in short "Nov 2015".
pub fn month(language: &Language, day: &str, is_short: bool) -> String {
    format::find(&language.locale)
        .map_or_else(|| day.to_owned(), |format| format.month(day, is_short))
}

/// The pattern of percentages: `{n}%`.
pub fn percent(language: &Language) -> &'static str {
    let regional = language.regional.and_then(|of| of.percent.as_deref());
    regional.unwrap_or(&language.file.labels.percent)
}

/// The translated name of a network, unless it is a proper name.
pub fn network<'a>(language: &Language, key: &str) -> Option<&'a str> {
    language.file.networks.get(key).map(String::as_str)
}

/// The title of the ranking by that criterion: "Paling banyak dibaca".
pub fn ranking_title(language: &Language, by: &str) -> &'static str {
    // All files have the same criteria.
    language.file.top.get(by).map_or("", String::as_str)
}

/// The name of the link to the page about how a site counts: "Cara kami menghitung".
pub fn method_link(language: &Language) -> &'static str {
    &language.file.method
}

/// Every language with a file.
pub fn languages() -> impl Iterator<Item = &'static str> {
    file::FILES.iter().map(|(tag, _)| *tag)
}
