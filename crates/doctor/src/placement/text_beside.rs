//! An `<article>` without the article's text, which is in another element.

use scraper::ElementRef;

use super::length;
use crate::{
    finding::{Finding, warning},
    page::{Page, is_within, opening},
};

/// From this length, in UTF-16 code units, an `<article>` has a text of its own.
const MIN_TEXT: usize = 200;

/// Elements around paragraphs that are not an article's text.
const OTHER_PARTS: [&str; 8] = [
    "article", "aside", "details", "dialog", "footer", "form", "header", "nav",
];

/// Parts of ids and classes of elements whose paragraphs are not an article's text.
const OTHER_NAMES: [&str; 8] = [
    "comment", "komentar", "related", "terkait", "sidebar", "widget", "footer", "cookie",
];

/// The finding, if the paragraphs of the page are in another element than its `<article>`.
pub(super) fn finding(page: &Page, article: ElementRef<'_>) -> Option<Finding> {
    let own = visible_length(article);
    if article.value().name() != "article" || own >= MIN_TEXT {
        return None;
    }
    let (column, text) = text_column(page)?;
    if text < own.max(1) * super::DOMINANT_LENGTH_RATIO || text < MIN_TEXT {
        return None;
    }
    let says = format!(
        "The page's <article> has {own} characters, and {text} are in another element: {}. The widget stands at the end of the <article>, not below the text.",
        opening(column)
    );
    let write = "Put the tag into the template where the widget should stand, below the text, or write <gema-article>…</gema-article> around the text.";
    Some(warning("place-empty", says, write).at(page, article))
}

/// The element with the greatest length of paragraphs directly in it, outside any `<article>`.
fn text_column(page: &Page) -> Option<(ElementRef<'_>, usize)> {
    let mut columns: Vec<(ElementRef<'_>, usize)> = Vec::new();
    for paragraph in page.elements("p") {
        let Some(column) = paragraph.parent().and_then(ElementRef::wrap) else {
            continue;
        };
        let length = length(paragraph);
        match columns.iter_mut().rev().find(|(known, _)| *known == column) {
            Some((_, sum)) => *sum += length,
            None => columns.push((column, length)),
        }
        if columns.len() >= super::MAX_ARTICLES {
            break;
        }
    }
    columns
        .into_iter()
        .filter(|(column, _)| !is_other_part(*column))
        .max_by_key(|(_, sum)| *sum)
}

/// Whether it is, or is within, a part of the page that is not an article's text.
fn is_other_part(column: ElementRef<'_>) -> bool {
    let has_other_name = |element: ElementRef<'_>| {
        let named = [element.attr("id"), element.attr("class")];
        named.into_iter().flatten().any(|name| {
            let name = name.to_ascii_lowercase();
            OTHER_NAMES.iter().any(|other| name.contains(other))
        })
    };
    OTHER_PARTS
        .iter()
        .any(|name| column.value().name() == *name || is_within(column, name))
        || std::iter::once(column)
            .chain(column.ancestors().filter_map(ElementRef::wrap))
            .filter(|element| !matches!(element.value().name(), "html" | "body"))
            .any(has_other_name)
}

/// The length of the text, without scripts and style sheets, whose text nobody reads.
fn visible_length(article: ElementRef<'_>) -> usize {
    let unread: usize = article
        .descendants()
        .filter_map(ElementRef::wrap)
        .filter(|inner| matches!(inner.value().name(), "script" | "style" | "noscript"))
        .map(length)
        .sum();
    length(article).saturating_sub(unread)
}
