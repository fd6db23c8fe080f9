//! `gema alias`.

use anyhow::Context;
use axum::http::Method;
use serde_json::{Value, json};
use wire::ArticleKey;

use super::{
    admin_client::{AdminClient, encoded_text},
    output,
    target_args::{TargetArgs, named},
};

/// Makes one key an alias of another, for articles whose address has changed; without keys, lists the aliases
#[derive(clap::Args)]
pub(crate) struct Alias {
    /// The old key
    #[arg(value_parser = named, requires = "new")]
    old: Option<ArticleKey>,
    /// The new key
    #[arg(value_parser = named)]
    new: Option<ArticleKey>,
    /// Only prints what it would do
    #[arg(long, requires = "new")]
    dry_run: bool,
    /// Removes an alias, unless counts were merged by it
    #[arg(long, value_parser = named, value_name = "OLD", conflicts_with = "old")]
    remove: Option<ArticleKey>,
    #[command(flatten)]
    target: TargetArgs,
}

pub(crate) async fn run(alias: Alias) -> anyhow::Result<()> {
    let (client, site) = alias.target.open()?;
    let command = format!("alias/{site}");
    let text = match (&alias.old, &alias.new, &alias.remove) {
        (Some(old), Some(new), _) => {
            let body = json!({ "old": old, "new": new, "dry_run": alias.dry_run });
            let moved = client
                .command(Method::POST, &command, body)
                .await?
                .context("an empty answer: is the running gema of another version?")?;
            output::alias_summary(&moved, (old.as_str(), new.as_str()), alias.dry_run)
        }
        (_, _, Some(old)) => {
            let command = format!("{command}?old={}", encoded_text(old.as_str()));
            client
                .command(Method::DELETE, &command, Value::Null)
                .await?;
            format!(
                "removed: {} answers for itself\n",
                output::printable(old.as_str())
            )
        }
        _ => list(&client, &command).await?,
    };
    output::out(&text)
}

async fn list(client: &AdminClient, command: &str) -> anyhow::Result<String> {
    let mut aliases = Vec::new();
    let mut query = String::new();
    loop {
        let mut part = client
            .command(Method::GET, &format!("{command}{query}"), Value::Null)
            .await?
            .context("an empty answer: is the running gema of another version?")?;
        if let Value::Array(listed) = part["aliases"].take() {
            aliases.extend(listed);
        }
        match part["next"].as_str() {
            Some(last) => query = format!("?after={}", encoded_text(last)),
            None => return Ok(output::aliases(&aliases)),
        }
    }
}
