use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, BufReader, Read},
};

use store::Metric;
use wire::Reaction;

use super::{
    ContentsBuilder, ExportContents, MAX_COUNT, ReadError,
    lines::LimitedLines,
    path::{Hosts, Page},
    unreadable,
    waline::{Mapping, ask_for},
};

/// Responses of an Open Heart server, which has no export: a line for each page, with its address, a tab, and the
/// response to `GET`, such as `{"❤️":14}`.
///
/// # Errors
/// [`ReadError`] lists the emoji that are missing from the mapping.
pub fn read(from: impl Read, mapping: &Mapping) -> Result<ExportContents, ReadError> {
    let options: BTreeSet<&Reaction> = mapping.values().flatten().collect();
    let metrics: Vec<_> = options
        .into_iter()
        .map(|option| Metric::Reaction(option.clone()))
        .collect();
    let mut builder = ContentsBuilder::of(metrics.clone());
    let (mut hosts, mut unmapped) = (Hosts::default(), BTreeMap::<String, u64>::new());
    for (number, line) in BufReader::new(LimitedLines::new(from)).lines().enumerate() {
        let place = || format!("line {}", number + 1);
        let line = line.map_err(unreadable)?;
        if line.trim().is_empty() {
            continue;
        }
        let Some((address, answer)) = line.split_once('\t') else {
            builder.report_row(
                place(),
                "address",
                "must be followed by a tab and the server's answer",
            );
            continue;
        };
        let answer = match serde_json::from_str::<BTreeMap<String, u64>>(answer) {
            Ok(answer) => answer,
            Err(error) => {
                builder.report_row(place(), "answer", error.to_string());
                continue;
            }
        };
        let mut counts = vec![0; metrics.len()];
        for (emoji, count) in &answer {
            let count = (*count).min(MAX_COUNT);
            match mapping.get(emoji) {
                Some(Some(option)) => {
                    let at = metrics
                        .iter()
                        .position(|metric| *metric == Metric::Reaction(option.clone()));
                    at.into_iter()
                        .for_each(|at| counts[at] = (counts[at] + count).min(MAX_COUNT));
                }
                Some(None) => {}
                None => {
                    let votes = unmapped.entry(emoji.clone()).or_default();
                    *votes = votes.saturating_add(count);
                }
            }
        }
        match hosts.page(address.trim()) {
            Some(Ok(Page::Article(key))) => builder.add_named(address, key, &counts),
            Some(Ok(Page::Home | Page::Index)) => builder.skip("lines of the home page"),
            Some(Err(invalid)) => builder.report_row(place(), "address", invalid.to_string()),
            None => builder.report_row(place(), "address", "must be a whole address or a path"),
        }
    }
    unmapped.retain(|_, votes| *votes > 0);
    if !unmapped.is_empty() {
        return Err(ReadError::File(ask_for(
            unmapped.iter().map(|(emoji, votes)| (&**emoji, *votes)),
        )));
    }
    if metrics.is_empty() {
        return Err(ReadError::File(
            "there is nothing to take over: no line has an emoji that --map gives an option".into(),
        ));
    }
    builder.contents.notes.extend(hosts.note());
    Ok(builder.finish())
}
