use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    io::{BufRead, BufReader, Read},
};

use csv::{ReaderBuilder, StringRecord};
use store::Metric;
use text::key::article_key;
use url::Url;
use wire::{ArticleKey, Invalid};

use super::{
    Earlier, Gathered, Refused, count,
    lines::LimitedLines,
    path::{self, Page},
};

/// Name of the column with keys.
const ARTICLE: &str = "article";

/// A table with a header line: `article`, and any of `reads`, `reaction:KEY`, `share:KEY`, in any order; an empty
/// field is 0. Separated by commas, semicolons or tabs, as exported by spreadsheets. An article is given by its key,
/// or by its path or whole address, which is converted to a key like in the widget.
///
/// # Errors
/// [`Refused`] names the line and the column.
pub fn read(from: impl Read) -> Result<Earlier, Refused> {
    let mut from = BufReader::new(LimitedLines::new(from));
    let delimiter = delimiter(from.fill_buf().map_err(unreadable)?);
    let mut table = ReaderBuilder::new().delimiter(delimiter).from_reader(from);
    let headings = table.headers().map_err(unreadable)?.clone();
    let (key_at, columns) = columns(&headings)?;
    let mut gathered = Gathered::of(columns.iter().map(|(_, metric)| metric.clone()).collect());
    let (mut lines, mut hosts): (BTreeMap<String, _>, _) = (BTreeMap::new(), BTreeSet::new());
    let mut joined = 0;
    for row in table.records() {
        let row = row.map_err(unreadable)?;
        let line = row.position().map_or(0, csv::Position::line);
        let place = || format!("line {line}");
        let named = row.get(key_at).unwrap_or_default().trim();
        let key = match key(named, &mut hosts) {
            Ok(key) => key,
            Err(invalid) => {
                gathered.wrong(place(), ARTICLE, invalid.to_string());
                None
            }
        };
        let mut counts = Vec::with_capacity(columns.len());
        for (at, metric) in &columns {
            match row.get(*at).unwrap_or_default() {
                "" => counts.push(0),
                text => match count(text) {
                    Ok(count) => counts.push(count),
                    Err(reason) => gathered.wrong(place(), metric.name(), reason),
                },
            }
        }
        match lines.insert(named.to_owned(), line) {
            Some(first) if key.is_some() => {
                let reason = format!("`{named}` is in line {first} already: one line an article");
                gathered.wrong(place(), ARTICLE, reason);
            }
            _ => match key {
                Some(key) => {
                    joined += u64::from(gathered.earlier.articles.contains_key(&key));
                    gathered.add(key, &counts);
                }
                None if named.is_empty() => {}
                None => gathered.skip("rows of the home page"),
            },
        }
        if gathered.is_enough() {
            break;
        }
    }
    if hosts.len() > 1 {
        let hosts = hosts.into_iter().collect::<Vec<_>>().join(", ");
        gathered.note(format!("the addresses are of several hosts ({hosts}): a key has none, only path and query"));
    }
    if joined > 0 {
        gathered.note(format!("added up, because another row has the same article by another address: {joined} rows"));
    }
    gathered.finish()
}

/// The key of a row; `None`: a home page, which is not an article.
fn key(named: &str, hosts: &mut BTreeSet<String>) -> Result<Option<ArticleKey>, Invalid> {
    let whole = if named.starts_with("//") { format!("https:{named}") } else { named.to_owned() };
    let url = Url::parse(&whole).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    if url.is_none() && !named.starts_with('/') {
        // Otherwise it is a literal key, as in the page's `article=`.
        return article_key(named).map(Some);
    }
    hosts.extend(url.as_ref().and_then(Url::host_str).map(str::to_owned));
    Ok(match path::page(&whole)? {
        Page::Article(key) => Some(key),
        Page::Home | Page::Index => None,
    })
}

/// The first separator in the first line.
fn delimiter(beginning: &[u8]) -> u8 {
    let first = beginning.split(|byte| *byte == b'\n').next().unwrap_or_default();
    first.iter().copied().find(|byte| b",;\t".contains(byte)).unwrap_or(b',')
}

/// The index of the key column, and the metric columns.
fn columns(headings: &StringRecord) -> Result<(usize, Vec<(usize, Metric)>), Refused> {
    let form = "the first line must be like: article,reads,reaction:happy,share:whatsapp";
    let (mut key_at, mut columns, mut known) = (None, Vec::new(), HashSet::new());
    for (at, heading) in headings.iter().enumerate() {
        // Spreadsheets add a byte order mark.
        let heading = heading.trim_start_matches('\u{feff}').trim();
        match Metric::parse_of_others(heading) {
            _ if heading == ARTICLE => key_at = Some(at),
            Some(metric) if !known.insert(metric.clone()) => {
                return Err(Refused::File(format!("line 1, `{heading}`: this column is there twice")));
            }
            Some(metric) => columns.push((at, metric)),
            None => return Err(Refused::File(format!("line 1, `{heading}`: no such column; {form}"))),
        }
    }
    match key_at {
        Some(key_at) if !columns.is_empty() => Ok((key_at, columns)),
        _ => Err(Refused::File(format!("line 1: {form}"))),
    }
}

fn unreadable(error: impl std::fmt::Display) -> Refused {
    Refused::File(format!("it cannot be read: {error}"))
}
