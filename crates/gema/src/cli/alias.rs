//! `gema alias`.

use anyhow::Context;
use axum::http::Method;
use serde_json::{Value, json};
use wire::ArticleKey;

use super::{
    holder::{Holder, encoded_text},
    place::{Place, named},
    print,
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
    place: Place,
}

/// Runs the command and prints the result.
pub(crate) async fn run(alias: Alias) -> anyhow::Result<()> {
    let (holder, site) = alias.place.open()?;
    let verb = format!("alias/{site}");
    let text = match (&alias.old, &alias.new, &alias.remove) {
        (Some(old), Some(new), _) => {
            let asked = json!({ "old": old, "new": new, "dry_run": alias.dry_run });
            let moved = holder
                .verb(Method::POST, &verb, asked)
                .await?
                .context("an empty answer: is the running gema of another version?")?;
            print::moved(&moved, (old.as_str(), new.as_str()), alias.dry_run)
        }
        (_, _, Some(old)) => {
            let verb = format!("{verb}?old={}", encoded_text(old.as_str()));
            holder.verb(Method::DELETE, &verb, Value::Null).await?;
            format!("removed: {} answers for itself\n", print::printable(old.as_str()))
        }
        _ => list(&holder, &verb).await?,
    };
    print::out(&text)
}

async fn list(holder: &Holder, verb: &str) -> anyhow::Result<String> {
    let (mut aliases, mut query) = (Vec::new(), String::new());
    loop {
        let mut part = holder
            .verb(Method::GET, &format!("{verb}{query}"), Value::Null)
            .await?
            .context("an empty answer: is the running gema of another version?")?;
        if let Value::Array(listed) = part["aliases"].take() {
            aliases.extend(listed);
        }
        match part["next"].as_str() {
            Some(last) => query = format!("?after={}", encoded_text(last)),
            None => return Ok(print::aliases(&aliases)),
        }
    }
}
