//! The language that the page requests: the closest `lang`.

use icu_locale::Locale;
use scraper::ElementRef;

use super::{
    element::Elements,
    finding::{Findings, warning},
    loader::{Tag, is_in_body},
    page::Page,
    placement::{self, Placement},
};

/// The closest `lang`, as with `closest("[lang]")`; `None`: the browser's language is used.
pub(super) fn examine(
    page: &Page,
    tag: Option<&Tag<'_>>,
    elements: &Elements<'_>,
    findings: &mut Findings,
) -> Option<String> {
    let start = elements
        .all()
        .next()
        .or_else(|| match (tag, placement::of(page)) {
            (Some(tag), _) if is_in_body(tag) => Some(tag.element),
            (_, Placement::In(article) | Placement::List(article)) => Some(article),
            _ => page.elements("body").next(),
        })?;
    if tag.is_none() && elements.is_empty() {
        return None;
    }
    let closest = std::iter::once(start)
        .chain(start.ancestors().filter_map(ElementRef::wrap))
        .find(|around| around.attr("lang").is_some());
    let lang = elements
        .option(tag, "lang")
        .or_else(|| {
            closest
                .and_then(|around| around.attr("lang"))
                .map(str::to_owned)
        })
        .filter(|lang| !lang.is_empty());
    let Some(lang) = lang else {
        let says = "Nothing says in which language the page is, so each reader sees the widget in the language of their browser.";
        findings.push(warning(
            "lang-missing",
            says,
            "Add lang to the page: <html lang=\"id\">",
        ));
        return None;
    };
    if !is_tag(&lang) {
        let says = format!("`{lang}` is no language tag.");
        let write = format!("Write a BCP 47 tag: lang=\"{}\"", corrected(&lang));
        let finding = warning("lang-invalid", says, write);
        findings.push(match closest {
            Some(around) => finding.at(page, around),
            None => finding.found(&lang),
        });
    }
    Some(lang)
}

/// Whether JavaScript's `Intl.Locale` accepts it.
fn is_tag(lang: &str) -> bool {
    !lang.contains('_') && Locale::try_from_str(lang).is_ok()
}

/// The primary language subtag in lower case, for comparison with the view's.
pub(super) fn primary(lang: &str) -> String {
    lang.split(['-', '_'])
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase()
}

/// Suggests a valid tag: replaces underscores, and the names of common languages.
fn corrected(lang: &str) -> String {
    let names = [
        ("indonesia", "id"),
        ("bahasa", "id"),
        ("english", "en"),
        ("arabic", "ar"),
        ("indonesian", "id"),
    ];
    let lower = lang.to_ascii_lowercase();
    match names.iter().find(|(name, _)| lower.starts_with(name)) {
        Some((_, tag)) => (*tag).to_owned(),
        None => Some(lang.replace('_', "-"))
            .filter(|fixed| is_tag(fixed))
            .unwrap_or_else(|| "id".into()),
    }
}
