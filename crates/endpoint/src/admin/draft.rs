use jiff::civil::Date;
use url::Url;
use wire::Article;

use super::Refusal;
use crate::ingest::{self, Format};

/// The longest title and byline, in characters.
const MAX_LINE: usize = 500;

/// The longest address, in bytes.
const MAX_URL_BYTES: usize = 2048;

/// An article as a newsroom sends it: nothing of it is checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The headline.
    pub title: String,
    /// Who wrote it.
    pub byline: Option<String>,
    /// The day of publication.
    pub published: Option<String>,
    /// Its canonical address.
    pub url: Option<String>,
    /// What it says.
    pub body: Body,
}

/// A body, in one of the forms that are taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// A fragment or a whole saved page.
    Html(Vec<u8>),
    /// CommonMark.
    Markdown(Vec<u8>),
}

impl Draft {
    /// The article as it may be kept and shown. Takes a while for a long one: milliseconds.
    ///
    /// # Errors
    /// [`Refusal`] names the field and the remedy.
    pub fn article(&self) -> Result<Article, Refusal> {
        let url = self.url.as_deref().map(address).transpose()?;
        let (field, source, format) = match &self.body {
            Body::Html(source) => ("html", source, Format::Html),
            Body::Markdown(source) => ("markdown", source, Format::Markdown),
        };
        let html = ingest::body(source, format, url.as_ref());
        Ok(Article {
            title: line("title", &self.title)?,
            byline: self.byline.as_deref().map(|byline| line("byline", byline)).transpose()?,
            published: self.published.as_deref().map(day).transpose()?,
            url: url.map(String::from),
            html: html.map_err(|error| Refusal::new(field, error.to_string()))?,
        })
    }
}

/// One line of text, without spaces around it.
fn line(field: &'static str, text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let length = text.chars().count();
    if length == 0 || length > MAX_LINE {
        return Err(Refusal::new(field, format!("It must have 1 to {MAX_LINE} characters.")));
    }
    if text.chars().any(char::is_control) {
        return Err(Refusal::new(field, "It must be one line, without control characters."));
    }
    Ok(text.to_owned())
}

/// A real day of the calendar, and nothing after it.
fn day(text: &str) -> Result<String, Refusal> {
    let date = Date::strptime("%Y-%m-%d", text).ok().map(|date| date.to_string());
    let refused = || Refusal::new("published", format!("`{text}` is no day: write it as YYYY-MM-DD, like 2015-11-17."));
    // The same text again, so that 2015-1-7 is not taken for what it looks like.
    date.filter(|date| date == text).ok_or_else(refused)
}

fn address(text: &str) -> Result<Url, Refusal> {
    let refused = |reason: String| Refusal::new("url", reason);
    if text.len() > MAX_URL_BYTES {
        return Err(refused(format!("It may have {MAX_URL_BYTES} bytes.")));
    }
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    url.ok_or_else(|| {
        refused(format!("`{text}` is no address of a page: write it whole, like https://news.example/story."))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> Draft {
        Draft {
            title: " Focus Group Discussion ".into(),
            byline: Some("Humas".into()),
            published: Some("2015-11-17".into()),
            url: Some("https://news.example/2015/fgd".into()),
            body: Body::Html(b"<p>Isi <a href='/b'>b</a></p>".to_vec()),
        }
    }

    fn refused(change: impl FnOnce(&mut Draft)) -> Refusal {
        let mut draft = draft();
        change(&mut draft);
        draft.article().unwrap_err()
    }

    #[test]
    fn a_good_draft_is_an_article() {
        let article = draft().article().unwrap();
        assert_eq!(article.title, "Focus Group Discussion");
        assert_eq!(article.published.as_deref(), Some("2015-11-17"));
        assert!(article.html.contains("href=\"https://news.example/b\""), "{}", article.html);
    }

    #[test]
    fn only_a_real_day_is_one() {
        for text in
            ["2015-02-29", "2015-13-01", "17-11-2015", "2015-1-7", "2015-11-17T00:00", "2015-11-17 ", "kemarin", ""]
        {
            let refusal = refused(|draft| draft.published = Some(text.into()));
            assert_eq!(refusal.field, "published", "{text}");
            assert!(refusal.reason.contains("YYYY-MM-DD"));
        }
    }

    #[test]
    fn each_field_that_is_wrong_is_named() {
        assert_eq!(refused(|draft| draft.title = "  ".into()).field, "title");
        assert_eq!(refused(|draft| draft.title = "x".repeat(501)).field, "title");
        assert_eq!(refused(|draft| draft.byline = Some("a\nb".into())).field, "byline");
        for url in ["/relative", "javascript:alert(1)", "ftp://a.example"] {
            assert_eq!(refused(|draft| draft.url = Some(url.into())).field, "url");
        }
        let empty = refused(|draft| draft.body = Body::Markdown(b"<script>x</script>".to_vec()));
        assert_eq!(empty.field, "markdown");
    }
}
