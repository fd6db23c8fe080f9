//! An article's body from outside, HTML as saved from a news site or Markdown, made into HTML that any page may show.
//! What comes out is only ever what an allow list lets through; nothing is fetched, nothing is kept of what was removed.

/// Which part of a page is its article.
mod choose;
/// The allow list.
mod clean;
/// What a page says of its article.
mod facts;
/// Images that a script would load.
mod images;
/// Players and frames.
mod media;
/// The article within a whole saved page, and repairs of its markup.
mod page;
/// Bounds on what markup may become.
mod parse;
/// Elements of a page, and what is changed of each.
mod select;
/// Tags that no parser should see.
mod tags;
/// How much text there is.
mod words;

use std::{fmt, time::Instant};

use parse::{Bounds, MAX_DEPTH, MAX_NODES, MAX_TIME};
use tags::MAX_ATTRIBUTES;
use url::Url;

pub use self::{
    facts::Facts,
    page::{Amount, LeftOut},
};

/// The largest body, in bytes.
pub const MAX_BYTES: usize = 1024 * 1024;

/// The largest whole page, in bytes, that an operator may take an article from.
pub const MAX_PAGE_BYTES: usize = 16 * 1024 * 1024;

/// How often the result may be read again until it reads as it is written. One is usual; broken nesting needs two.
const MAX_ROUNDS: usize = 8;

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A fragment or a whole page.
    Html,
    /// CommonMark with tables, footnotes and strikethrough; HTML within it is cleaned like any other.
    Markdown,
}

/// Why a body was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IngestError {
    /// More than [`MAX_BYTES`].
    TooLarge(usize),
    /// More than [`MAX_PAGE_BYTES`], of which an article is to be taken.
    PageTooLarge(usize),
    /// Too many elements, or too deep a nest of them.
    TooTangled,
    /// More attributes in one tag than `MAX_ATTRIBUTES`.
    TooManyAttributes,
    /// One text of too many `&`.
    TooManyReferences,
    /// More work than `MAX_TIME`.
    TooSlow,
    /// Not text: the first bad byte.
    NotUtf8(usize),
    /// Nothing of it may be shown.
    Empty,
}

impl fmt::Display for IngestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge(bytes) => write!(
                f,
                "the body has {bytes} bytes, and {MAX_BYTES} are allowed: leave images out of it and link to them"
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
                MAX_TIME.as_secs()
            ),
            Self::NotUtf8(at) => write!(f, "the body is not UTF-8 (byte {at}): save it as UTF-8 and put it again"),
            Self::Empty => f.write_str(
                "nothing is left of the body after cleaning: it needs text or images outside of scripts, forms and menus",
            ),
        }
    }
}

impl std::error::Error for IngestError {}

/// A body, and what became of what was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The safe HTML.
    pub html: String,
    /// What a whole page says of its article; of anything else, nothing is known.
    pub facts: Facts,
    /// How much of it there is to read and to see.
    pub amount: Amount,
    /// How much there was, of which that is a part: on the whole page.
    pub of: Amount,
    /// What the body had and the copy has not, by kind.
    pub left_out: LeftOut,
}

/// The safe HTML of a body of at most [`MAX_BYTES`]. Of a whole page, only its article; relative addresses become absolute if the
/// article's own address, `base`, is known. What comes out, put in again, comes out the same.
///
/// # Errors
/// [`IngestError`], with the remedy.
pub fn body(source: &[u8], format: Format, base: Option<&Url>) -> Result<String, IngestError> {
    if source.len() > MAX_BYTES {
        return Err(IngestError::TooLarge(source.len()));
    }
    take(source, format, base).map(|taken| taken.html)
}

/// The same of what may be a page of up to [`MAX_PAGE_BYTES`], of which at most [`MAX_BYTES`] are left; and what was taken of it.
/// Without `base`, the address that the page names is the base.
///
/// # Errors
/// [`IngestError`], with the remedy.
pub fn take(source: &[u8], format: Format, base: Option<&Url>) -> Result<Taken, IngestError> {
    if source.len() > MAX_PAGE_BYTES {
        return Err(IngestError::PageTooLarge(source.len()));
    }
    let text = std::str::from_utf8(source).map_err(|error| IngestError::NotUtf8(error.valid_up_to()))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let whole_page = format == Format::Html && page::is_whole(text);
    let deadline = Instant::now() + MAX_TIME;
    if !whole_page && text.len() > MAX_BYTES {
        return Err(IngestError::TooLarge(text.len()));
    }
    let (page, facts) = if whole_page {
        let page = parse::parse(text, true, Bounds::of_page(deadline))?;
        let facts = Facts::of(&page);
        (page, facts)
    } else {
        let markdown = if format == Format::Markdown { Some(from_markdown(text, deadline)?) } else { None };
        let page = parse::parse(markdown.as_deref().unwrap_or(text), false, Bounds::of_body(deadline))?;
        (page, Facts::default())
    };
    let own = facts.url.as_deref().and_then(|url| Url::parse(url).ok());
    let base = base.or(own.as_ref());
    let part =
        if whole_page { page::article(page, facts.title.as_deref(), deadline) } else { page::fragment(page, deadline) };
    let safe = settle(clean::clean(&part.html, base), base, deadline)?;
    let html = safe.trim().to_owned();
    if page::is_empty(&html) {
        return Err(IngestError::Empty);
    }
    if html.len() > MAX_BYTES {
        return Err(IngestError::TooLarge(html.len()));
    }
    Ok(Taken { amount: Amount::of_clean(&html), html, facts, of: part.of, left_out: part.left_out })
}

/// Cleans again until nothing changes, so that the stored text is what every browser makes of it: taking an element
/// away can leave nesting that a parser reads otherwise.
fn settle(mut html: String, base: Option<&Url>, deadline: Instant) -> Result<String, IngestError> {
    for _ in 0..MAX_ROUNDS {
        let page = parse::parse(&html, false, Bounds::of_body(deadline))?;
        let again = clean::clean(&page::fragment(page, deadline).html, base);
        if again == html {
            return Ok(html);
        }
        html = again;
    }
    Err(IngestError::TooTangled)
}

fn from_markdown(text: &str, deadline: Instant) -> Result<String, IngestError> {
    use pulldown_cmark::{Options, Parser, html::push_html};
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH;
    let mut html = String::with_capacity(text.len() * 3 / 2);
    let events = Parser::new_ext(text, options).take_while(|_| Instant::now() <= deadline);
    push_html(&mut html, events);
    if Instant::now() > deadline { Err(IngestError::TooSlow) } else { Ok(html) }
}

#[cfg(test)]
mod tests;
