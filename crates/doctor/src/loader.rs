use scraper::ElementRef;
use url::Url;

use super::page::is_within;

/// The tag that the loader considers its own.
pub(super) struct Tag<'p> {
    pub(super) element: ElementRef<'p>,
    /// Address of the script; `None` if it is inline or bundled.
    pub(super) src: Option<Url>,
}

/// Whether an address is that of the loader: `/\/embed(\.v1)?\.js\b/`.
pub(super) fn is_file(address: &str) -> bool {
    ["/embed.js", "/embed.v1.js"].iter().any(|name| {
        address.match_indices(name).any(|(at, _)| {
            let next = address[at + name.len()..].chars().next();
            !next.is_some_and(|next| next.is_ascii_alphanumeric() || next == '_')
        })
    })
}

impl<'p> Tag<'p> {
    /// An option of the tag: an attribute, or a parameter of the script's address.
    pub(super) fn option(&self, name: &str) -> Option<String> {
        let attribute = self
            .element
            .attr(&format!("data-{name}"))
            .map(str::to_owned);
        let of_query = |url: &Url| {
            url.query_pairs()
                .find(|(known, _)| known == name)
                .map(|(_, value)| value.into_owned())
        };
        attribute.or_else(|| self.src.as_ref().and_then(of_query))
    }
}

/// Whether the tag is in the body.
pub(super) fn is_in_body(tag: &Tag<'_>) -> bool {
    is_within(tag.element, "body")
}
