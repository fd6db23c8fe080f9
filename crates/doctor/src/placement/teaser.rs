//! A list with a single article, whose teaser is taken for an article of the page.

use scraper::ElementRef;

use super::{length, of_page, own_addresses};
use crate::{
    finding::{Finding, warning},
    page::Page,
};

/// Words of the link from a teaser to its article, in lower case.
const MORE_TEXTS: [&str; 8] = [
    "baca selengkapnya",
    "selengkapnya",
    "selanjutnya",
    "lanjut",
    "baca",
    "continue reading",
    "read more",
    "read the",
];

/// Classes of that link, or of the element around it.
const MORE_CLASSES: [&str; 5] = [
    "more-link",
    "read-more",
    "readmore",
    "read_more",
    "wp-block-read-more",
];

/// The finding, if the article ends with a link to the rest of it on another page.
pub(super) fn finding(page: &Page, article: ElementRef<'_>) -> Option<Finding> {
    if article.value().name() != "article" || length(article) > super::MAX_TEASER_CHARS {
        return None;
    }
    let own = own_addresses(page);
    let link = article
        .descendants()
        .filter_map(ElementRef::wrap)
        .find(|node| {
            node.value().name() == "a" && is_more(*node) && leads_elsewhere(page, &own, *node)
        })?;
    let says = "The page's only <article> is a teaser: it ends with a link to the rest on another page. The widget has the key and the counts of this list.";
    let write = "Leave the tag out of lists, or write <gema-count article=\"…\"> for the article there: then the tag adds no widget.";
    Some(warning("place-teaser", says, write).at(page, link))
}

/// Whether a link has the words or the class of a link to the rest.
fn is_more(link: ElementRef<'_>) -> bool {
    let text = link.text().collect::<String>().to_lowercase();
    let text = text.trim_start();
    let has_class = |element: ElementRef<'_>| {
        element
            .value()
            .classes()
            .any(|class| MORE_CLASSES.contains(&class))
    };
    MORE_TEXTS.iter().any(|more| text.starts_with(more))
        || has_class(link)
        || link
            .parent()
            .and_then(ElementRef::wrap)
            .is_some_and(has_class)
}

/// Whether it leads to another page of the same site.
fn leads_elsewhere(page: &Page, own: &[String], link: ElementRef<'_>) -> bool {
    link.attr("href")
        .and_then(|href| page.web(href))
        .is_some_and(|target| {
            target.origin() == page.address.origin() && !own.contains(&of_page(&target))
        })
}
