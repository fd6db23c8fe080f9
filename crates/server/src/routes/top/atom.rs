use std::fmt::Write;

use config::{Origin, Site};
use html_escape::{encode_double_quoted_attribute, encode_text};
use jiff::civil::Date;
use locale::Language;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;
use widget::format;

use crate::ranking::{RankBy, RankedArticle, Ranking, RankingQuery};

/// The list as a feed (RFC 4287). Its timestamps change with the list, not with every refresh.
pub(super) fn feed(
    site: &Site,
    language: &Language,
    ranking_query: &RankingQuery,
    lang: Option<&str>,
    list: &Ranking,
) -> String {
    // Relative to the request's address, because a proxy may add a path prefix.
    let mut own = format!(
        "top.atom?by={}&days={}&limit={}",
        ranking_query.by.name(),
        ranking_query.days,
        ranking_query.limit
    );
    own.extend(lang.map(|lang| format!("&lang={}", utf8_percent_encode(lang, NON_ALPHANUMERIC))));
    if let Some(section) = &ranking_query.section {
        let section = utf8_percent_encode(section.as_str(), NON_ALPHANUMERIC);
        let _ = write!(own, "&section={section}");
    }
    if ranking_query.is_titled {
        own.push_str("&titled=1");
    }
    let own = encode_double_quoted_attribute(&own).into_owned();
    let title = locale::ranking_title(language, ranking_query.by.name());
    let id = id(
        site,
        &format!(
            "top/{}/{}{}",
            ranking_query.by.name(),
            ranking_query.days,
            ranking_query
                .section
                .as_ref()
                .map_or(String::new(), |section| format!(
                    "/{}",
                    utf8_percent_encode(section.as_str(), NON_ALPHANUMERIC)
                ))
        ),
    );
    let updated = midnight(site, &list.day.to_string()).unwrap_or_default();
    let locale = encode_double_quoted_attribute(format::language(&language.locale));
    let mut feed = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{locale}\">\
         <id>{id}</id><title>{}</title>\
         <link rel=\"self\" type=\"application/atom+xml\" href=\"{own}\"/><updated>{updated}</updated><author><name>{}</name></author>\
         <generator>Gema</generator>",
        text(title),
        text(site.id.as_str())
    );
    let labels = site.labels_in(language);
    let texts = if ranking_query.by == RankBy::Reads {
        &labels.reads
    } else {
        &labels.responses
    };
    for RankedArticle {
        article,
        count,
        meta,
    } in &list.entries
    {
        let entry_id = self::id(
            site,
            &format!(
                "article/{}",
                utf8_percent_encode(article.as_str(), NON_ALPHANUMERIC)
            ),
        );
        let title = meta.title.as_deref().unwrap_or(article.as_str());
        let published = meta
            .published
            .as_deref()
            .and_then(|day| midnight(site, day));
        // Writing to a String cannot fail.
        let _ = write!(
            feed,
            "<entry><id>{entry_id}</id><title>{}</title>",
            text(title)
        );
        // Without a link, feed readers use the id as one, which leads nowhere.
        let page = meta.url.clone().or_else(|| page(site, article.as_str()));
        let link = page.as_deref().map(encode_double_quoted_attribute);
        let _ = write!(feed, "<link href=\"{}\"/>", link.as_deref().unwrap_or(&own));
        if let Some(published) = &published {
            let _ = write!(feed, "<published>{published}</published>");
        }
        let updated = published.as_ref().unwrap_or(&updated);
        let counted = format::count(locale::formatter(language), texts, *count);
        let _ = write!(
            feed,
            "<updated>{updated}</updated><content>{}</content></entry>",
            text(&counted)
        );
    }
    feed.push_str("</feed>\n");
    feed
}

/// The address of an article without a stored copy: its key as a path on the site's first origin, or the home page.
fn page(site: &Site, key: &str) -> Option<String> {
    let exact = |origin: &Origin| match origin {
        Origin::Exact(origin) => Some(origin.clone()),
        _ => None,
    };
    let home = Url::parse(&site.origins.iter().find_map(exact)?).ok()?;
    let path = format!(
        "{}{}",
        home.origin().ascii_serialization(),
        key.replace('#', "%23")
    );
    let page = Url::parse(&path)
        .ok()
        .filter(|_| key.starts_with('/') && !is_shortened(key));
    Some(page.unwrap_or(home).into())
}

/// Whether a key was shortened: a prefix of a longer one, and a hash of the rest.
fn is_shortened(key: &str) -> bool {
    let is_hash =
        |hash: &str| hash.len() == 16 && hash.bytes().all(|digit| digit.is_ascii_hexdigit());
    key.len() > 180 && key.rsplit_once('~').is_some_and(|(_, hash)| is_hash(hash))
}

/// A permanent id (RFC 4151), based on the host of the site's first origin.
fn id(site: &Site, what: &str) -> String {
    let host = |origin: &Origin| match origin {
        Origin::Exact(origin) => origin
            .split_once("://")
            .map(|(_, host)| host.split(':').next().unwrap_or(host).to_owned()),
        _ => None,
    };
    let host = site
        .origins
        .iter()
        .find_map(host)
        .unwrap_or_else(|| "gema.invalid".into());
    format!("tag:{},2015:gema/{}/{what}", text(&host), site.id)
}

/// Start of the day in the site's time zone.
fn midnight(site: &Site, day: &str) -> Option<String> {
    let begins = day
        .parse::<Date>()
        .ok()?
        .to_zoned_datetime(site.time_zone.clone())
        .ok()?;
    Some(begins.timestamp().to_string())
}

/// Escapes text, and removes control characters, most of which XML does not allow.
fn text(text: &str) -> String {
    let text: String = text
        .chars()
        .filter(|letter| !letter.is_control() && !matches!(letter, '\u{fffe}' | '\u{ffff}'))
        .collect();
    encode_text(&text).into_owned()
}
