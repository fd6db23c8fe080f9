//! The widget, drawn here by its own components: one round trip brings a page something to see. Pure. What is asked comes
//! from anybody, and is put into nothing but texts and addresses.

/// The page for a frame in which no script runs.
mod page;
/// What machines read of an article's counts.
mod statistic;

use std::borrow::Cow;

use jiff::Timestamp;
use tracing::subscriber::NoSubscriber;
use url::{Url, form_urlencoded};
use widget::{
    format::{Format, PIECES, Unit},
    markup::{self, Drawn},
    segments,
    settings::Settings,
};
use wire::{ArticleKey, Reaction, SiteId, View};

pub use page::{Frame, page};

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
        let title = short(get("title").unwrap_or_default());
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

    /// Whether with the copy of the article.
    pub(crate) fn body(&self) -> bool {
        value(self.pairs, "body") == Some("1")
    }

    /// Whether with the counts as schema.org has them.
    fn statistic(&self) -> bool {
        value(self.pairs, "jsonld") == Some("1")
    }

    /// The option that was pressed on the page before this one, in a frame.
    fn pressed(&self) -> Option<Reaction> {
        Reaction::parse(value(self.pairs, "pressed")?).ok()
    }

    /// Where the poll's form goes by itself: a page of its own, which asks for the same.
    fn action(&self, endpoint: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("article", self.article.as_str());
        for name in DISPLAY {
            query.extend_pairs(value(self.pairs, name).map(|value| (name, value)));
        }
        let query = query.append_pair("frame", "1").finish();
        format!("{endpoint}v1/sites/{}/widget.html?{query}", self.site)
    }

    /// As the element's attributes would have said it.
    fn settings(&self, view: &View) -> Option<Settings> {
        let article = view.article.as_ref();
        // Where the copy is shown it is what is shared, and else what the page says.
        let (copy, page) =
            (article.map(|article| &*article.title), Some(&*self.title).filter(|title| !title.is_empty()));
        let copied = article.and_then(|article| article.url.as_deref());
        let (title, url) =
            if self.body() { (copy.or(page), copied.or(self.url)) } else { (page.or(copy), self.url.or(copied)) };
        let attribute = |name: &str| match name {
            "site" => Some(self.site.as_str()),
            "article" => Some(self.article.as_str()),
            "endpoint" => Some(self.endpoint),
            "title" => title,
            "url" => url,
            "share" if url.is_none() => Some("off"),
            name => value(self.pairs, name),
        };
        Settings::read(&attribute).ok()
    }
}

/// A headline of at most [`MAX_TITLE`] characters, cut between graphemes.
fn short(title: &str) -> String {
    if title.chars().count() <= MAX_TITLE {
        return title.to_owned();
    }
    let (mut short, mut length) = (String::new(), 1);
    for grapheme in segments::split(Unit::Grapheme, title).split(PIECES) {
        length += grapheme.chars().count();
        if length > MAX_TITLE {
            break;
        }
        short += grapheme;
    }
    short + "…"
}

/// What of a query says how the widget looks and what it shares.
const DISPLAY: [&str; 9] = ["lang", "title", "url", "share", "reads", "poll", "theme", "bar", "body"];

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
    let statistic = if asked.statistic() { statistic::script(&settings, &view) } else { String::new() };
    let style = style_sheet(asked.endpoint, &view);
    let json = serde_json::to_string(&view).unwrap_or_default();
    let now = now.as_millisecond().unsigned_abs();
    let drawn = drawn_by(Drawn { action: asked.action(asked.endpoint), ..Drawn::new(settings, view, format, now) });
    let json = of_a_script(&json);
    format!(
        "<template shadowrootmode=\"open\">{style}{drawn}<script type=\"application/json\">{json}</script></template>{statistic}{body}"
    )
}

/// JSON as a script has it: only this could end one.
fn of_a_script(json: &str) -> String {
    json.replace('<', "\\u003c")
}

/// Yew tells a log all that it draws, and so what readers share: it is told to none.
fn drawn_by(drawn: Drawn) -> String {
    tracing::subscriber::with_default(NoSubscriber::new(), || markup::html(drawn))
}

fn attribute(text: &str) -> Cow<'_, str> {
    html_escape::encode_double_quoted_attribute(text)
}

fn style_sheet(endpoint: &str, view: &View) -> String {
    let (css, integrity) = (&view.assets.css, &view.assets.integrity.css);
    if css.is_empty() {
        return String::new();
    }
    let address = format!("{endpoint}{css}");
    let address = attribute(&address);
    format!("<link rel=\"stylesheet\" href=\"{address}\" integrity=\"{integrity}\" crossorigin>")
}
