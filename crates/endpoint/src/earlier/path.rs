use percent_encoding::percent_decode_str;
use url::Url;
use wire::{ArticleKey, Invalid};

use crate::key::article_key;

/// The key that the widget gives to the page of that path or address, if it says no other: path and query, percent-decoded.
/// `None`: a home page, which is no article.
pub(super) fn key(path: &str) -> Result<Option<ArticleKey>, Invalid> {
    let whole = Url::parse(path).ok().filter(Url::has_host);
    let path = match &whole {
        Some(url) => &url[url::Position::BeforePath..url::Position::AfterQuery],
        None => path.split('#').next().unwrap_or_default().trim(),
    };
    let is_index = path.strip_prefix("/index.").is_some_and(|rest| !rest.contains(['/', '?']));
    if matches!(path, "" | "/") || is_index {
        return Ok(None);
    }
    // What is no UTF-8 stays encoded, as in a browser.
    let decoded = percent_decode_str(path).decode_utf8();
    article_key(&decoded.unwrap_or(path.into())).map(Some)
}
