//! `gema check`.

use anyhow::{Context, bail};
use axum::http::Method;
use endpoint::store;
use serde_json::Value;

use super::{
    holder::{Database, Holder},
    print,
};

#[derive(clap::Args)]
pub(crate) struct Check {
    #[command(flatten)]
    database: Database,
}

/// Says what does not add up, and fails if there is anything.
pub(crate) async fn run(check: Check) -> anyhow::Result<()> {
    let holder = Holder::of(&check.database)?;
    let is_file = store::file(holder.database()).is_some();
    let answer = holder.verb(Method::GET, "check", Value::Null).await?.context("an empty answer")?;
    print::out(&print::findings(&answer))?;
    let (articles, found) = (&answer["articles"], answer["found"].as_u64().context("an answer without `found`")?);
    if found > 0 {
        let remedy = if is_file { "; a backup can take its place: gema restore FILE" } else { "" };
        bail!("{found} found wrong, looking at {articles} articles{remedy}");
    }
    let sound = if is_file { ", and the file is sound" } else { "" };
    print::out(&format!("{articles} articles: every sum holds{sound}\n"))
}
