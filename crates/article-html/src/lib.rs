//! Extraction and sanitising of articles: turns HTML (as saved from a news site) or Markdown into HTML that is safe on
//! any page. The output contains only what an allow list permits; nothing is fetched, and removed parts are discarded.

/// Choosing the article of a page.
mod find_article;
/// Lazy-loaded images.
mod images;
/// Rejection of markup with quadratic cost.
mod markup_cost;
/// Players and frames.
mod media;
/// Metadata of a page.
mod metadata;
/// Extraction from a whole page, and repairs.
mod page;
/// Parsing within limits.
mod parse;
/// The allow list.
mod sanitize;
/// Selection and modification of elements.
mod select;
/// Word counts.
mod words;

use std::{fmt, time::Instant};

use markup_cost::MAX_ATTRIBUTES;
use parse::{MAX_DEPTH, MAX_DURATION, MAX_NODES, ParseLimits};
use url::Url;

pub use self::{
    metadata::Metadata,
    page::{Amount, LeftOut},
};

/// Maximum size of a body, in bytes.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

/// Maximum size of a whole page for extraction, in bytes.
pub const MAX_PAGE_BYTES: usize = 16 * 1024 * 1024;

/// Maximum number of cleaning rounds until the output is stable. One is usual; broken nesting needs two.
const MAX_SANITIZING_ROUNDS: usize = 8;

/// Format of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceFormat {
    /// A fragment, or a whole page.
    Html,
    /// CommonMark with tables, footnotes and strikethrough; embedded HTML is sanitised too.
    Markdown,
}

/// Why a body is rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArticleHtmlError {
    /// The body is larger than [`MAX_BODY_BYTES`].
    TooLarge(usize),
    /// The page is larger than [`MAX_PAGE_BYTES`].
    PageTooLarge(usize),
    /// Too many elements, or nested too deeply.
    TooTangled,
    /// A tag has more than `MAX_ATTRIBUTES` attributes.
    TooManyAttributes,
    /// A text has too many `&`.
    TooManyReferences,
    /// Cleaning takes longer than `MAX_DURATION`.
    TooSlow,
    /// Not UTF-8; the index of the first invalid byte.
    NotUtf8(usize),
    /// Nothing is left after cleaning.
    Empty,
}

impl fmt::Display for ArticleHtmlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge(bytes) => write!(
                f,
                "the body has {bytes} bytes, and {MAX_BODY_BYTES} are allowed: leave images out of it and link to them"
            ),
            Self::PageTooLarge(bytes) => write!(
                f,
                "the page has {bytes} bytes, and {MAX_PAGE_BYTES} are allowed: take the article's own part of it"
            ),
            Self::TooTangled => write!(
                f,
                "the body has more than {MAX_NODES} elements or nests them deeper than {MAX_DEPTH}: put only the \
                 article's own part of the page, and close its tags"
            ),
            Self::TooManyAttributes => write!(
                f,
                "a tag of the body has more than {MAX_ATTRIBUTES} attributes: something has mangled it; put the article's own \
                 markup"
            ),
            Self::TooManyReferences => f.write_str(
                "a text of the body is long and almost all `&` or no-break spaces: put them in several paragraphs",
            ),
            Self::TooSlow => write!(
                f,
                "the body takes more than {} seconds to clean: put only the article's own part of the page",
                MAX_DURATION.as_secs()
            ),
            Self::NotUtf8(at) => write!(f, "the body is not UTF-8 (byte {at}): save it as UTF-8 and put it again"),
            Self::Empty => f.write_str(
                "nothing is left of the body after cleaning: it needs text or images outside of scripts, forms and menus",
            ),
        }
    }
}

impl std::error::Error for ArticleHtmlError {}

/// A sanitised body, and what was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extraction {
    /// The safe HTML.
    pub html: String,
    /// Metadata of a whole page; empty for a fragment or Markdown.
    pub metadata: Metadata,
    /// Text and images of the body.
    pub amount: Amount,
    /// Text and images of the whole input.
    pub of: Amount,
    /// Number of omitted items, by kind.
    pub left_out: LeftOut,
}

/// The safe HTML of a body of at most [`MAX_BODY_BYTES`]. Of a whole page, extracts the article. Resolves relative
/// addresses if the article's address `base` is known. Idempotent.
///
/// # Errors
/// [`ArticleHtmlError`], with the remedy.
pub fn body(
    source: &[u8],
    format: SourceFormat,
    base: Option<&Url>,
) -> Result<String, ArticleHtmlError> {
    if source.len() > MAX_BODY_BYTES {
        return Err(ArticleHtmlError::TooLarge(source.len()));
    }
    extract(source, format, base).map(|taken| taken.html)
}

/// Like [`body`] for a page of up to [`MAX_PAGE_BYTES`], of which at most [`MAX_BODY_BYTES`] may remain, with a report.
/// Without `base`, the page's own address is the base.
///
/// # Errors
/// [`ArticleHtmlError`], with the remedy.
pub fn extract(
    source: &[u8],
    format: SourceFormat,
    base: Option<&Url>,
) -> Result<Extraction, ArticleHtmlError> {
    if source.len() > MAX_PAGE_BYTES {
        return Err(ArticleHtmlError::PageTooLarge(source.len()));
    }
    let text = std::str::from_utf8(source)
        .map_err(|error| ArticleHtmlError::NotUtf8(error.valid_up_to()))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let whole_page = format == SourceFormat::Html && page::is_whole(text);
    let deadline = Instant::now() + MAX_DURATION;
    if !whole_page && text.len() > MAX_BODY_BYTES {
        return Err(ArticleHtmlError::TooLarge(text.len()));
    }
    let (page, metadata) = if whole_page {
        let page = parse::parse(text, true, ParseLimits::of_page(deadline))?;
        let metadata = Metadata::of(&page);
        (page, metadata)
    } else {
        let markdown = if format == SourceFormat::Markdown {
            Some(from_markdown(text, deadline)?)
        } else {
            None
        };
        let page = parse::parse(
            markdown.as_deref().unwrap_or(text),
            false,
            ParseLimits::of_body(deadline),
        )?;
        (page, Metadata::default())
    };
    let own = metadata.url.as_deref().and_then(|url| Url::parse(url).ok());
    let base = base.or(own.as_ref());
    let part = if whole_page {
        page::article(page, metadata.title.as_deref(), deadline)
    } else {
        page::fragment(page, deadline)
    };
    let safe = settle(sanitize::sanitize(&part.html, base), base, deadline)?;
    let html = safe.trim().to_owned();
    if page::is_empty(&html) {
        return Err(ArticleHtmlError::Empty);
    }
    if html.len() > MAX_BODY_BYTES {
        return Err(ArticleHtmlError::TooLarge(html.len()));
    }
    Ok(Extraction {
        amount: Amount::of_clean(&html),
        html,
        metadata,
        of: part.of,
        left_out: part.left_out,
    })
}

/// Repeats cleaning until it changes nothing, so that browsers parse the stored text as intended: removing an element
/// can leave nesting that is parsed differently.
fn settle(
    mut html: String,
    base: Option<&Url>,
    deadline: Instant,
) -> Result<String, ArticleHtmlError> {
    for _ in 0..MAX_SANITIZING_ROUNDS {
        let page = parse::parse(&html, false, ParseLimits::of_body(deadline))?;
        let again = sanitize::sanitize(&page::fragment(page, deadline).html, base);
        if again == html {
            return Ok(html);
        }
        html = again;
    }
    Err(ArticleHtmlError::TooTangled)
}

fn from_markdown(text: &str, deadline: Instant) -> Result<String, ArticleHtmlError> {
    use pulldown_cmark::{Options, Parser, html::push_html};
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH;
    let mut html = String::with_capacity(text.len() * 3 / 2);
    let events = Parser::new_ext(text, options).take_while(|_| Instant::now() <= deadline);
    push_html(&mut html, events);
    if Instant::now() > deadline {
        Err(ArticleHtmlError::TooSlow)
    } else {
        Ok(html)
    }
}

#[cfg(test)]
mod tests;
