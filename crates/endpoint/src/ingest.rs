//! An article's body from outside, HTML as saved from a news site or Markdown, made into HTML that any page may show.
//! What comes out is only ever what an allow list lets through; nothing is fetched, nothing is kept of what was removed.

/// The allow list.
mod clean;
/// The article within a whole saved page, and repairs of its markup.
mod page;
/// Bounds on what markup may become.
mod parse;

use std::fmt;

use parse::{MAX_DEPTH, MAX_NODES};
use url::Url;

/// The largest body, in bytes, before cleaning.
pub const MAX_BYTES: usize = 1024 * 1024;

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
    /// Too many elements, or too deep a nest of them.
    TooTangled,
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
            Self::TooTangled => write!(
                f,
                "the body has more than {MAX_NODES} elements or nests them deeper than {MAX_DEPTH}: put only the \
                 article's own part of the page, and close its tags"
            ),
            Self::NotUtf8(at) => write!(f, "the body is not UTF-8 (byte {at}): save it as UTF-8 and put it again"),
            Self::Empty => f.write_str(
                "nothing is left of the body after cleaning: it needs text or images outside of scripts, forms and menus",
            ),
        }
    }
}

impl std::error::Error for IngestError {}

/// The safe HTML of a body. Of a whole page, only its article; relative addresses become absolute if the article's own
/// address, `base`, is known. What comes out, put in again, comes out the same.
///
/// # Errors
/// [`IngestError`], with the remedy.
pub fn body(source: &[u8], format: Format, base: Option<&Url>) -> Result<String, IngestError> {
    if source.len() > MAX_BYTES {
        return Err(IngestError::TooLarge(source.len()));
    }
    let text = std::str::from_utf8(source).map_err(|error| IngestError::NotUtf8(error.valid_up_to()))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let html = match format {
        Format::Html => text.to_owned(),
        Format::Markdown => from_markdown(text),
    };
    let whole_page = format == Format::Html && page::is_whole(&html);
    let page = parse::parse(&html, whole_page).ok_or(IngestError::TooTangled)?;
    let tidy = if whole_page { page::article(page) } else { page::fragment(page) };
    let safe = settle(clean::clean(&tidy, base), base)?;
    if page::is_empty(&safe) { Err(IngestError::Empty) } else { Ok(safe.trim().to_owned()) }
}

/// Cleans again until nothing changes, so that the stored text is what every browser makes of it: taking an element
/// away can leave nesting that a parser reads otherwise.
fn settle(mut html: String, base: Option<&Url>) -> Result<String, IngestError> {
    for _ in 0..MAX_ROUNDS {
        let page = parse::parse(&html, false).ok_or(IngestError::TooTangled)?;
        let again = clean::clean(&page::fragment(page), base);
        if again == html {
            return Ok(html);
        }
        html = again;
    }
    Err(IngestError::TooTangled)
}

fn from_markdown(text: &str) -> String {
    use pulldown_cmark::{Options, Parser, html::push_html};
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH;
    let mut html = String::with_capacity(text.len() * 3 / 2);
    push_html(&mut html, Parser::new_ext(text, options));
    html
}

#[cfg(test)]
mod tests;
