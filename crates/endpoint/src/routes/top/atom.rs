use std::fmt::Write;

use html_escape::{encode_double_quoted_attribute, encode_text};
use jiff::civil::Date;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use widget::format;

use crate::{
    config::{Origin, Site},
    locale::{self, Language},
    top::{Asked, By, Entry},
    visitor::Day,
};

/// A feed (RFC 4287) of the list. It changes with the list, and not with the minute.
pub(super) fn feed(site: &Site, language: &Language, asked: Asked, day: Day, entries: &[Entry]) -> String {
    let title = locale::top(language, asked.by.name());
    let id = id(site, &format!("top/{}/{}", asked.by.name(), asked.days));
    let updated = midnight(site, &day.to_string()).unwrap_or_default();
    let locale = encode_double_quoted_attribute(&language.locale);
    let mut feed = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{locale}\">\
         <id>{id}</id><title>{}</title><updated>{updated}</updated><author><name>{}</name></author>\
         <generator>Gema</generator>",
        text(title),
        text(site.id.as_str())
    );
    let labels = locale::labels(site, language);
    let texts = if asked.by == By::Reads { &labels.reads } else { &labels.responses };
    for Entry { article, count, about } in entries {
        let entry_id = self::id(site, &format!("article/{}", utf8_percent_encode(article.as_str(), NON_ALPHANUMERIC)));
        let title = about.title.as_deref().unwrap_or(article.as_str());
        let published = about.published.as_deref().and_then(|day| midnight(site, day));
        // Writing to a String cannot fail.
        let _ = write!(feed, "<entry><id>{entry_id}</id><title>{}</title>", text(title));
        if let Some(url) = &about.url {
            let _ = write!(feed, "<link href=\"{}\"/>", encode_double_quoted_attribute(url));
        }
        if let Some(published) = &published {
            let _ = write!(feed, "<published>{published}</published>");
        }
        let updated = published.as_ref().unwrap_or(&updated);
        let counted = format::count(locale::format(language), texts, *count);
        let _ = write!(feed, "<updated>{updated}</updated><content>{}</content></entry>", text(&counted));
    }
    feed.push_str("</feed>\n");
    feed
}

/// The same for ever (RFC 4151), by the site's first page.
fn id(site: &Site, what: &str) -> String {
    let host = |origin: &Origin| match origin {
        Origin::Exact(origin) => {
            origin.split_once("://").map(|(_, host)| host.split(':').next().unwrap_or(host).to_owned())
        }
        _ => None,
    };
    let host = site.origins.iter().find_map(host).unwrap_or_else(|| "gema.invalid".into());
    format!("tag:{},2015:gema/{}/{what}", text(&host), site.id)
}

/// When that day begins there.
fn midnight(site: &Site, day: &str) -> Option<String> {
    let begins = day.parse::<Date>().ok()?.to_zoned_datetime(site.time_zone.clone()).ok()?;
    Some(begins.timestamp().to_string())
}

/// XML has no place for most control characters.
fn text(text: &str) -> String {
    let text: String =
        text.chars().filter(|letter| !letter.is_control() && !matches!(letter, '\u{fffe}' | '\u{ffff}')).collect();
    encode_text(&text).into_owned()
}
