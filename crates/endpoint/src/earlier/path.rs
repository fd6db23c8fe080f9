use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use url::{Position, Url};
use wire::{ArticleKey, Invalid};

use crate::key::article_key;

/// What the page of a path or address is to Gema.
pub(super) enum Page {
    /// A page that the widget takes for an article, by that key unless the page names another.
    Article(ArticleKey),
    /// `/`: no article.
    Home,
    /// `/index.php`, without a query: the home page, as far as one can see.
    Index,
}

/// The page of that path or whole address. As the widget does it (`defaultKey` in `src/embed/context.js`): the key is path and
/// query as a browser writes them, percent-decoded if all of it can be. Another name is its own key.
pub(super) fn page(address: &str) -> Result<Page, Invalid> {
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

/// What JavaScript's `decodeURIComponent` makes of it; the same text where that throws, or gives control characters, which no key has.
fn decoded(text: &str) -> Cow<'_, str> {
    let is_hex = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_hexdigit);
    let is_whole = text.bytes().enumerate().all(|(at, byte)| byte != b'%' || (is_hex(at + 1) && is_hex(at + 2)));
    let decoded = percent_decode_str(text).decode_utf8();
    decoded.ok().filter(|decoded| is_whole && !decoded.contains(char::is_control)).unwrap_or(text.into())
}
