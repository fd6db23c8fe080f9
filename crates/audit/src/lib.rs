//! Audit of a running endpoint: sends events to an article of its own and compares what was counted with what the
//! site's rules say, and with COUNTER's. Independent of the server: it knows the endpoint by HTTP only.

/// Requests to the endpoint.
mod client;
/// COUNTER's tests of double clicks.
mod double_clicks;
/// The report.
mod report;
/// The lists of robots.
mod robots;

use std::time::Duration;

use anyhow::ensure;
use url::Url;
use wire::{ArticleKey, SiteId};

use client::Client;
pub use report::{Finding, Report};

/// What is audited.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The endpoint's address, ending in `/`.
    pub endpoint: Url,
    /// The site.
    pub site: SiteId,
    /// The article to which all events go. It must have no counts, and the site must count it.
    pub article: ArticleKey,
    /// Time between the two clicks of the tests "outside": more than 30 seconds, as COUNTER defines them.
    pub gap: Duration,
}

/// Runs all tests. `progress` gets a line before each that takes long.
///
/// # Errors
/// The endpoint has not answered, or the audit cannot be run on this site.
pub fn run(subject: &Subject, progress: &mut dyn FnMut(&str)) -> anyhow::Result<Report> {
    let client = Client::new(subject);
    let rules = client.rules()?;
    ensure!(
        client.reads()? == 0,
        "the article {} has counts already: name another one",
        subject.article
    );
    let mut report = Report::new(subject, &rules);
    double_clicks::test(&client, &rules, subject.gap, progress, &mut report)?;
    robots::test(&client, &rules, progress, &mut report)?;
    let ended = client.rules()?;
    ensure!(
        ended.yesterday == rules.yesterday,
        "the site's day has turned during the audit, so that reads counted again: run it once more"
    );
    Ok(report)
}
