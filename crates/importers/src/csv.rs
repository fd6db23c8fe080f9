use std::{
    collections::{HashMap, HashSet},
    io::{BufRead, BufReader, Read},
};

use csv::{ReaderBuilder, StringRecord};
use store::Metric;
use text::key::article_key;

use super::{
    ContentsBuilder, ExportContents, ReadError, count,
    lines::LimitedLines,
    path::{Hosts, Page},
    unreadable,
};

/// Name of the column with keys.
const ARTICLE: &str = "article";

/// A table with a header line: `article`, and any of `reads`, `reaction:KEY`, `share:KEY`, in any order; an empty
/// field is 0. Separated by commas, semicolons or tabs, as exported by spreadsheets. An article is given by its key,
/// or by its path or whole address, which is converted to a key like in the widget.
///
/// # Errors
/// [`ReadError`] names the line and the column.
pub fn read(from: impl Read) -> Result<ExportContents, ReadError> {
    let mut from = BufReader::new(LimitedLines::new(from));
    let delimiter = delimiter(from.fill_buf().map_err(unreadable)?);
    let mut table = ReaderBuilder::new().delimiter(delimiter).from_reader(from);
    let headings = table.headers().map_err(unreadable)?.clone();
    let (key_at, columns) = columns(&headings)?;
    let mut builder =
        ContentsBuilder::of(columns.iter().map(|(_, metric)| metric.clone()).collect());
    let (mut lines, mut hosts): (HashMap<String, u64>, _) = (HashMap::new(), Hosts::default());
    for row in table.records() {
        let (row, line) = match row {
            Ok(row) => {
                let line = row.position().map_or(0, csv::Position::line);
                (row, line)
            }
            Err(error) if is_of_one_row(&error) => {
                let line = error.position().map_or(0, csv::Position::line);
                builder.report_row(format!("line {line}"), ARTICLE, error.to_string());
                continue;
            }
            Err(error) => return Err(unreadable(error)),
        };
        let place = || format!("line {line}");
        let named = row.get(key_at).unwrap_or_default().trim();
        let page = match hosts
            .page(named)
            .unwrap_or_else(|| article_key(named).map(Page::Article))
        {
            Ok(page) => page,
            Err(invalid) => {
                builder.report_row(place(), ARTICLE, invalid.to_string());
                continue;
            }
        };
        let mut counts = Vec::with_capacity(columns.len());
        for (at, metric) in &columns {
            match row.get(*at).unwrap_or_default() {
                "" => counts.push(0),
                text => match count(text) {
                    Ok(count) => counts.push(count),
                    Err(reason) => builder.report_row(place(), metric.name(), reason),
                },
            }
        }
        if counts.len() < columns.len() {
            continue;
        }
        if let Some(first) = lines.get(named) {
            builder.report_row(
                place(),
                ARTICLE,
                format!("`{named}` is in line {first} already: one line an article"),
            );
            continue;
        }
        lines.insert(named.to_owned(), line);
        match page {
            Page::Article(key) => builder.add_named(named, key, &counts),
            Page::Home | Page::Index => builder.skip("rows of the home page"),
        }
    }
    builder.contents.notes.extend(hosts.note());
    Ok(builder.finish())
}

/// Whether the rows after this error can be read.
pub(super) fn is_of_one_row(error: &csv::Error) -> bool {
    matches!(
        error.kind(),
        csv::ErrorKind::UnequalLengths { .. } | csv::ErrorKind::Utf8 { .. }
    )
}

/// The first separator in the first line.
fn delimiter(beginning: &[u8]) -> u8 {
    let first = beginning
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    first
        .iter()
        .copied()
        .find(|byte| b",;\t".contains(byte))
        .unwrap_or(b',')
}

/// The index of the key column, and the metric columns.
fn columns(headings: &StringRecord) -> Result<(usize, Vec<(usize, Metric)>), ReadError> {
    let form = "the first line must be like: article,reads,reaction:happy,share:whatsapp";
    let (mut key_at, mut columns, mut known) = (None, Vec::new(), HashSet::new());
    for (at, heading) in headings.iter().enumerate() {
        // Spreadsheets add a byte order mark.
        let heading = heading.trim_start_matches('\u{feff}').trim();
        match Metric::parse_of_others(heading) {
            _ if heading == ARTICLE => key_at = Some(at),
            Some(metric) if !known.insert(metric.clone()) => {
                return Err(ReadError::File(format!(
                    "line 1, `{heading}`: this column is there twice"
                )));
            }
            Some(metric) => columns.push((at, metric)),
            None => {
                return Err(ReadError::File(format!(
                    "line 1, `{heading}`: no such column; {form}"
                )));
            }
        }
    }
    match key_at {
        Some(key_at) if !columns.is_empty() => Ok((key_at, columns)),
        _ => Err(ReadError::File(format!("line 1: {form}"))),
    }
}
