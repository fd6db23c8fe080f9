use std::collections::BTreeSet;

use text::key::{article_key, decoded};
use url::{Position, Url};
use wire::{ArticleKey, Invalid};

/// Classification of a page by its path or address.
pub(super) enum Page {
    /// An article, with the key that the widget uses unless the page names another.
    Article(ArticleKey),
    /// `/`: not an article.
    Home,
    /// `/index.php` without a query: presumably the home page.
    Index,
}

/// Classifies the page of a path or whole address. Like in the widget (`defaultKey` in `src/embed/context.js`), the
/// key is path and query in the browser's normal form, percent-decoded if possible. Other text is the key itself.
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

/// The hosts of a table's addresses.
#[derive(Default)]
pub(super) struct Hosts(BTreeSet<String>);

impl Hosts {
    /// Classifies a page by its address, with or without a scheme, and records the host. `None`: the text is not an
    /// address.
    pub(super) fn page(&mut self, named: &str) -> Option<Result<Page, Invalid>> {
        let whole = if named.starts_with("//") {
            format!("https:{named}")
        } else {
            named.to_owned()
        };
        let url = Url::parse(&whole)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"));
        if url.is_none() && !named.starts_with('/') {
            return None;
        }
        self.0
            .extend(url.as_ref().and_then(Url::host_str).map(str::to_owned));
        Some(page(&whole))
    }

    /// A note that lists the hosts, if there are several.
    pub(super) fn note(self) -> Option<String> {
        let hosts = self
            .0
            .iter()
            .take(10)
            .cloned()
            .collect::<Vec<_>>()
            .join(", ");
        let several = || {
            format!(
                "the addresses are of several hosts ({hosts}): a key has none, only path and query"
            )
        };
        (self.0.len() > 1).then(several)
    }
}
