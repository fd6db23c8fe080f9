//! Where a tag without an element puts the widget, as src/embed/place.js determines it when the page has loaded.

/// The page's footer.
mod footer;
/// A list with a single teaser.
mod teaser;
/// An `<article>` beside the text.
mod text_beside;

use scraper::ElementRef;
use url::Url;

use super::{
    element::Elements,
    finding::{Findings, error, note, warning},
    key::canonical_link,
    loader::{Tag, is_in_body},
    page::{Page, is_within},
};

/// An article this many times as long as each of the others is the main one.
const DOMINANT_LENGTH_RATIO: usize = 3;

/// Maximum length of a teaser, in characters.
const MAX_TEASER_CHARS: usize = 1_500;

/// Maximum number of articles that are compared.
const MAX_ARTICLES: usize = 300;

/// The place of the widget.
#[derive(Clone, Copy)]
pub(super) enum Placement<'p> {
    /// At the end of this element.
    In(ElementRef<'p>),
    /// The page has no place for it.
    Nowhere,
    /// The page is a list of articles, of which this is the first.
    List(ElementRef<'p>),
}

/// Determines which of the page's articles is the main one.
pub(super) fn of(page: &Page) -> Placement<'_> {
    let articles: Vec<_> = page
        .elements("article")
        .filter(|node| !is_within(*node, "article"))
        .take(MAX_ARTICLES)
        .collect();
    let in_main: Vec<_> = articles
        .iter()
        .filter(|node| is_within(**node, "main"))
        .copied()
        .collect();
    let articles = if in_main.is_empty() {
        articles
    } else {
        in_main
    };
    let own = own_addresses(page);
    let found: Vec<_> = articles
        .iter()
        .filter(|one| !leads_away(page, &own, **one))
        .copied()
        .collect();
    let Some(first) = found.first().copied() else {
        let main = || {
            page.elements("main")
                .next()
                .map_or(Placement::Nowhere, Placement::In)
        };
        return articles.first().copied().map_or_else(main, Placement::List);
    };
    let lengths: Vec<_> = found.iter().map(|node| length(*node)).collect();
    let exceeds = |one: usize, other: usize| {
        one == other || lengths[one] >= lengths[other] * DOMINANT_LENGTH_RATIO
    };
    let longest = (0..found.len()).find(|one| (0..found.len()).all(|other| exceeds(*one, other)));
    let is_teaser = |other: usize| is_beside(first, found[other]) && !exceeds(0, other);
    match longest {
        Some(one) => Placement::In(found[one]),
        None if (0..found.len()).any(is_teaser) => Placement::List(first),
        None => Placement::In(first),
    }
}

/// The page's address with and without its query, and the canonical one.
fn own_addresses(page: &Page) -> Vec<String> {
    let mut plain = page.address.clone();
    plain.set_query(None);
    let canonical = canonical_link(page).and_then(|(_, url)| url);
    [Some(page.address.clone()), Some(plain), canonical]
        .into_iter()
        .flatten()
        .map(|url| of_page(&url))
        .collect()
}

/// An address without its fragment and trailing slash.
fn of_page(url: &Url) -> String {
    let mut url = url.clone();
    url.set_fragment(None);
    let text = String::from(url);
    text.strip_suffix('/').map(str::to_owned).unwrap_or(text)
}

/// Whether the headline is a link to another page, as in a teaser; an article's own headline is not a link, or links
/// to itself.
fn leads_away(page: &Page, own: &[String], article: ElementRef<'_>) -> bool {
    let heading = |names: &[&str]| {
        article
            .descendants()
            .filter_map(ElementRef::wrap)
            .find(|node| names.contains(&node.value().name()))
    };
    let Some(heading) = heading(&["h1"]).or_else(|| heading(&["h2", "h3", "h4"])) else {
        return false;
    };
    let is_link = |node: &ElementRef<'_>| node.value().name() == "a";
    let around = heading
        .ancestors()
        .filter_map(ElementRef::wrap)
        .find(is_link);
    let Some(link) = around.or_else(|| {
        heading
            .descendants()
            .filter_map(ElementRef::wrap)
            .find(is_link)
    }) else {
        return false;
    };
    if length(link) < length(heading) || length(article) > MAX_TEASER_CHARS {
        return false;
    }
    let target = link
        .attr("href")
        .and_then(|href| page.web(href))
        .map(|url| of_page(&url));
    target.is_none_or(|target| !own.contains(&target))
}

/// The length in UTF-16 code units, as in JavaScript.
fn length(node: ElementRef<'_>) -> usize {
    node.text().map(|text| text.encode_utf16().count()).sum()
}

/// Whether they are siblings, possibly in wrappers of the same kind.
fn is_beside(first: ElementRef<'_>, other: ElementRef<'_>) -> bool {
    let mut a = first.parent();
    let mut b = other.parent();
    loop {
        match (a, b) {
            (Some(one), Some(two)) if one.id() == two.id() => return true,
            (Some(one), Some(two)) => {
                let name = |node: ego_tree::NodeRef<'_, scraper::Node>| {
                    node.value()
                        .as_element()
                        .map(|element| element.name().to_owned())
                };
                if name(one) != name(two) || name(one).is_none() {
                    return false;
                }
                a = one.parent();
                b = two.parent();
            }
            _ => return a.is_none() && b.is_none(),
        }
    }
}

/// Reports if the widget has no suitable place.
pub(super) fn examine(
    page: &Page,
    tag: Option<&Tag<'_>>,
    elements: &Elements<'_>,
    findings: &mut Findings,
) {
    let Some(tag) = tag.filter(|_| elements.is_empty()) else {
        return;
    };
    let place = of(page);
    if is_in_body(tag) {
        examine_in_body(page, tag, place, findings);
        return;
    }
    let is_drawn_by_scripts = ["root", "app", "__next", "__nuxt"].iter().any(|id| {
        page.all()
            .any(|one| one.attr("id") == Some(id) && super::element::is_blank(one))
    });
    match place {
        Placement::In(article) => {
            let misplaced =
                text_beside::finding(page, article).or_else(|| teaser::finding(page, article));
            misplaced
                .into_iter()
                .for_each(|finding| findings.push(finding));
        }
        Placement::Nowhere if is_drawn_by_scripts => {
            let says = "The page's markup has no <article> and no <main>: scripts draw it, and the doctor cannot see what they make.";
            findings.push(
                note(
                    "place-unknown",
                    says,
                    "See that the page has <article> or <main> within five seconds, or place <gema-article>.",
                )
                .at(page, tag.element),
            );
        }
        Placement::Nowhere => {
            let says = "The page has no <article> and no <main>, so the widget of a tag in <head> has no place.";
            let write = "Put the tag into the body where the widget should stand, or write <gema-article>…</gema-article> around the article.";
            findings.push(error("place-none", says, write).at(page, tag.element));
        }
        Placement::List(first) => {
            let says = "The page lists several articles side by side, so the tag adds no widget.";
            let write = "On an article's page, write <gema-article article=\"…\"> around the article. On a list, use <gema-count article=\"…\">.";
            findings.push(error("place-list", says, write).at(page, first));
        }
    }
}

/// Reports a bad place of a tag in the body. The widget follows the tag immediately.
fn examine_in_body(page: &Page, tag: &Tag<'_>, place: Placement<'_>, findings: &mut Findings) {
    head_ended(page, tag, findings);
    match place {
        Placement::List(first) => {
            let says = "The page lists articles, and the tag is in the body: the widget stands behind the tag, with the key and the counts of this list.";
            let write = "Leave the tag out of lists, or write <gema-count article=\"…\"> for each article there: then the tag adds no widget.";
            findings.push(warning("place-list", says, write).at(page, first));
            return;
        }
        Placement::In(article) => {
            if let Some(finding) = teaser::finding(page, article) {
                findings.push(finding);
                return;
            }
        }
        Placement::Nowhere => {}
    }
    let is_within_text = is_within(tag.element, "main") || is_within(tag.element, "article");
    if !is_within_text && footer::is_in_or_after(page, tag.element) {
        let says = "The tag stands in the page's footer or after it, and so will the widget, below everything else.";
        let write = "Put the tag into <head> (the widget then stands at the end of the article), or where the widget should stand.";
        findings.push(warning("tag-at-end", says, write).at(page, tag.element));
    }
}

/// Reports a body element in the head that ends it, so that the tag is parsed into the body.
fn head_ended(page: &Page, tag: &Tag<'_>, findings: &mut Findings) {
    let end = page
        .source
        .lines()
        .map(str::to_ascii_lowercase)
        .position(|line| {
            // If both are on one line, line numbers do not help.
            line.contains("</head") && !line.contains("<body")
        });
    let is_meant_for_head = end.is_some_and(|end| {
        page.line(tag.element)
            .is_some_and(|line| line <= end as u64 + 1)
    });
    let first = page
        .elements("body")
        .next()
        .and_then(|body| body.children().find_map(ElementRef::wrap));
    if let Some(first) = first.filter(|first| is_meant_for_head && first.id() != tag.element.id()) {
        let says = format!(
            "<{}> ends the head before the tag, so the tag is in the body for browsers, and the widget stands there, above the page.",
            first.value().name()
        );
        let write = "Move that element below <body>, or the tag before it.";
        findings.push(warning("head-ended", says, write).at(page, first));
    }
}
