//! The article's key, as src/embed/context.js determines it when the page has loaded, and whether it is stable.

/// The canonical link.
mod canonical;

use scraper::ElementRef;
use url::Url;

use super::{
    element::{Elements, attribute_of},
    finding::{Findings, error, note},
    loader::Tag,
    page::Page,
    placeholder::is_placeholder,
};
use canonical::{front, links};
use text::key::{article_key, decoded};

/// The key that the loader derives for a page without an `article` attribute; empty if the page is not an article.
pub fn page_key(markup: &str, address: &Url) -> String {
    let key = default_key(&Page::parse(markup, address, &[]));
    article_key(&key)
        .map(|key| key.as_str().to_owned())
        .unwrap_or_default()
}

/// A path in the fragment: the route of a single-page application.
fn route(address: &Url) -> String {
    let fragment = address.fragment().unwrap_or_default();
    let is_route = fragment
        .strip_prefix('!')
        .unwrap_or(fragment)
        .starts_with('/');
    if is_route {
        format!("#{fragment}")
    } else {
        String::new()
    }
}

fn is_canonical(link: &ElementRef<'_>) -> bool {
    link.attr("rel")
        .unwrap_or_default()
        .split_ascii_whitespace()
        .any(|rel| rel.eq_ignore_ascii_case("canonical"))
}

/// The effective canonical link, and its address if that is valid.
pub(super) fn canonical_link(page: &Page) -> Option<(ElementRef<'_>, Option<Url>)> {
    let link = page.in_head("link").find(is_canonical)?;
    let href = link.attr("href").unwrap_or_default().trim();
    Some((link, (!href.is_empty()).then(|| page.web(href)).flatten()))
}

/// Path and query of the canonical address, else the page's path and route.
fn default_key(page: &Page) -> String {
    let route = route(&page.address);
    let link = canonical_link(page)
        .and_then(|(_, url)| url)
        .filter(|_| route.is_empty());
    let key = match link {
        Some(url) => format!(
            "{}{}",
            url.path(),
            url.query()
                .map(|query| format!("?{query}"))
                .filter(|query| query.len() > 1)
                .unwrap_or_default()
        ),
        None => format!("{}{route}", page.address.path()),
    };
    if is_front(&key) {
        String::new()
    } else {
        decoded(&key).into_owned()
    }
}

/// `/^\/(index\.[^/?]*)?(#!?\/)?$/`
fn is_front(key: &str) -> bool {
    let Some(rest) = key.strip_prefix('/') else {
        return false;
    };
    let rest = rest
        .strip_suffix("#!/")
        .or_else(|| rest.strip_suffix("#/"))
        .unwrap_or(rest);
    rest.is_empty()
        || rest
            .strip_prefix("index.")
            .is_some_and(|end| !end.contains(['/', '?']))
}

/// The page's key. Reports what is wrong with it and with the canonical link.
pub(super) fn examine(
    page: &Page,
    tag: Option<&Tag<'_>>,
    elements: &Elements<'_>,
    findings: &mut Findings,
) -> Option<String> {
    let named = elements.option(tag, "article");
    // A page of counts, or one without a tag, is not an article itself.
    let is_article = elements.first().is_some() || (tag.is_some() && !elements.has_counts());
    if !is_article {
        let first = elements
            .counts()
            .find_map(|count| attribute_of(count, "article"));
        return first
            .and_then(|first| article_key(first).ok())
            .map(|key| key.as_str().to_owned());
    }
    links(page, named.is_none(), findings);
    let text = match &named {
        Some(name) => name.clone(),
        None => {
            let key = default_key(page);
            if key.is_empty() {
                front(page, findings);
                return None;
            }
            key
        }
    };
    if is_placeholder(&text) {
        let says =
            format!("The article's name is a placeholder that nobody has filled in: `{text}`.");
        findings.push(
            error(
                "placeholder",
                says,
                "Let the template write the article's name: article=\"…\"",
            )
            .found(&text),
        );
    }
    match article_key(&text) {
        Ok(key) => {
            if key.as_str().len() < text.trim().len() {
                let says = "The article's name is longer than 200 bytes and is shortened, with a hash of the whole.";
                findings.push(
                    note(
                        "key-long",
                        says,
                        "Name the article by its number or slug: article=\"…\"",
                    )
                    .found(&text),
                );
            }
            Some(key.as_str().to_owned())
        }
        Err(invalid) => {
            let says = format!("The article's name {invalid}: the endpoint refuses it.");
            let write = "Name the article without control characters, in at most 8,192 bytes: article=\"…\"";
            findings.push(error("key-invalid", says, write).found(&text));
            None
        }
    }
}
