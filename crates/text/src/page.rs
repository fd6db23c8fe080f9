//! Which article a page is, by its path or address.

use url::{Position, Url};
use wire::{ArticleKey, Invalid};

use crate::key::{article_key, decoded};

/// Classification of a page by its path or address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    /// An article, with the key that the widget uses unless the page names another.
    Article(ArticleKey),
    /// `/`: not an article.
    Home,
    /// `/index.php` without a query: presumably the home page.
    Index,
}

/// Classifies the page of a path or whole address. Like in the widget (`defaultKey` in `src/embed/context.js`), the
/// key is path and query in the browser's normal form, percent-decoded if possible. Other text is the key itself.
///
/// # Errors
/// [`Invalid`] if the text cannot be a key.
pub fn page(address: &str) -> Result<Page, Invalid> {
    let address = address.trim();
    let url = match address {
        "" => return Ok(Page::Home),
        path if path.starts_with('/') => Url::parse(&format!("http://page.invalid{path}")),
        whole => Url::parse(whole),
    };
    let Some(url) = url.ok().filter(Url::has_host) else {
        return article_key(&decoded(address)).map(Page::Article);
    };
    let path = url[Position::BeforePath..Position::AfterQuery].trim_end_matches('?');
    match path.strip_prefix("/index.") {
        _ if path == "/" => Ok(Page::Home),
        Some(ending) if !ending.contains(['/', '?']) => Ok(Page::Index),
        _ => article_key(&decoded(path)).map(Page::Article),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_of_an_address_has_the_key_of_the_widget() {
        let article = |key: &str| Page::Article(ArticleKey::parse(key).unwrap());
        for (address, expected) in [
            ("/2015/11/fgd.html", article("/2015/11/fgd.html")),
            ("https://news.example/a?id=7#top", article("/a?id=7")),
            ("/berita/caf%C3%A9", article("/berita/caf\u{e9}")),
            ("/berita/caf\u{e9}", article("/berita/caf\u{e9}")),
            ("/index.php?id=7", article("/index.php?id=7")),
            ("wp-7", article("wp-7")),
            ("/", Page::Home),
            ("", Page::Home),
            ("/index.html", Page::Index),
        ] {
            assert_eq!(page(address), Ok(expected), "{address}");
        }
    }
}
