use article_html::SourceFormat;
use jiff::civil::Date;
use url::Url;
use wire::Article;

use super::FieldError;

/// Maximum length of title and byline, in characters.
const MAX_LINE_CHARS: usize = 500;

/// Maximum length of an address, in bytes.
const MAX_URL_BYTES: usize = 2048;

/// An article as a newsroom submits it, not validated yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The headline, as plain text.
    pub title: String,
    /// The author, as plain text.
    pub byline: Option<String>,
    /// The day of publication.
    pub published: Option<String>,
    /// Its canonical address.
    pub url: Option<String>,
    /// The text of the article, in the format in which it was submitted.
    pub body: Body,
}

/// A body in one of the supported formats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// An HTML fragment, or a whole saved page.
    Html(Vec<u8>),
    /// CommonMark.
    Markdown(Vec<u8>),
}

impl Draft {
    /// Validates and sanitises the article. Takes milliseconds for a long one.
    ///
    /// # Errors
    /// [`FieldError`] names the field and the remedy.
    pub fn article(&self) -> Result<Article, FieldError> {
        let url = self.url.as_deref().map(address).transpose()?;
        let (field, source, format) = match &self.body {
            Body::Html(source) => ("html", source, SourceFormat::Html),
            Body::Markdown(source) => ("markdown", source, SourceFormat::Markdown),
        };
        let html = article_html::body(source, format, url.as_ref());
        Ok(Article {
            title: line("title", &self.title)?,
            byline: self
                .byline
                .as_deref()
                .map(|byline| line("byline", byline))
                .transpose()?,
            published: self.published.as_deref().map(day).transpose()?,
            url: url.map(String::from),
            html: html.map_err(|error| FieldError::new(field, error.to_string()))?,
        })
    }
}

/// Validates and sanitises a copy from another database like a submitted one, because another version or program may
/// have written it.
///
/// # Errors
/// [`FieldError`] names the field and the remedy.
pub fn sanitized_copy(copy: &Article) -> Result<Article, FieldError> {
    let Article {
        title,
        byline,
        published,
        url,
        html,
    } = copy.clone();
    Draft {
        title,
        byline,
        published,
        url,
        body: Body::Html(html.into_bytes()),
    }
    .article()
}

impl Draft {
    /// Notes about content that is stored unchanged, but may not be what was meant: markup in plain text.
    pub fn warnings(&self) -> Vec<String> {
        let texts = [
            ("title", Some(&self.title)),
            ("byline", self.byline.as_ref()),
        ];
        let of_text = texts.into_iter().filter_map(|(field, text)| {
            let markup = markup(text?)?;
            Some(format!("The {field} contains `{markup}`, which readers see like that: it is plain text, not HTML."))
        });
        let of_url = self.url.iter().filter(|url| url.contains("&amp;")).map(|_| {
            "The url contains `&amp;`, which is part of the address like that: in plain text it is `&`.".to_owned()
        });
        of_text.chain(of_url).collect()
    }
}

/// The first character reference or tag in a text.
fn markup(text: &str) -> Option<&str> {
    let references = text.match_indices('&').map(|(at, _)| (at, ';'));
    let tags = text.match_indices('<').map(|(at, _)| (at, '>'));
    let found = references.chain(tags).filter_map(|(at, end)| {
        let piece = &text[at..=at + text[at..].find(end)?];
        let is_tag = piece.starts_with('<')
            && piece[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
        (is_tag || html_escape::decode_html_entities(piece) != piece).then_some((at, piece))
    });
    found.min_by_key(|(at, _)| *at).map(|(_, piece)| piece)
}

/// Validates one line of text, and trims it.
fn line(field: &'static str, text: &str) -> Result<String, FieldError> {
    let text = text.trim();
    let length = text.chars().count();
    if length == 0 || length > MAX_LINE_CHARS {
        return Err(FieldError::new(
            field,
            format!("It must have 1 to {MAX_LINE_CHARS} characters."),
        ));
    }
    if text.chars().any(char::is_control) {
        return Err(FieldError::new(
            field,
            "It must be one line, without control characters.",
        ));
    }
    Ok(text.to_owned())
}

/// Validates a date.
fn day(text: &str) -> Result<String, FieldError> {
    let date = Date::strptime("%Y-%m-%d", text)
        .ok()
        .map(|date| date.to_string());
    let refused = || {
        FieldError::new(
            "published",
            format!("`{text}` is not a date: write it as YYYY-MM-DD, like 2015-11-17."),
        )
    };
    // Requires the canonical form, so that 2015-1-7 is rejected.
    date.filter(|date| date == text).ok_or_else(refused)
}

fn address(text: &str) -> Result<Url, FieldError> {
    let refused = |reason: String| FieldError::new("url", reason);
    if text.len() > MAX_URL_BYTES {
        return Err(refused(format!(
            "It must be at most {MAX_URL_BYTES} bytes."
        )));
    }
    let url = Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"));
    let url = url.ok_or_else(|| {
        refused(format!("`{text}` is not the URL of a page: write the whole URL, like https://news.example/story."))
    })?;
    if !url.username().is_empty() || url.password().is_some() {
        let reason = "It must not have a user name or password, which every reader would see.";
        return Err(refused(reason.into()));
    }
    // Percent-encoding makes letters beyond ASCII longer.
    let bytes = url.as_str().len();
    if bytes > MAX_URL_BYTES {
        return Err(refused(format!(
            "It must be at most {MAX_URL_BYTES} bytes, and has {bytes} when percent-encoded."
        )));
    }
    Ok(url)
}

#[cfg(test)]
mod tests;
