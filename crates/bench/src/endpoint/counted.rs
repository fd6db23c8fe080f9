//! The counts that a server reports, to be compared with the number of requests it acknowledged.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::targets::{BenchRequest, CountedEvent, Host, SPREAD_ARTICLES};
use super::{Cell, http};

/// The sum of one kind of count over all articles of a target, once it no longer changes: requests still in flight at
/// the end of a run are then counted.
pub(crate) fn settled(url: &str, what: CountedEvent, articles: u32) -> Result<u64> {
    let since = Instant::now();
    let mut last = now(url, what, articles)?;
    loop {
        std::thread::sleep(Duration::from_millis(200));
        let sum = now(url, what, articles)?;
        if sum == last {
            return Ok(sum);
        }
        if since.elapsed() > Duration::from_secs(60) {
            bail!("the counts do not come to rest: somebody else uses {url}");
        }
        last = sum;
    }
}

fn now(url: &str, what: CountedEvent, articles: u32) -> Result<u64> {
    match what {
        CountedEvent::Read => of_tallies(url, articles, |tally| tally["reads"].as_u64()),
        CountedEvent::React => {
            of_tallies(url, articles, |tally| tally["reactions"]["happy"].as_u64())
        }
        CountedEvent::WalineVote => {
            let part = |paths: &[String]| {
                let path = format!("/api/article?type=reaction0&path={}", paths.join("&path="));
                sum(&http::json(url, &path)?["data"], |counter| {
                    counter["reaction0"].as_u64()
                })
            };
            keys(articles).chunks(100).map(part).sum()
        }
        CountedEvent::IssoVote => {
            let path = format!("/latest?limit={SPREAD_ARTICLES}");
            sum(&http::json(url, &path)?, |comment| {
                comment["likes"].as_u64()
            })
        }
    }
}

fn of_tallies(
    url: &str,
    articles: u32,
    count: impl Fn(&serde_json::Value) -> Option<u64>,
) -> Result<u64> {
    let part = |keys: &[String]| {
        let path = format!("/v1/sites/demo/tallies?article={}", keys.join("&article="));
        sum(&http::json(url, &path)?["tallies"], &count)
    };
    keys(articles).chunks(100).map(part).sum()
}

/// The articles' keys, as `load.lua` makes them.
fn keys(articles: u32) -> Vec<String> {
    if articles == 1 {
        vec!["hot".into()]
    } else {
        (0..articles).map(|n| format!("spread-{n}")).collect()
    }
}

fn sum(list: &serde_json::Value, count: impl Fn(&serde_json::Value) -> Option<u64>) -> Result<u64> {
    let list = list
        .as_array()
        .with_context(|| format!("no list of counts: {list}"))?;
    list.iter()
        .map(|one| count(one).with_context(|| format!("no count in {one}")))
        .sum()
}

/// Checks that the endpoint has counted every acknowledged event exactly once. The count may be higher by the requests
/// that were in flight when a run ended, at most one per connection.
pub(crate) fn nothing_is_lost(cells: &[Cell]) -> Result<()> {
    for cell in cells.iter().filter(|cell| cell.target.host == Host::Gema) {
        let BenchRequest::Post { .. } = cell.target.request else {
            continue;
        };
        for run in &cell.runs {
            let requests = run.requests;
            let counted = run.counted.unwrap_or(0);
            if !(requests..=requests + cell.connections as u64).contains(&counted) {
                let name = cell.target.name;
                let connections = cell.connections;
                bail!(
                    "{name}, {connections} connections: {requests} were acknowledged, and {counted} are counted"
                );
            }
        }
    }
    Ok(())
}
