use std::cmp::Reverse;

use icu_locale::{Locale, LocaleCanonicalizer, LocaleExpander};

/// The offered tag that fits `wanted` best: the same one, else one of the same language, preferably of the same
/// script, then of the same region. Missing subtags are inferred (`zh-TW` is `zh-Hant-TW`), and deprecated ones
/// replaced (`tl` by `fil`).
pub(super) fn negotiate<'a>(
    offered: impl Iterator<Item = &'a str> + Clone,
    wanted: &str,
) -> Option<&'a str> {
    if let Some(same) = offered.clone().find(|tag| tag.eq_ignore_ascii_case(wanted)) {
        return Some(same);
    }
    let wanted = expanded(parse(wanted)?);
    let candidate = |tag: &'a str| {
        let Locale { id, .. } = expanded(parse(tag)?);
        (id.language == wanted.id.language).then_some((
            Reverse((id.script == wanted.id.script, id.region == wanted.id.region)),
            tag,
        ))
    };
    // The first one on ties.
    offered
        .filter_map(candidate)
        .min_by_key(|(closeness, _)| *closeness)
        .map(|(_, tag)| tag)
}

pub(super) fn region(tag: &str) -> Option<String> {
    parse(tag)?.id.region.map(|region| region.to_string())
}

/// Parses language, script and region, ignoring the rest, and replaces deprecated subtags.
fn parse(tag: &str) -> Option<Locale> {
    let subtags: Vec<_> = tag.split(['-', '_']).take(3).collect();
    let parsed = (1..=subtags.len())
        .rev()
        .find_map(|length| subtags[..length].join("-").parse::<Locale>().ok());
    parsed
        .filter(|locale| !locale.id.language.is_unknown())
        .map(|mut locale| {
            LocaleCanonicalizer::new_common().canonicalize(&mut locale);
            locale
        })
}

fn expanded(mut locale: Locale) -> Locale {
    LocaleExpander::new_common().maximize(&mut locale.id);
    locale
}

#[cfg(test)]
mod tests;
