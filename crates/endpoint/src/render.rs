//! The widget, drawn here by its own components: one round trip brings a page something to see. Pure. What is asked comes
//! from anybody, and is put into nothing but texts and addresses.

use jiff::Timestamp;
use url::Url;
use widget::{
    format::Format,
    markup::{self, Drawn},
    settings::Settings,
};
use wire::{ArticleKey, SiteId, View};

/// From the fragment's own address to the endpoint's, whatever is before both.
const HERE: &str = "../../../";

/// The longest address that is taken, in bytes, and the longest headline, in characters.
const MAX_ADDRESS_BYTES: usize = 2000;
const MAX_TITLE: usize = 300;

/// What a page wants to have drawn.
pub struct Asked<'a> {
    site: &'a SiteId,
    article: &'a ArticleKey,
    pairs: &'a [(String, String)],
    title: String,
    url: Option<&'a str>,
    endpoint: &'a str,
}

impl<'a> Asked<'a> {
    /// By the pairs of a query. As with an element's attributes, what is wrong means what its absence means.
    pub fn new(site: &'a SiteId, article: &'a ArticleKey, pairs: &'a [(String, String)]) -> Self {
        let get = |name| value(pairs, name);
        let title = get("title").unwrap_or_default().chars().take(MAX_TITLE).collect();
        let url = get("url").filter(|url| is_of_the_web(url));
        let endpoint = get("endpoint").filter(|url| is_of_the_web(url) && url.ends_with('/')).unwrap_or(HERE);
        Self { site, article, pairs, title, url, endpoint }
    }

    /// The language of the page.
    pub fn lang(&self) -> Option<&str> {
        value(self.pairs, "lang")
    }

    /// Whether what is drawn depends on the endpoint's copy of the article.
    pub fn needs_article(&self) -> bool {
        self.body() || self.url.is_none() || self.title.is_empty()
    }

    fn body(&self) -> bool {
        value(self.pairs, "body") == Some("1")
    }

    /// As the element's attributes would have said it.
    fn settings(&self, view: &View) -> Option<Settings> {
        let article = view.article.as_ref();
        let title = if self.title.is_empty() { article.map_or("", |article| &article.title) } else { &self.title };
        let url = self.url.or(article.and_then(|article| article.url.as_deref()));
        let attribute = |name: &str| match name {
            "site" => Some(self.site.as_str()),
            "article" => Some(self.article.as_str()),
            "endpoint" => Some(self.endpoint),
            "title" => Some(title),
            "url" => url,
            "share" if url.is_none() => Some("off"),
            name => value(self.pairs, name),
        };
        Settings::read(&attribute).ok()
    }
}

fn value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

fn is_of_the_web(address: &str) -> bool {
    let is_of_the_web = |url: Url| matches!(url.scheme(), "http" | "https") && url.username().is_empty();
    address.len() <= MAX_ADDRESS_BYTES && Url::parse(address).is_ok_and(is_of_the_web)
}

/// What stands in `<gema-article>` before its reader has done anything: a shadow root with style sheet, markup and view,
/// and the endpoint's copy of the article where that is wanted. `view` has its article if [`Asked::needs_article`].
pub fn fragment(asked: &Asked<'_>, mut view: View, format: &'static (dyn Format + Sync), now: Timestamp) -> String {
    // Site and article have been parsed already.
    let Some(settings) = asked.settings(&view) else { return String::new() };
    let body = match (asked.body(), &mut view.article) {
        (true, Some(article)) => std::mem::take(&mut article.html),
        _ => String::new(),
    };
    view.article.take_if(|_| !asked.body());
    let style = style_sheet(asked.endpoint, &view);
    let json = serde_json::to_string(&view).unwrap_or_default();
    let now = now.as_millisecond().unsigned_abs();
    let drawn = markup::html(Drawn::new(settings, view, format, now));
    // In a script only this could end it.
    let json = json.replace('<', "\\u003c");
    format!(
        "<template shadowrootmode=\"open\">{style}{drawn}<script type=\"application/json\">{json}</script></template>{body}"
    )
}

fn style_sheet(endpoint: &str, view: &View) -> String {
    let (css, integrity) = (&view.assets.css, &view.assets.integrity.css);
    if css.is_empty() {
        return String::new();
    }
    let address = format!("{endpoint}{css}");
    let address = html_escape::encode_double_quoted_attribute(&address);
    format!("<link rel=\"stylesheet\" href=\"{address}\" integrity=\"{integrity}\" crossorigin>")
}
