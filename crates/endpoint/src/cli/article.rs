//! `gema article put | list | show | rm`.

use std::{
    io::{self, IsTerminal},
    path::{Path, PathBuf},
    str::FromStr,
};

use anyhow::{Context, anyhow, bail};
use axum::http::Method;
use clap::{Args, Subcommand};
use endpoint::ingest::{self, IngestError};
use serde_json::{Value, json};
use wire::{ArticleKey, Invalid, Network, Reaction};

use super::{
    answer::Answer,
    holder::Query,
    place::{Place, named},
    print,
};

/// What a newsroom does with its articles, whether the endpoint runs or not.
#[derive(Subcommand)]
pub(crate) enum Article {
    /// Keeps a copy of an article, made safe to show, and a starting count
    Put(Put),
    /// Lists the articles of a site
    List(List),
    /// Shows all that is known of an article
    Show(Show),
    /// Removes an article
    Rm(Rm),
}

/// Which article.
#[derive(Args)]
struct Named {
    /// The article's key: what the page says in `article=`
    #[arg(long, value_parser = named, value_name = "KEY")]
    article: ArticleKey,
    #[command(flatten)]
    place: Place,
}

#[derive(Args)]
pub(crate) struct Put {
    /// The body: .html (a fragment, or a whole saved page) or .md
    file: PathBuf,
    #[command(flatten)]
    named: Named,
    /// The headline
    #[arg(long)]
    title: String,
    /// Who wrote it
    #[arg(long)]
    byline: Option<String>,
    /// The day of publication
    #[arg(long, value_name = "YYYY-MM-DD")]
    published: Option<String>,
    /// The canonical address; relative links and images in the body are taken to be relative to it
    #[arg(long)]
    url: Option<String>,
    /// Reads that an earlier counter had. Starting counts replace those given before, all of them
    #[arg(long, value_name = "N")]
    imported_reads: Option<u64>,
    /// Reactions that an earlier counter had; may be repeated
    #[arg(long, value_name = "KEY=N", value_parser = count::<Reaction>)]
    imported_reaction: Vec<(Reaction, u64)>,
    /// Shares that an earlier counter had; may be repeated
    #[arg(long, value_name = "KEY=N", value_parser = count::<Network>)]
    imported_share: Vec<(Network, u64)>,
}

#[derive(Args)]
pub(crate) struct List {
    #[command(flatten)]
    place: Place,
}

#[derive(Args)]
pub(crate) struct Show {
    #[command(flatten)]
    named: Named,
}

#[derive(Args)]
pub(crate) struct Rm {
    #[command(flatten)]
    named: Named,
    /// Removes only the copy; counts and votes stay
    #[arg(long)]
    keep_counts: bool,
    /// Does not ask
    #[arg(long, short)]
    yes: bool,
}

/// Does it and says what was done.
pub(crate) async fn run(article: Article) -> anyhow::Result<()> {
    let text = match article {
        Article::Put(put) => put.run().await?,
        Article::List(list) => list.run().await?,
        Article::Show(show) => print::known(&show.named.ask(Method::GET).await?),
        Article::Rm(rm) => rm.run().await?,
    };
    print::out(&text)
}

impl Put {
    async fn run(self) -> anyhow::Result<String> {
        let (format, body) = body(&self.file)?;
        let mut request = json!({ "title": self.title, format: body });
        for (name, value) in [("byline", &self.byline), ("published", &self.published), ("url", &self.url)] {
            if let Some(value) = value {
                request[name] = json!(value);
            }
        }
        if let Some(imported) = self.imported() {
            request["imported"] = imported;
        }
        let key = &self.named.article;
        let (holder, site) = self.named.place.open()?;
        let known = some(holder.ask(Method::PUT, &site, &Query::article(key), request).await?)?;
        Ok(format!("stored; readers see it with their next view\n{}", print::known(&known)))
    }

    /// Starting counts, if any is given.
    fn imported(&self) -> Option<Value> {
        let given =
            self.imported_reads.is_some() || !self.imported_reaction.is_empty() || !self.imported_share.is_empty();
        let reactions: wire::Counts<_> = self.imported_reaction.iter().cloned().collect();
        let shares: wire::Counts<_> = self.imported_share.iter().cloned().collect();
        let reads = self.imported_reads.unwrap_or(0);
        given.then(|| json!({ "reads": reads, "reactions": reactions, "shares": shares }))
    }
}

/// The name of its format, by the file's own, and the text.
fn body(file: &Path) -> anyhow::Result<(&'static str, String)> {
    let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
    let format = match ending.as_str() {
        "html" | "htm" | "xhtml" => "html",
        "md" | "markdown" => "markdown",
        _ => bail!("{}: what is it? Its name must end in .html or .md", file.display()),
    };
    let bytes = std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    if bytes.len() > ingest::MAX_BYTES {
        return Err(anyhow!(IngestError::TooLarge(bytes.len())).context(file.display().to_string()));
    }
    let text = String::from_utf8(bytes).map_err(|error| IngestError::NotUtf8(error.utf8_error().valid_up_to()));
    Ok((format, text.with_context(|| file.display().to_string())?))
}

impl List {
    async fn run(self) -> anyhow::Result<String> {
        let (holder, site) = self.place.open()?;
        let (mut lines, mut query) = (Vec::new(), Query::everything());
        loop {
            let mut part = some(holder.ask(Method::GET, &site, &query, Value::Null).await?)?;
            if let Value::Array(articles) = part["articles"].take() {
                lines.extend(articles);
            }
            match part["next"].as_str() {
                Some(last) => query = Query::after(last),
                None => return Ok(print::list(&lines)),
            }
        }
    }
}

impl Rm {
    async fn run(self) -> anyhow::Result<String> {
        let key = &self.named.article;
        let known = self.named.ask(Method::GET).await?;
        let lost = print::lost(&known, self.keep_counts);
        if !self.yes && !is_confirmed(&lost)? {
            return Ok("nothing was removed\n".into());
        }
        let query = if self.keep_counts { Query::article(key) } else { Query::article_and_counts(key) };
        let (holder, site) = self.named.place.open()?;
        holder.ask(Method::DELETE, &site, &query, Value::Null).await?;
        Ok(format!("removed: {lost}\n"))
    }
}

fn is_confirmed(lost: &str) -> anyhow::Result<bool> {
    if !io::stdin().is_terminal() {
        bail!("this would remove {lost}: add --yes to do it without being asked");
    }
    print::note(&format!("This removes {lost}. It cannot be undone. Remove? [y/N]"));
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    // In the languages of Gema's operators: yes, ya.
    Ok(["y", "yes", "ya"].contains(&answer.trim().to_lowercase().as_str()))
}

impl Named {
    async fn ask(&self, method: Method) -> anyhow::Result<Value> {
        let (holder, site) = self.place.open()?;
        some(holder.ask(method, &site, &Query::article(&self.article), Value::Null).await?)
    }
}

fn some(answer: Answer) -> anyhow::Result<Value> {
    answer.context("an empty answer: is the running gema of another version?")
}

/// `KEY=N`.
fn count<T: TryFrom<String, Error = Invalid>>(text: &str) -> Result<(T, u64), String> {
    let (key, number) = text.split_once('=').ok_or("write KEY=N, like happy=12")?;
    let key = T::try_from(key.to_owned()).map_err(|invalid| format!("`{key}` {invalid}"))?;
    Ok((key, u64::from_str(number).map_err(|_| format!("`{number}` is no count"))?))
}
