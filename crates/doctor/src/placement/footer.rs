//! A tag in the page's footer or after it.

use scraper::ElementRef;

use crate::page::{Page, is_within};

/// Elements whose `<footer>` is their own, not the page's.
const SECTIONS: [&str; 9] = [
    "article",
    "aside",
    "blockquote",
    "dialog",
    "figure",
    "main",
    "nav",
    "section",
    "td",
];

/// Ids of footers in templates that have no `<footer>`.
const FOOTER_IDS: [&str; 2] = ["colophon", "footer"];

/// Whether the tag is in the page's footer, or after it.
pub(super) fn is_in_or_after(page: &Page, tag: ElementRef<'_>) -> bool {
    page.all()
        .take_while(|element| element.id() != tag.id())
        .any(is_footer)
}

/// Whether it is the footer of the page.
fn is_footer(element: ElementRef<'_>) -> bool {
    let value = element.value();
    let is_named = value.name() == "footer"
        || value.attr("role") == Some("contentinfo")
        || value.id().is_some_and(|id| FOOTER_IDS.contains(&id));
    is_named && !SECTIONS.iter().any(|name| is_within(element, name))
}
