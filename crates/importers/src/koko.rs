use std::{
    collections::{BTreeMap, HashMap},
    io::{BufRead, BufReader, Read},
};

use store::Metric;

use super::{ContentsBuilder, ExportContents, ReadError, unreadable};

/// Maximum length of a value, in bytes: a path has at most 2,000 characters.
const MAX_VALUE_BYTES: usize = 64 * 1024;

/// Koko Analytics' export (WordPress, version 2): SQL that inserts `koko_analytics_paths (id, path)` and then
/// `koko_analytics_post_stats (date, path_id, post_id, visitors, pageviews)`, each table in one line. See
/// `Data_Exporter` in ibericode/koko-analytics. Page views count as reads.
///
/// # Errors
/// [`ReadError`] if it has neither.
pub fn read(from: impl Read) -> Result<ExportContents, ReadError> {
    let mut from = BufReader::new(from);
    let mut builder = ContentsBuilder::of(vec![Metric::Reads]);
    let mut paths: HashMap<u64, String> = HashMap::new();
    // In the order of their numbers, so that the same file gives the same notes.
    let mut views: BTreeMap<u64, u64> = BTreeMap::new();
    let (mut statement, mut has_views) = (Vec::new(), false);
    while until(&mut from, b'(', &mut statement)? {
        // `INSERT INTO wp_koko_analytics_paths (id, path) VALUES (1,"/a"),(2,"/b");`
        let table = String::from_utf8_lossy(&statement).into_owned();
        statement.clear();
        if !table.contains("INSERT INTO") {
            return Err(no_export());
        }
        until(&mut from, b')', &mut statement)?;
        let (is_paths, is_views) = (
            table.contains("koko_analytics_paths"),
            table.contains("koko_analytics_post_stats"),
        );
        if is_views && !String::from_utf8_lossy(&statement).contains("path_id") {
            return Err(ReadError::File(
                "this export is of Koko Analytics 1, which has no paths: update the plugin, and export again".into(),
            ));
        }
        has_views |= is_views;
        statement.clear();
        let mut number = 0_u64;
        while let Some(values) = next_values(&mut from)? {
            number += 1;
            let place = || {
                format!(
                    "{}, row {number}",
                    if is_paths { "paths" } else { "post_stats" }
                )
            };
            let numbers = || values.iter().map(|value| value.trim().parse::<u64>().ok());
            match &values[..] {
                [id, path] if is_paths => match id.trim().parse() {
                    Ok(id) => {
                        paths.insert(id, path.clone());
                    }
                    Err(_) => builder.report_row(place(), "id", format!("`{id}` is not a number")),
                },
                [_, _, _, _, _] if is_views => {
                    match (numbers().nth(1).flatten(), numbers().nth(4).flatten()) {
                        (Some(path), Some(count)) => {
                            let sum = views.entry(path).or_default();
                            *sum = sum.saturating_add(count);
                        }
                        (None, _) => builder.report_row(
                            place(),
                            "path_id",
                            format!("`{}` is not a number", values[1]),
                        ),
                        (_, None) => builder.report_row(
                            place(),
                            "pageviews",
                            format!("`{}` is not a count", values[4]),
                        ),
                    }
                }
                _ if is_paths || is_views => {
                    builder.report_row(place(), "row", "has another number of values")
                }
                _ => {}
            }
        }
    }
    if !has_views {
        return Err(no_export());
    }
    let mut lost = 0;
    for (path, views) in views {
        match paths.get(&path) {
            Some(path) => builder.count_all(path, views),
            None => lost += views,
        }
    }
    if lost > 0 {
        builder.skip_many("page views of paths that the export does not have", lost);
    }
    Ok(builder.finish())
}

fn no_export() -> ReadError {
    ReadError::File(
        "it is not an export of Koko Analytics: it does not insert into koko_analytics_post_stats"
            .into(),
    )
}

/// The values of the next `(…)` of a statement; `None` at its end.
fn next_values(from: &mut impl BufRead) -> Result<Option<Vec<String>>, ReadError> {
    loop {
        match byte(from)? {
            Some(b'(') => break,
            Some(b';') | None => return Ok(None),
            Some(_) => {}
        }
    }
    let (mut values, mut value, mut quoted) = (Vec::new(), Vec::new(), false);
    loop {
        match byte(from)? {
            // Koko does not escape quotes, so only a quote before `,` or `)` ends a value.
            Some(b'"') if !quoted && value.iter().all(u8::is_ascii_whitespace) => {
                value.clear();
                quoted = true;
            }
            Some(b'"') if quoted && matches!(peeked(from)?, Some(b',' | b')') | None) => {
                quoted = false
            }
            Some(b',') if !quoted => values.push(text(&mut value)),
            Some(b')') if !quoted => {
                values.push(text(&mut value));
                return Ok(Some(values));
            }
            Some(other) => value.push(other),
            None => {
                return Err(ReadError::File(
                    "it ends within a row: is it complete?".into(),
                ));
            }
        }
        if value.len() > MAX_VALUE_BYTES {
            return Err(ReadError::File(format!(
                "a value must be at most {MAX_VALUE_BYTES} bytes"
            )));
        }
    }
}

fn text(value: &mut Vec<u8>) -> String {
    String::from_utf8_lossy(&std::mem::take(value)).into_owned()
}

fn byte(from: &mut impl BufRead) -> Result<Option<u8>, ReadError> {
    let next = peeked(from)?;
    if next.is_some() {
        from.consume(1);
    }
    Ok(next)
}

fn peeked(from: &mut impl BufRead) -> Result<Option<u8>, ReadError> {
    Ok(from.fill_buf().map_err(unreadable)?.first().copied())
}

/// Reads up to the byte `end`, which is consumed; `false` if it does not occur.
fn until(from: &mut impl BufRead, end: u8, to: &mut Vec<u8>) -> Result<bool, ReadError> {
    to.clear();
    while let Some(next) = byte(from)? {
        if next == end {
            return Ok(true);
        }
        if to.len() == MAX_VALUE_BYTES {
            return Err(no_export());
        }
        to.push(next);
    }
    Ok(false)
}
