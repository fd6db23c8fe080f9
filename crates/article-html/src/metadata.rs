//! Metadata of a whole saved page: headline, author, day and address. Not validated here.

use std::sync::LazyLock;

use jiff::{
    Timestamp,
    civil::Date,
    fmt::rfc2822,
    tz::{Offset, TimeZone},
};
use scraper::{ElementRef, Html, Selector};
use serde_json::Value;
use url::Url;

use super::{select::selector, words};

static HEADING: LazyLock<Selector> = LazyLock::new(|| selector("h1"));
static JSON: LazyLock<Selector> =
    LazyLock::new(|| selector("script[type='application/ld+json' i]"));
static META: LazyLock<Selector> = LazyLock::new(|| selector("meta[content]"));
static TITLE: LazyLock<Selector> = LazyLock::new(|| selector("head > title"));
static CANONICAL: LazyLock<Selector> = LazyLock::new(|| selector("link[rel~=canonical][href]"));
static AUTHOR: LazyLock<[Selector; 4]> = LazyLock::new(|| {
    [
        "[itemprop~=author] [itemprop~=name]",
        "[itemprop~=author]",
        "[rel~=author]",
        ".byline",
    ]
    .map(selector)
});
static DAY: LazyLock<[Selector; 3]> = LazyLock::new(|| {
    [
        "[itemprop~=datePublished]",
        "time[pubdate][datetime], time.published[datetime]",
        "article time[datetime]",
    ]
    .map(selector)
});

const TITLE_META_NAMES: [&str; 3] = ["og:title", "twitter:title", "parsely-title"];
const AUTHOR_META_NAMES: [&str; 5] = [
    "author",
    "article:author",
    "parsely-author",
    "dc.creator",
    "twitter:creator",
];
const DAY_META_NAMES: [&str; 9] = [
    "article:published_time",
    "datepublished",
    "parsely-pub-date",
    "date",
    "pubdate",
    "publishdate",
    "dc.date",
    "dc.date.issued",
    "sailthru.date",
];

/// Maximum length of an author in characters, to exclude paragraphs with that class.
const MAX_AUTHOR_CHARS: usize = 200;

/// Metadata of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// The headline.
    pub title: Option<String>,
    /// The author.
    pub byline: Option<String>,
    /// The date of publication, as in the page.
    pub published: Option<String>,
    /// Its canonical address: `http` or `https`.
    pub url: Option<String>,
}

impl Metadata {
    pub(super) fn of(page: &Html) -> Self {
        let json_ld = JsonLd::of(page);
        Self {
            title: title(page, &json_ld),
            byline: byline(page, &json_ld),
            published: published(page, &json_ld),
            url: url(page, &json_ld),
        }
    }

    /// The day of publication, `YYYY-MM-DD`: as written, or if it is in UTC, converted to that time zone.
    pub fn day(&self, zone: &TimeZone) -> Option<String> {
        let text = self.published.as_deref()?.trim();
        let written = text
            .get(..10)
            .and_then(|day| Date::strptime("%Y-%m-%d", day).ok());
        let day = match (text.parse::<Timestamp>(), written) {
            (Ok(time), Some(_)) if is_utc(text) => time.to_zoned_datetime(zone.clone()).date(),
            (_, Some(written)) => written,
            _ => {
                let time = rfc2822::parse(text).ok()?;
                if time.offset() == Offset::UTC {
                    time.with_time_zone(zone.clone()).date()
                } else {
                    time.date()
                }
            }
        };
        Some(day.to_string())
    }
}

fn is_utc(text: &str) -> bool {
    text.ends_with(['Z', 'z'])
        || ["+00:00", "-00:00", "+0000"]
            .iter()
            .any(|offset| text.ends_with(offset))
}

/// The objects of the page's JSON-LD.
struct JsonLd {
    objects: Vec<Value>,
}

impl JsonLd {
    fn of(page: &Html) -> Self {
        let mut objects = Vec::new();
        for script in page.root_element().select(&JSON) {
            if let Ok(value) = serde_json::from_str(script.text().collect::<String>().trim()) {
                gather(value, &mut objects);
            }
        }
        Self { objects }
    }

    fn article(&self) -> Option<&Value> {
        let is_article = |kind: &str| {
            let kind = kind.rsplit('/').next().unwrap_or_default();
            kind.ends_with("Article") || kind.ends_with("BlogPosting") || kind == "Report"
        };
        self.objects
            .iter()
            .find(|object| texts(&object["@type"]).into_iter().any(is_article))
    }

    fn text(&self, name: &str) -> Option<String> {
        texts(&self.article()?[name]).into_iter().find_map(tidy)
    }

    /// The authors' names, some of which are in separate objects.
    fn authors(&self) -> Option<String> {
        let authors = match &self.article()?["author"] {
            Value::Array(authors) => authors.iter().collect(),
            author => vec![author],
        };
        let named = |author: &Value| match author {
            Value::String(name) => tidy(name),
            author => {
                let same =
                    |object: &&Value| object["@id"].is_string() && object["@id"] == author["@id"];
                let of = |object: &Value| texts(&object["name"]).into_iter().find_map(tidy);
                of(author).or_else(|| self.objects.iter().filter(same).find_map(of))
            }
        };
        let names: Vec<String> = authors
            .into_iter()
            .filter_map(named)
            .filter(|name| !is_address(name))
            .collect();
        (!names.is_empty()).then(|| names.join(", "))
    }
}

/// Collects the objects of a list or of an `@graph`.
fn gather(value: Value, objects: &mut Vec<Value>) {
    match value {
        Value::Array(values) => values.into_iter().for_each(|value| gather(value, objects)),
        Value::Object(mut object) => {
            if let Some(graph) = object.remove("@graph") {
                gather(graph, objects);
            }
            objects.push(Value::Object(object));
        }
        _ => {}
    }
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(values) => values.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// The heading that the page's head also contains, else the head's title, else the longest heading: the first one may
/// be a logo.
fn title(page: &Html, json_ld: &JsonLd) -> Option<String> {
    let headings: Vec<String> = page
        .root_element()
        .select(&HEADING)
        .map(words::line)
        .filter(|heading| !heading.is_empty())
        .collect();
    let of_head = page
        .root_element()
        .select(&TITLE)
        .next()
        .map(words::line)
        .and_then(|title| tidy(&title));
    let candidates = [
        json_ld.text("headline"),
        meta(page, &TITLE_META_NAMES),
        of_head,
    ];
    let is_said = |heading: &&String| {
        candidates
            .iter()
            .flatten()
            .any(|candidate| plain(candidate).contains(&plain(heading)))
    };
    let longest = |headings: Vec<&String>| {
        headings
            .into_iter()
            .max_by_key(|heading| heading.len())
            .cloned()
    };
    let [headline, in_meta, of_head] = candidates.clone();
    longest(headings.iter().filter(is_said).collect())
        .or(headline)
        .or(in_meta)
        .or_else(|| longest(headings.iter().collect()))
        .or(of_head)
}

/// A headline in a form for comparison.
pub(super) fn plain(text: &str) -> String {
    text.chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

fn byline(page: &Html, json_ld: &JsonLd) -> Option<String> {
    let by_mark = || {
        let marked = AUTHOR
            .iter()
            .flat_map(|mark| page.root_element().select(mark));
        marked
            .filter_map(|element| tidy(&content(element, "content")))
            .find(|name| is_author(name))
    };
    json_ld
        .authors()
        .or_else(|| meta(page, &AUTHOR_META_NAMES))
        .filter(|name| is_author(name))
        .or_else(by_mark)
}

/// Facebook's `article:author` is an address, Twitter's a handle.
fn is_author(name: &str) -> bool {
    !is_address(name) && !name.starts_with('@') && name.chars().count() <= MAX_AUTHOR_CHARS
}

fn is_address(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

fn published(page: &Html, json_ld: &JsonLd) -> Option<String> {
    let is_day = |text: &String| {
        Metadata {
            published: Some(text.clone()),
            ..Metadata::default()
        }
        .day(&TimeZone::UTC)
        .is_some()
    };
    let by_mark = || {
        let marked = DAY.iter().flat_map(|mark| page.root_element().select(mark));
        let written = |element| {
            [content(element, "datetime"), content(element, "content")]
                .into_iter()
                .find(is_day)
        };
        marked.filter_map(written).next()
    };
    json_ld
        .text("datePublished")
        .filter(is_day)
        .or_else(|| meta(page, &DAY_META_NAMES).filter(is_day))
        .or_else(by_mark)
}

fn url(page: &Html, json_ld: &JsonLd) -> Option<String> {
    let canonical = || {
        Some(
            page.root_element()
                .select(&CANONICAL)
                .next()?
                .value()
                .attr("href")?
                .to_owned(),
        )
    };
    let in_data = || {
        let of = |name: &str| json_ld.text(name);
        let main = json_ld.article()?["mainEntityOfPage"]
            .get("@id")
            .and_then(Value::as_str);
        of("url")
            .or_else(|| main.map(str::to_owned))
            .or_else(|| of("mainEntityOfPage"))
    };
    let saved = || {
        // The comment that browsers add to saved pages: `<!-- saved from url=(0042)https://… -->`.
        let comments = page
            .tree
            .nodes()
            .filter_map(|node| node.value().as_comment().map(|text| text.to_string()));
        let from = |text: &str| {
            text.trim()
                .strip_prefix("saved from url=(")?
                .split_once(')')
                .map(|(_, url)| url.to_owned())
        };
        comments.take(20).find_map(|text| from(&text))
    };
    let is_page = |url: &Url| matches!(url.scheme(), "http" | "https") && url.has_host();
    let candidates = [canonical(), meta(page, &["og:url"]), in_data(), saved()];
    candidates
        .into_iter()
        .flatten()
        .filter_map(|url| Url::parse(url.trim()).ok())
        .find(is_page)
        .map(String::from)
}

/// The content of the first `meta` with one of these names, in their order.
fn meta(page: &Html, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| {
        let named = |element: &ElementRef<'_>| {
            ["property", "name", "itemprop"].iter().any(|attribute| {
                element
                    .value()
                    .attr(attribute)
                    .is_some_and(|value| value.eq_ignore_ascii_case(name))
            })
        };
        page.root_element()
            .select(&META)
            .filter(named)
            .find_map(|element| tidy(element.value().attr("content")?))
    })
}

/// The attribute, or the element's text.
fn content(element: ElementRef<'_>, attribute: &str) -> String {
    element
        .value()
        .attr(attribute)
        .map_or_else(|| words::line(element), str::to_owned)
}

/// A single line without control characters; `None` if it is empty.
fn tidy(text: &str) -> Option<String> {
    let words: Vec<_> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}
