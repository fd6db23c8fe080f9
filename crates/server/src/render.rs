//! Server-side rendering of the widget with its own components, so that a page has something to show after one
//! request. Pure. The parameters are untrusted, and are only used as escaped text and addresses.

/// Counts as schema.org JSON-LD.
mod json_ld;
/// The page for an iframe without scripts.
mod page;

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Deserialize;
use tracing::subscriber::NoSubscriber;
use url::{Url, form_urlencoded};
use utoipa::IntoParams;
use widget::{
    format::{Format, PIECE_SEPARATOR, Unit},
    markup::{self, Drawn},
    segments,
    settings::Settings,
};
use wire::{ArticleKey, Reaction, SiteId, View};

pub use page::{FrameState, page};

/// Relative path from the fragment to the endpoint, independent of a proxy's path prefix.
const ENDPOINT_FROM_FRAGMENT: &str = "../../../";

/// Maximum length of an address in bytes, and of a headline in characters.
const MAX_ADDRESS_BYTES: usize = 2000;
const MAX_TITLE_CHARS: usize = 300;

/// The query of `widget.html`, besides the article.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WidgetQuery {
    /// The language of the page, by BCP 47 tag
    pub(crate) lang: Option<String>,
    /// The headline to share; by default that of the endpoint's copy
    pub(crate) title: Option<String>,
    /// The address to share; by default that of the endpoint's copy. Without an address there is no share bar
    pub(crate) url: Option<String>,
    /// How the page reaches the endpoint, if not by relative addresses
    pub(crate) endpoint: Option<String>,
    /// `1`: with the endpoint's copy of the article
    pub(crate) body: Option<String>,
    /// `1`: with the counts by schema.org, for a server that includes this
    pub(crate) jsonld: Option<String>,
    /// The page's `location.origin`: if its events would be refused, the view says so in `refusal`, and the poll is
    /// closed
    pub(crate) origin: Option<String>,
    /// `1`: for a reader whose browser keeps nothing, with their choice of the day in the view's `tally.mine`, for the
    /// site's own pages; only for that reader's cache
    pub(crate) stand_in: Option<String>,
    /// This and the following: as the attributes of `<gema-article>`
    pub(crate) share: Option<String>,
    pub(crate) reads: Option<String>,
    pub(crate) poll: Option<String>,
    pub(crate) bar: Option<String>,
    pub(crate) theme: Option<String>,
    /// `1`: a page of its own for readers without JavaScript, only for that reader's cache
    pub(crate) frame: Option<String>,
    /// With `frame`: the option that was pressed, beside which the page shows the result
    pub(crate) pressed: Option<String>,
}

/// Parameters of the rendering.
pub struct RenderParams<'a> {
    site: &'a SiteId,
    article: &'a ArticleKey,
    query: &'a WidgetQuery,
    title: String,
    url: Option<&'a str>,
    endpoint: &'a str,
}

impl<'a> RenderParams<'a> {
    /// Parses the parameters of a query. As with the element's attributes, an invalid value is treated as absent.
    pub fn new(site: &'a SiteId, article: &'a ArticleKey, query: &'a WidgetQuery) -> Self {
        let title = shorten_title(query.title.as_deref().unwrap_or_default());
        let url = query.url.as_deref().filter(|url| is_web_address(url));
        let endpoint = query
            .endpoint
            .as_deref()
            .filter(|url| is_web_address(url) && url.ends_with('/'));
        Self {
            site,
            article,
            query,
            title,
            url,
            endpoint: endpoint.unwrap_or(ENDPOINT_FROM_FRAGMENT),
        }
    }

    /// The language of the page.
    pub fn lang(&self) -> Option<&str> {
        self.query.lang.as_deref()
    }

    /// Whether rendering without the article's copy needs its title or address.
    pub fn needs_metadata(&self) -> bool {
        self.url.is_none() || self.title.is_empty()
    }

    /// Whether to include the article's copy.
    pub fn body(&self) -> bool {
        self.query.body.as_deref() == Some("1")
    }

    /// Whether to include the counts as schema.org JSON-LD.
    fn json_ld(&self) -> bool {
        self.query.jsonld.as_deref() == Some("1")
    }

    /// The colours of a page of its own; by default those of the reader's system.
    fn theme(&self) -> &'static str {
        match self.query.theme.as_deref() {
            Some("light") => "light",
            Some("dark") => "dark",
            _ => "auto",
        }
    }

    /// The option that was pressed on the previous page, in a frame.
    fn pressed(&self) -> Option<Reaction> {
        Reaction::parse(self.query.pressed.as_deref()?).ok()
    }

    /// The parameters that affect how the widget looks and what it shares.
    fn display(&self) -> [(&'static str, Option<&'a str>); 9] {
        let WidgetQuery {
            lang,
            title,
            url,
            share,
            reads,
            poll,
            theme,
            bar,
            body,
            ..
        } = self.query;
        [
            ("lang", lang),
            ("title", title),
            ("url", url),
            ("share", share),
            ("reads", reads),
            ("poll", poll),
            ("theme", theme),
            ("bar", bar),
            ("body", body),
        ]
        .map(|(name, value)| (name, value.as_deref()))
    }

    /// The `action` of the poll's form, for readers without JavaScript: the page of its own with the same parameters.
    fn action(&self, endpoint: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("article", self.article.as_str());
        query.extend_pairs(
            self.display()
                .into_iter()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        let query = query.append_pair("frame", "1").finish();
        format!("{endpoint}v1/sites/{}/widget.html?{query}", self.site)
    }

    /// The element's settings.
    fn settings(&self, view: &View) -> Option<Settings> {
        let article = view.article.as_ref();
        // If the copy is displayed, share its title and address, else those of the page.
        let copy = article.map(|article| &*article.title);
        let page = Some(&*self.title).filter(|title| !title.is_empty());
        let copied = article.and_then(|article| article.url.as_deref());
        let (title, url) = if self.body() {
            (copy.or(page), copied.or(self.url))
        } else {
            (page.or(copy), self.url.or(copied))
        };
        let attribute = |name: &str| match name {
            "site" => Some(self.site.as_str()),
            "article" => Some(self.article.as_str()),
            "endpoint" => Some(self.endpoint),
            "title" => title,
            "url" => url,
            "share" if url.is_none() => Some("off"),
            name => {
                self.display()
                    .into_iter()
                    .find(|(known, _)| *known == name)?
                    .1
            }
        };
        Settings::read(&attribute).ok()
    }
}

/// A headline of at most [`MAX_TITLE_CHARS`] characters, cut between graphemes.
fn shorten_title(title: &str) -> String {
    if title.chars().count() <= MAX_TITLE_CHARS {
        return title.to_owned();
    }
    let mut short = String::new();
    let mut length = 1;
    for grapheme in segments::split(Unit::Grapheme, title).split(PIECE_SEPARATOR) {
        length += grapheme.chars().count();
        if length > MAX_TITLE_CHARS {
            break;
        }
        short += grapheme;
    }
    short + "…"
}

fn is_web_address(address: &str) -> bool {
    let is_web_address =
        |url: Url| matches!(url.scheme(), "http" | "https") && url.username().is_empty();
    address.len() <= MAX_ADDRESS_BYTES && Url::parse(address).is_ok_and(is_web_address)
}

/// The content of `<gema-article>` before the reader interacts: a shadow root with style sheet, markup and view, and
/// the article's copy if requested. `view` must have its article if [`RenderParams::body`] or [`RenderParams::needs_metadata`].
pub fn fragment(
    params: &RenderParams<'_>,
    mut view: View,
    format: &'static (dyn Format + Sync),
    now: Timestamp,
) -> String {
    // Site and article have been validated already.
    let Some(settings) = params.settings(&view) else {
        return String::new();
    };
    let body = match (params.body(), &mut view.article) {
        (true, Some(article)) => std::mem::take(&mut article.html),
        _ => String::new(),
    };
    view.article.take_if(|_| !params.body());
    let json_ld = if params.json_ld() {
        json_ld::script(&settings, &view)
    } else {
        String::new()
    };
    let style = style_sheet(params.endpoint, &view);
    let json = serde_json::to_string(&view).unwrap_or_default();
    let now = now.as_millisecond().unsigned_abs();
    let drawn = render(Drawn {
        action: params.action(params.endpoint),
        ..Drawn::new(settings, view, format, now)
    });
    let json = escape_for_script(&json);
    format!(
        "<template shadowrootmode=\"open\">{style}{drawn}<script type=\"application/json\">{json}</script></template>{json_ld}{body}"
    )
}

/// Escapes JSON for a script element: `<` could end it.
fn escape_for_script(json: &str) -> String {
    json.replace('<', "\\u003c")
}

/// Yew logs everything that it renders, which includes what readers share; suppress that.
fn render(drawn: Drawn) -> String {
    tracing::subscriber::with_default(NoSubscriber::new(), || markup::html(drawn))
}

fn attribute(text: &str) -> Cow<'_, str> {
    html_escape::encode_double_quoted_attribute(text)
}

fn style_sheet(endpoint: &str, view: &View) -> String {
    let css = &view.assets.css;
    let integrity = &view.assets.integrity.css;
    if css.is_empty() {
        return String::new();
    }
    let address = format!("{endpoint}{css}");
    let address = attribute(&address);
    format!("<link rel=\"stylesheet\" href=\"{address}\" integrity=\"{integrity}\" crossorigin>")
}
