use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read},
};

use csv::{ReaderBuilder, StringRecord};

use super::{Earlier, Gathered, Refused, count};
use crate::{key::article_key, store::Metric};

/// The heading of the column of keys.
const ARTICLE: &str = "article";

/// A table with a line of headings: `article`, and any of `reads`, `reaction:KEY`, `share:KEY`, in any order; an empty field is 0.
/// Between them are commas, semicolons or tabs, as spreadsheets have it.
///
/// # Errors
/// [`Refused`] names the line and the column.
pub fn read(from: impl Read) -> Result<Earlier, Refused> {
    let mut from = BufReader::new(from);
    let delimiter = delimiter(from.fill_buf().map_err(unreadable)?);
    let mut table = ReaderBuilder::new().delimiter(delimiter).from_reader(from);
    let headings = table.headers().map_err(unreadable)?.clone();
    let (key_at, columns) = columns(&headings)?;
    let mut gathered = Gathered::of(columns.iter().map(|(_, metric)| metric.clone()).collect());
    let mut lines: BTreeMap<_, u64> = BTreeMap::new();
    for row in table.records() {
        let row = row.map_err(unreadable)?;
        let line = row.position().map_or(0, csv::Position::line);
        let place = || format!("line {line}");
        let key = match article_key(row.get(key_at).unwrap_or_default()) {
            Ok(key) => Some(key),
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
        if let Some(key) = key {
            match lines.insert(key.clone(), line) {
                None => gathered.add(key, &counts),
                Some(first) => {
                    gathered.wrong(
                        place(),
                        ARTICLE,
                        format!("`{key}` is in line {first} already: one line an article"),
                    );
                }
            }
        }
        if gathered.is_enough() {
            break;
        }
    }
    gathered.finish()
}

/// The first of them in the first line.
fn delimiter(beginning: &[u8]) -> u8 {
    let first = beginning.split(|byte| *byte == b'\n').next().unwrap_or_default();
    first.iter().copied().find(|byte| b",;\t".contains(byte)).unwrap_or(b',')
}

/// Where the keys are, and what is counted where.
fn columns(headings: &StringRecord) -> Result<(usize, Vec<(usize, Metric)>), Refused> {
    let form = "the first line must be like: article,reads,reaction:happy,share:whatsapp";
    let (mut key_at, mut columns) = (None, Vec::new());
    for (at, heading) in headings.iter().enumerate() {
        // Spreadsheets put a mark before the first one.
        let heading = heading.trim_start_matches('\u{feff}').trim();
        match Metric::parse_of_others(heading) {
            _ if heading == ARTICLE => key_at = Some(at),
            Some(metric) if columns.iter().any(|(_, known)| *known == metric) => {
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
