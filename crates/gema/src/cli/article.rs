//! `gema article put | poll | list | show | rm | prune`.

/// What is set for the poll of one article.
mod poll;

use std::{
    fs::File,
    io::{self, IsTerminal, Read},
    path::{Path, PathBuf},
    str::FromStr,
};

use anyhow::{Context, bail};
use article_html::{Extraction, SourceFormat};
use axum::http::Method;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use url::Url;
use wire::{ArticleKey, Invalid, Network, Reaction};

use self::poll::{PollArgs, SetPoll};
use super::{
    admin_client::Query,
    output,
    response::Answer,
    target_args::{TargetArgs, named},
};

/// Manages a newsroom's articles, with or without a running endpoint.
#[derive(Subcommand)]
pub(crate) enum Article {
    /// Stores a copy of an article, sanitised for display, and starting counts
    Put(Put),
    /// Closes or reopens the poll of an article, or gives it a question or options of its own
    Poll(SetPoll),
    /// Lists the articles of a site
    List(List),
    /// Shows an article with its counts
    Show(Show),
    /// Removes an article
    Rm(Rm),
    /// Removes articles that only readers created, with few counts and long ago: usually made-up keys
    Prune(Prune),
}

/// An article of a site.
#[derive(Args)]
struct ArticleArgs {
    /// The article's key: the page's `article=`
    #[arg(long, value_parser = named, value_name = "KEY")]
    article: ArticleKey,
    #[command(flatten)]
    target: TargetArgs,
}

#[derive(Args)]
pub(crate) struct Put {
    /// The body: .html (a fragment, or a whole saved page, from which the article is extracted) or .md
    file: PathBuf,
    #[command(flatten)]
    named: ArticleArgs,
    /// The headline, as plain text [default: from a whole page]
    #[arg(long)]
    title: Option<String>,
    /// The author [default: from a whole page]
    #[arg(long)]
    byline: Option<String>,
    /// The day of publication [default: from a whole page]
    #[arg(long, value_name = "YYYY-MM-DD")]
    published: Option<String>,
    /// The canonical address, also the base of relative links and images in the body [default: from a whole page]
    #[arg(long)]
    url: Option<String>,
    /// Reads counted by an earlier counter. Starting counts replace all those given before
    #[arg(long, value_name = "N")]
    imported_reads: Option<u64>,
    /// Reactions counted by an earlier counter; may be repeated
    #[arg(long, value_name = "KEY=N", value_parser = count::<Reaction>)]
    imported_reaction: Vec<(Reaction, u64)>,
    /// Shares counted by an earlier counter; may be repeated
    #[arg(long, value_name = "KEY=N", value_parser = count::<Network>)]
    imported_share: Vec<(Network, u64)>,
    #[command(flatten)]
    poll: PollArgs,
}

#[derive(Args)]
pub(crate) struct List {
    #[command(flatten)]
    target: TargetArgs,
}

#[derive(Args)]
pub(crate) struct Show {
    #[command(flatten)]
    named: ArticleArgs,
}

#[derive(Args)]
pub(crate) struct Rm {
    #[command(flatten)]
    named: ArticleArgs,
    /// Removes only the copy, and keeps counts and votes
    #[arg(long)]
    keep_counts: bool,
    /// Does not ask for confirmation
    #[arg(long, short)]
    yes: bool,
}

/// Keeps articles that the newsroom has submitted, registered, imported, or given an alias.
#[derive(Args)]
pub(crate) struct Prune {
    #[command(flatten)]
    target: TargetArgs,
    /// Removes articles with fewer reads than this, and fewer choices of each option and shares to each network
    #[arg(long, value_name = "N", default_value_t = 5)]
    fewer_than: u64,
    /// Removes articles older than this many days; until its tenth event, an article's age is counted from the latest
    /// one
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    older_than: u32,
    /// Only prints what it would do
    #[arg(long)]
    dry_run: bool,
    /// Does not ask for confirmation
    #[arg(long, short)]
    yes: bool,
}

pub(crate) async fn run(article: Article) -> anyhow::Result<()> {
    let text = match article {
        Article::Put(put) => put.run().await?,
        Article::Poll(poll) => poll.run().await?,
        Article::List(list) => list.run().await?,
        Article::Show(show) => output::article(&show.named.ask(Method::GET).await?),
        Article::Rm(rm) => rm.run().await?,
        Article::Prune(prune) => prune.run().await?,
    };
    output::out(&text)
}

impl Put {
    async fn run(self) -> anyhow::Result<String> {
        let base = self.url.as_deref().and_then(|url| Url::parse(url).ok());
        let Extraction {
            html,
            metadata,
            amount,
            of,
            left_out,
        } = extract(&self.file, base.as_ref())?;
        let key = &self.named.article;
        let (client, site) = self.named.target.open()?;
        let day = client.time_zone(&site).and_then(|zone| metadata.day(zone));
        let of_page = [
            ("title", metadata.title),
            ("byline", metadata.byline),
            ("published", day),
            ("url", metadata.url),
        ];
        let given = [&self.title, &self.byline, &self.published, &self.url];
        let mut request = json!({ "html": html });
        let mut found = Vec::new();
        for ((name, of_page), given) in of_page.into_iter().zip(given) {
            if given.is_none() && of_page.is_some() {
                found.push(name);
            }
            if let Some(value) = given.clone().or(of_page) {
                request[name] = json!(value);
            }
        }
        if request["title"].is_null() {
            bail!(
                "{} names no title: give one with --title",
                self.file.display()
            );
        }
        if let Some(imported) = self.imported() {
            request["imported"] = imported;
        }
        if let Some(poll) = self.poll.request() {
            request["poll"] = poll;
        }
        let known = some(
            client
                .ask(Method::PUT, &site, &Query::article(key), request)
                .await?,
        )?;
        let taken = output::extraction_summary(amount, of, &left_out, &found);
        Ok(format!(
            "stored; readers see it with their next view\n{taken}{}",
            output::article(&known)
        ))
    }

    /// The starting counts, if any were given.
    fn imported(&self) -> Option<Value> {
        let given = self.imported_reads.is_some()
            || !self.imported_reaction.is_empty()
            || !self.imported_share.is_empty();
        let reactions: wire::Counts<_> = self.imported_reaction.iter().cloned().collect();
        let shares: wire::Counts<_> = self.imported_share.iter().cloned().collect();
        let reads = self.imported_reads.unwrap_or(0);
        given.then(|| json!({ "reads": reads, "reactions": reactions, "shares": shares }))
    }
}

/// Extracts the body of a file; its extension determines the format.
fn extract(file: &Path, base: Option<&Url>) -> anyhow::Result<Extraction> {
    let ending = file
        .extension()
        .and_then(|ending| ending.to_str())
        .unwrap_or_default()
        .to_ascii_lowercase();
    let format = match ending.as_str() {
        "html" | "htm" | "xhtml" => SourceFormat::Html,
        "md" | "markdown" => SourceFormat::Markdown,
        _ => bail!(
            "{}: what is it? Its name must end in .html or .md",
            file.display()
        ),
    };
    let unreadable = || format!("{} cannot be read", file.display());
    let mut bytes = Vec::new();
    // Read one byte more than the maximum, to detect files that are too long.
    let most = article_html::MAX_PAGE_BYTES as u64 + 1;
    File::open(file)
        .with_context(unreadable)?
        .take(most)
        .read_to_end(&mut bytes)
        .with_context(unreadable)?;
    article_html::extract(&bytes, format, base).with_context(|| file.display().to_string())
}

impl List {
    async fn run(self) -> anyhow::Result<String> {
        let (client, site) = self.target.open()?;
        let mut lines = Vec::new();
        let mut query = Query::everything();
        loop {
            let mut part = some(client.ask(Method::GET, &site, &query, Value::Null).await?)?;
            if let Value::Array(articles) = part["articles"].take() {
                lines.extend(articles);
            }
            match part["next"].as_str() {
                Some(last) => query = Query::after(last),
                None => return Ok(output::list(&lines)),
            }
        }
    }
}

impl Rm {
    async fn run(self) -> anyhow::Result<String> {
        let key = &self.named.article;
        let known = self.named.ask(Method::GET).await?;
        let summary = output::deletion_summary(&known, self.keep_counts);
        if !self.yes && !is_confirmed(&summary)? {
            return Ok("nothing was removed\n".into());
        }
        let query = if self.keep_counts {
            Query::article(key)
        } else {
            Query::article_and_counts(key)
        };
        let (client, site) = self.named.target.open()?;
        client
            .ask(Method::DELETE, &site, &query, Value::Null)
            .await?;
        Ok(format!("removed: {summary}\n"))
    }
}

impl Prune {
    async fn run(self) -> anyhow::Result<String> {
        let (client, site) = self.target.open()?;
        let command = format!("prune/{site}");
        let body = |dry_run| json!({ "fewer_than": self.fewer_than, "older_than": self.older_than, "dry_run": dry_run });
        if self.dry_run || !self.yes {
            let found = some(client.command(Method::POST, &command, body(true)).await?)?;
            if self.dry_run || found["articles"] == 0 {
                return Ok(output::prune_summary(&found, "would remove"));
            }
            if !is_confirmed(&format!(
                "{} articles with all that is known of them",
                found["articles"]
            ))? {
                return Ok("nothing was removed\n".into());
            }
        }
        Ok(output::prune_summary(
            &some(client.command(Method::POST, &command, body(false)).await?)?,
            "removed",
        ))
    }
}

fn is_confirmed(lost: &str) -> anyhow::Result<bool> {
    if !io::stdin().is_terminal() {
        bail!("this would remove {lost}: add --yes to do it without being asked");
    }
    output::note(&format!(
        "This removes {lost}. It cannot be undone. Remove? [y/N]"
    ));
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    // Yes, in the languages of Gema's operators: English and Indonesian.
    Ok(["y", "yes", "ya"].contains(&answer.trim().to_lowercase().as_str()))
}

impl ArticleArgs {
    async fn ask(&self, method: Method) -> anyhow::Result<Value> {
        let (client, site) = self.target.open()?;
        some(
            client
                .ask(method, &site, &Query::article(&self.article), Value::Null)
                .await?,
        )
    }
}

fn some(answer: Answer) -> anyhow::Result<Value> {
    answer.context("an empty answer: is the running gema of another version?")
}

/// Parses `KEY=N`.
fn count<T: TryFrom<String, Error = Invalid>>(text: &str) -> Result<(T, u64), String> {
    let (key, number) = text.split_once('=').ok_or("write KEY=N, like happy=12")?;
    let key = T::try_from(key.to_owned()).map_err(|invalid| format!("`{key}` {invalid}"))?;
    Ok((
        key,
        u64::from_str(number).map_err(|_| format!("`{number}` is not a count"))?,
    ))
}
