use text::key::{article_key, decoded};
use url::{Position, Url};
use wire::{ArticleKey, Invalid};

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
