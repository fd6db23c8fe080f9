use redis::Value;
use store::ArticleMetadata;
use wire::Article;

use super::{
    keys,
    lease::WriteSet,
    reply::{list, pairs, text},
};

/// The fields besides the body, in the order of [`parse_metadata`].
pub(super) const METADATA_FIELDS: [&str; 4] = ["title", "byline", "published", "url"];

/// Parses the values of [`METADATA_FIELDS`].
pub(super) fn parse_metadata(values: &Value) -> Option<ArticleMetadata> {
    let mut values = list(values).iter();
    let mut next = || {
        let text = text(values.next()?)?;
        Some(String::from_utf8_lossy(text).into_owned())
    };
    Some(ArticleMetadata {
        title: next()?,
        byline: next(),
        published: next(),
        url: next(),
    })
}

/// Parses a stored copy.
pub(super) fn parse(hash: &Value) -> Option<Article> {
    let mut title = None;
    let mut byline = None;
    let mut published = None;
    let mut url = None;
    let mut html = None;
    for (field, value) in pairs(hash) {
        let text = Some(String::from_utf8_lossy(value).into_owned());
        match field {
            b"title" => title = text,
            b"byline" => byline = text,
            b"published" => published = text,
            b"url" => url = text,
            b"html" => html = text,
            _ => {}
        }
    }
    Some(Article {
        title: title?,
        byline,
        published,
        url,
        html: html?,
    })
}

/// Replaces the stored copy.
pub(super) fn write(article: &Article, names: &keys::ArticleKeySet, to: &mut WriteSet) {
    let Article {
        title,
        byline,
        published,
        url,
        html,
    } = article;
    to.add("DEL", names.copy(), [] as [&str; 0]);
    let others = [("byline", byline), ("published", published), ("url", url)];
    let others = others
        .into_iter()
        .filter_map(|(name, text)| Some((name, text.as_ref()?)));
    let fields = [("title", title), ("html", html)].into_iter().chain(others);
    to.add(
        "HSET",
        names.copy(),
        fields.flat_map(|(name, text)| [name, text.as_str()]),
    );
}
