use scraper::ElementRef;
use url::Url;

use super::page::is_within;

/// The tag that the loader takes for its own.
pub(super) struct Tag<'p> {
    pub(super) element: ElementRef<'p>,
    /// Where the script is from; none if it is part of the page or of a bundle.
    pub(super) src: Option<Url>,
}

/// Whether an address is of the loader: `/\/embed(\.v1)?\.js\b/`.
pub(super) fn is_file(address: &str) -> bool {
    ["/embed.js", "/embed.v1.js"].iter().any(|name| {
        address.match_indices(name).any(|(at, _)| {
            let next = address[at + name.len()..].chars().next();
            !next.is_some_and(|next| next.is_ascii_alphanumeric() || next == '_')
        })
    })
}

impl<'p> Tag<'p> {
    /// What the tag says: an attribute, or in the script's address.
    pub(super) fn option(&self, name: &str) -> Option<String> {
        let attribute = self.element.attr(&format!("data-{name}")).map(str::to_owned);
        let of_query =
            |url: &Url| url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned());
        attribute.or_else(|| self.src.as_ref().and_then(of_query))
    }
}

/// Whether the tag stands in the body.
pub(super) fn is_in_body(tag: &Tag<'_>) -> bool {
    is_within(tag.element, "body")
}
