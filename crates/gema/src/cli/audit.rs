//! `gema audit`.

use std::{process::ExitCode, time::Duration};

use anyhow::{Context, ensure};
use audit::{Report, Subject};
use axum::http::Method;
use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use url::Url;
use wire::{ArticleKey, SiteId};

use super::{
    admin_client::{AdminClient, Query},
    output,
    target_args::TargetArgs,
};

/// Tests how a running endpoint counts: double clicks as COUNTER's Code of Practice 5.1 tests them (appendix E.2.3), and
/// the lists of robots
///
/// Run it on the endpoint's machine, with its configuration. All events go to an article of their own, which is removed
/// at the end with all its counts; the reads that are refused are in the site's numbers of refused events of today.
///
/// Exit status: 0 if everything is as the site's rules say, 1 if something is not, 2 if the audit could not be run.
#[derive(clap::Args)]
pub(crate) struct Audit {
    /// The endpoint's address, as readers reach it: `https://gema.example/`
    endpoint: Url,
    #[command(flatten)]
    target: TargetArgs,
    /// Seconds between the two clicks of each pair "outside"; COUNTER demands more than 30
    #[arg(long, value_name = "SECONDS", default_value_t = 31)]
    gap: u64,
    /// Prints the report as JSON
    #[arg(long)]
    json: bool,
}

/// Exit status if the audit could not be run.
const NOT_AUDITED: u8 = 2;

pub(crate) fn run(audit: &Audit) -> ExitCode {
    match audited(audit) {
        Ok(report) => ExitCode::from(u8::from(report.has_faults())),
        Err(error) => {
            let error = output::printable(&format!("{error:#}"));
            output::note(&format!("gema: {error}"));
            ExitCode::from(NOT_AUDITED)
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn audited(audit: &Audit) -> anyhow::Result<Report> {
    let (client, site) = audit.target.open()?;
    let article = own_article()?;
    let subject = Subject {
        endpoint: audit.endpoint.clone(),
        site: site.clone(),
        article: article.clone(),
        gap: Duration::from_secs(audit.gap),
    };
    // So that a site that counts registered articles only counts this one.
    client
        .ask(
            Method::PUT,
            &site,
            &Query::article(&article),
            json!({ "imported": { "reads": 0 } }),
        )
        .await?;
    let run = move || audit::run(&subject, &mut |line| output::note(&format!("{line} …")));
    let report = tokio::task::spawn_blocking(run).await;
    remove(&client, &site, &article).await?;
    let report = report.context("the audit has failed")??;
    let text = if audit.json {
        output::json(&report)?
    } else {
        report.text()
    };
    output::out(&text)?;
    Ok(report)
}

/// The article of this audit, which nobody else can name.
fn own_article() -> anyhow::Result<ArticleKey> {
    let mut random = [0; 12];
    getrandom::fill(&mut random).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
    Ok(ArticleKey::parse(&format!(
        "gema-audit-{}",
        HEXLOWER.encode(&random)
    ))?)
}

async fn remove(client: &AdminClient, site: &SiteId, article: &ArticleKey) -> anyhow::Result<()> {
    let everything = Query::article_and_counts(article);
    let removed = client
        .ask(Method::DELETE, site, &everything, Value::Null)
        .await;
    removed.with_context(|| {
        format!("the article {article} of the audit could not be removed: use gema article rm")
    })?;
    let left = client
        .ask(Method::GET, site, &Query::article(article), Value::Null)
        .await;
    ensure!(
        left.is_err(),
        "the article {article} of the audit is still there"
    );
    Ok(())
}
