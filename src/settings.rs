//! The element's attributes, parsed once. An invalid attribute is treated as absent, so that a typing error never hides
//! the article.

use wire::{ArticleKey, Invalid, Poll, SiteId};

use crate::{
    share::{SharedPage, encode},
    text::join,
};

/// The settings of one `<gema-article>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The site whose counts are shown.
    pub site: SiteId,
    /// The article's key.
    pub article: ArticleKey,
    /// The endpoint's address, ending in `/`.
    pub endpoint: String,
    /// The title and address to share.
    pub page: SharedPage,
    /// Whether to show the endpoint's copy of the article instead of the page's own markup.
    pub body: bool,
    /// Whether counter and share bar are above the article even if its markup is the page's.
    pub bar_on_top: bool,
    /// Whether to show the share bar. Off if the page has no address to share.
    pub share: bool,
    /// Whether to show the read counter.
    pub reads: bool,
    /// State of the poll according to the page; the endpoint may close it too.
    pub poll: Poll,
}

impl Settings {
    /// Parses the attributes, which `get` returns by name.
    ///
    /// # Errors
    /// [`Invalid`] if `site` or `article` is invalid: then there is nothing to count.
    pub fn read<T: Into<String>>(get: &dyn Fn(&str) -> Option<T>) -> Result<Self, Invalid> {
        let text = |name| get(name).map_or_else(String::new, Into::into);
        let says = |name, value| text(name) == value;
        Ok(Self {
            site: SiteId::parse(&text("site"))?,
            article: ArticleKey::parse(&text("article"))?,
            endpoint: text("endpoint"),
            page: SharedPage {
                title: text("title"),
                url: text("url"),
            },
            body: says("body", "1"),
            bar_on_top: says("bar", "top"),
            share: !says("share", "off") && !text("url").is_empty(),
            reads: !says("reads", "off"),
            poll: match &*text("poll") {
                "off" => Poll::Off,
                "closed" => Poll::Closed,
                _ => Poll::Open,
            },
        })
    }

    /// The address of the page's QR code, drawn by the endpoint.
    pub fn qr(&self) -> String {
        let (article, url) = (encode(self.article.as_str()), encode(&self.page.url));
        join(&[
            &self.endpoint,
            "v1/sites/",
            self.site.as_str(),
            "/qr.svg?article=",
            &article,
            "&url=",
            &url,
        ])
    }

    /// The effective state of the poll: the more restrictive of the page's and the endpoint's.
    pub fn poll(&self, endpoint: Poll) -> Poll {
        match (self.poll, endpoint) {
            (Poll::Off, _) | (_, Poll::Off) => Poll::Off,
            (Poll::Closed, _) | (_, Poll::Closed) => Poll::Closed,
            (Poll::Open, Poll::Open) => Poll::Open,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(attributes: &[(&str, &str)]) -> Result<Settings, Invalid> {
        Settings::read(&|name| {
            let given = [
                ("site", "demo"),
                ("article", "a"),
                ("url", "https://news.example/a"),
            ];
            attributes
                .iter()
                .chain(&given)
                .find(|(key, _)| *key == name)
                .map(|(_, value)| *value)
        })
    }

    #[test]
    fn everything_is_shown_unless_it_is_switched_off() {
        let plain = settings(&[]).unwrap();
        assert!(plain.share && plain.reads && plain.poll == Poll::Open && !plain.bar_on_top);
        let off = settings(&[
            ("share", "off"),
            ("reads", "off"),
            ("poll", "off"),
            ("bar", "top"),
        ])
        .unwrap();
        assert!(!off.share && !off.reads && off.poll == Poll::Off && off.bar_on_top);
    }

    #[test]
    fn a_page_without_an_address_has_no_share_bar() {
        assert!(!settings(&[("url", "")]).unwrap().share);
        assert!(!settings(&[("url", ""), ("share", "on")]).unwrap().share);
    }

    #[test]
    fn a_misspelt_attribute_means_what_its_absence_means() {
        let odd = settings(&[("poll", "clsoed"), ("bar", "topp"), ("share", "no")]).unwrap();
        assert_eq!(odd, settings(&[]).unwrap());
    }

    #[test]
    fn without_a_site_or_an_article_there_is_nothing_to_show() {
        assert!(settings(&[("site", "")]).is_err());
        assert!(settings(&[("article", "a\nb")]).is_err());
    }

    #[test]
    fn the_poll_is_open_only_if_both_have_it_open() {
        let closed = settings(&[("poll", "closed")]).unwrap();
        assert_eq!(closed.poll(Poll::Open), Poll::Closed);
        assert_eq!(closed.poll(Poll::Off), Poll::Off);
        assert_eq!(settings(&[]).unwrap().poll(Poll::Closed), Poll::Closed);
        assert_eq!(settings(&[]).unwrap().poll(Poll::Open), Poll::Open);
    }
}
