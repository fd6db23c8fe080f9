use anyhow::bail;
use axum::http::Method;
use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};

use wire::Reaction;

use super::{ArticleArgs, Query, output, some};
use crate::cli::target_args::parsed;

/// What is set for the poll, instead of everything that was set before.
#[derive(Args)]
pub(super) struct PollArgs {
    /// Whether readers may react, instead of what was set before
    #[arg(long, value_name = "STATE")]
    poll: Option<State>,
    /// A question of the article's own
    #[arg(long, value_name = "TEXT")]
    question: Option<String>,
    /// An option that readers of this article do not get; may be repeated
    #[arg(long, value_name = "OPTION", value_parser = parsed::<Reaction>)]
    without: Vec<Reaction>,
}

/// Whether readers may react.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum State {
    /// As the site has it
    Site,
    /// Open, also if it has closed by its age
    Open,
    /// Closed: readers see the result
    Closed,
    /// There is no poll
    Off,
}

impl PollArgs {
    /// The value of `poll` in a request; `None`: nothing was given.
    pub(super) fn request(&self) -> Option<Value> {
        let mut poll = Map::new();
        let state = match self.poll {
            None | Some(State::Site) => None,
            Some(State::Open) => Some("open"),
            Some(State::Closed) => Some("closed"),
            Some(State::Off) => Some("off"),
        };
        poll.extend(state.map(|state| ("state".into(), json!(state))));
        let question = self.question.as_ref();
        poll.extend(question.map(|question| ("question".into(), json!(question))));
        if !self.without.is_empty() {
            poll.insert("off".into(), json!(self.without));
        }
        (self.poll.is_some() || !poll.is_empty()).then_some(Value::Object(poll))
    }
}

/// `gema article poll`
#[derive(Args)]
pub(crate) struct SetPoll {
    #[command(flatten)]
    named: ArticleArgs,
    #[command(flatten)]
    poll: PollArgs,
}

impl SetPoll {
    pub(super) async fn run(self) -> anyhow::Result<String> {
        let Some(poll) = self.poll.request() else {
            bail!("nothing is set: give --poll, --question or --without");
        };
        let (client, site) = self.named.target.open()?;
        let query = Query::article(&self.named.article);
        let request = json!({ "poll": poll });
        let known = some(client.ask(Method::PUT, &site, &query, request).await?)?;
        let known = output::article(&known);
        Ok(format!("set; readers see it with their next view\n{known}"))
    }
}
