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

use toml::Table;
use widget::format::Format;
use wire::{Dir, Labels, Reaction};

/// Why a site cannot be shown in a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// There is no file for it.
    Language {
        /// The tags that there is one for.
        known: String,
    },
    /// A sentence that says which of the site's own words have no place.
    Words(String),
}

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

/// The language among a site's that is nearest to what was asked for (`id-ID` is answered by `id`, `zh-TW` by `zh-Hant`), else the
/// site's default; written as in the region that was asked for.
pub fn resolve(offered: &[String], default: &str, asked: Option<&str>) -> Language {
    let nearest = asked.and_then(|asked| nearest::nearest(offered.iter().map(String::as_str), asked));
    let code = nearest.unwrap_or(default);
    // The configuration has refused a site with a language that there is no file for.
    let file = file::find(code).or_else(|| file::find("id")).expect("the file `id` is embedded");
    let region = asked.filter(|_| nearest.is_some()).and_then(nearest::region).or_else(|| nearest::region(code));
    let regional = region.and_then(|region| file.regional(&region));
    let locale = regional.map_or(&file.locale, |regional| &regional.locale);
    Language { code: code.to_owned(), locale: locale.clone(), dir: file.dir, file, regional }
}

/// Every text of the widget, with a site's `own` words in place of some.
pub fn labels(language: &Language, own: Option<&Table>) -> Labels {
    let mut labels = language.file.labels.clone();
    if let Some(percent) = language.regional.and_then(|regional| regional.percent.as_ref()) {
        labels.percent.clone_from(percent);
    }
    // The configuration has refused a site whose words do not fit.
    own.and_then(|own| overrides::apply(&labels, own).ok()).unwrap_or(labels)
}

/// Whether a site's `own` words have a place in the language of that tag.
///
/// # Errors
/// [`Unfit`] says what is in the way.
pub fn check(code: &str, own: Option<&Table>) -> Result<(), Unfit> {
    let file = file::find(code).ok_or_else(|| Unfit::Language { known: file::known() })?;
    own.map_or(Ok(()), |own| overrides::apply(&file.labels, own).map(drop).map_err(Unfit::Words))
}

/// The label of an option of the poll that the language of that tag knows.
pub fn reaction(code: &str, key: &Reaction) -> Option<&'static str> {
    file::find(code)?.reactions.get(key.as_str()).map(String::as_str)
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
