use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, BufReader, Read},
};

use store::Metric;
use wire::Reaction;

use super::{
    Earlier, Gathered, MAX_COUNT, Refused,
    lines::LimitedLines,
    path::{Hosts, Page},
    waline::{Mapping, ask_for},
};

/// Responses of an Open Heart server, which has no export: a line for each page, with its address, a tab, and the
/// response to `GET`, such as `{"❤️":14}`.
///
/// # Errors
/// [`Refused`] lists the emoji that are missing from the mapping.
pub fn read(from: impl Read, mapping: &Mapping) -> Result<Earlier, Refused> {
    let options: BTreeSet<&Reaction> = mapping.values().flatten().collect();
    let metrics: Vec<_> = options
        .into_iter()
        .map(|option| Metric::Reaction(option.clone()))
        .collect();
    let mut gathered = Gathered::of(metrics.clone());
    let (mut hosts, mut unmapped) = (Hosts::default(), BTreeMap::<String, u64>::new());
    for (number, line) in BufReader::new(LimitedLines::new(from)).lines().enumerate() {
        let place = || format!("line {}", number + 1);
        let line = line.map_err(|error| Refused::File(format!("it cannot be read: {error}")))?;
        if line.trim().is_empty() {
            continue;
        }
        let Some((address, answer)) = line.split_once('\t') else {
            gathered.wrong(
                place(),
                "address",
                "must be followed by a tab and the server's answer",
            );
            continue;
        };
        let answer = match serde_json::from_str::<BTreeMap<String, u64>>(answer) {
            Ok(answer) => answer,
            Err(error) => {
                gathered.wrong(place(), "answer", error.to_string());
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
            Some(Ok(Page::Article(key))) => gathered.add_named(address, key, &counts),
            Some(Ok(Page::Home | Page::Index)) => gathered.skip("lines of the home page"),
            Some(Err(invalid)) => gathered.wrong(place(), "address", invalid.to_string()),
            None => gathered.wrong(place(), "address", "must be a whole address or a path"),
        }
    }
    unmapped.retain(|_, votes| *votes > 0);
    if !unmapped.is_empty() {
        return Err(Refused::File(ask_for(
            unmapped.iter().map(|(emoji, votes)| (&**emoji, *votes)),
        )));
    }
    if metrics.is_empty() {
        return Err(Refused::File(
            "there is nothing to take over: no line has an emoji that --map gives an option".into(),
        ));
    }
    gathered.earlier.notes.extend(hosts.note());
    Ok(gathered.finish())
}
