//! Checks of a tag that runs: its form and place.

use url::Url;

use crate::{
    element,
    finding::{Findings, error, note, warning},
    loader::Tag,
    optimisers,
    page::Page,
};

pub(super) fn check_repeated(page: &Page, running: &[Tag<'_>], findings: &mut Findings) {
    let [first, others @ ..] = running else {
        return;
    };
    for other in others {
        let differs = other.option("site") != first.option("site")
            || other.endpoint(page) != first.endpoint(page);
        let finding = if differs {
            let says = "A second tag names another site or endpoint. The one that runs first decides for the whole page.";
            warning(
                "tag-twice",
                says,
                "Remove one of the two tags; an element may name another site with site=\"…\".",
            )
        } else {
            note(
                "tag-twice",
                "The page has the tag twice. That is harmless.",
                "Remove one of the two tags.",
            )
        };
        findings.push(finding.at(page, other.element));
    }
}

/// A script element ends only at `</script>`. Without it, the following markup becomes the script's text, and a script
/// that is still open at the end of the page does not run.
fn check_closed(page: &Page, tag: &Tag<'_>, findings: &mut Findings) {
    let has_swallowed = tag.src.is_some() && tag.element.text().any(|text| text.contains('<'));
    if has_swallowed || page.markup.open_script == Some(tag.element.id()) {
        let says = "The tag is not closed: browsers take what follows, up to the next </script>, for its content, and do not show it.";
        let write = "Write </script> right behind the tag: <script async src=… data-site=…></script>. `/>` does not close it.";
        findings.push(error("tag-unclosed", says, write).at(page, tag.element));
    }
}

/// Typographic quotes that word processors or a CMS substitute.
const CURLY_QUOTES: [char; 8] = [
    '\u{201c}', '\u{201d}', '\u{201e}', '\u{2018}', '\u{2019}', '\u{ab}', '\u{bb}', '\u{2033}',
];

pub(super) fn check_form(page: &Page, tag: &Tag<'_>, findings: &mut Findings) {
    let element = tag.element;
    check_closed(page, tag, findings);
    if element
        .value()
        .attrs()
        .any(|(_, value)| value.contains(CURLY_QUOTES))
    {
        let says = "The tag has typographic quotes (“ ”) in place of straight ones (\"): they become part of the values.";
        findings.push(
            error(
                "tag-quotes",
                says,
                "Write the tag with straight quotes, in the CMS's code or HTML view.",
            )
            .at(page, element),
        );
    }
    if let Some((name, by)) = optimisers::of(element).filter(|(_, by)| !by.is_consent) {
        let says = format!(
            "{name} has rewritten the tag: it may run late, or only after the reader's first touch."
        );
        findings.push(
            note("tag-optimised", says, format!("To be sure, {}.", by.remedy)).at(page, element),
        );
    }
    if tag.src.is_some()
        && ["async", "defer"]
            .iter()
            .all(|name| element.attr(name).is_none())
        && element.attr("type") != Some("module")
    {
        let says = "The tag has no `async`: the page waits for the script before it goes on.";
        findings.push(note("tag-blocks", says, "Add async: <script async src=…").at(page, element));
    }
    if tag.src.is_none() {
        let lacks: Vec<_> = ["site", "endpoint"]
            .into_iter()
            .filter(|name| tag.option(name).is_none())
            .collect();
        if !lacks.is_empty() {
            let says =
                "The script's text stands in the page itself, so nothing says from where it came.";
            let lacks = lacks
                .iter()
                .map(|name| format!("data-{name}=\"…\""))
                .collect::<Vec<_>>()
                .join(" ");
            findings.push(
                error(
                    "tag-inlined",
                    says,
                    format!("Add {lacks} to that script, or exempt embed.js from inlining."),
                )
                .at(page, element),
            );
        }
    }
    let src = element.attr("src").unwrap_or_default();
    let is_relative = Url::parse(src).is_err() && !src.starts_with("//") && !src.is_empty();
    if is_relative && page.base.origin() != page.address.origin() {
        let says = format!(
            "The script's address is relative, and <base href> makes it one of {}.",
            page.base
        );
        findings.push(
            warning(
                "tag-base",
                says,
                "Write the whole address: src=\"https://…/embed.js\".",
            )
            .at(page, element),
        );
    }
    if let Some(hidden) = element::hidden_by(element) {
        let says = "The tag stands in something hidden, and the widget would stand beside it.";
        findings.push(
            warning(
                "hidden",
                says,
                "Put the tag into head, or where the widget should be seen.",
            )
            .at(page, hidden),
        );
    }
}
