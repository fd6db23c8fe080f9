use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use anyhow::{Context, bail};
use serde_json::{Value, json};
use ureq::{Agent, Body, http::Response};
use url::Url;
use wire::{ArticleKey, ReadDedup};

use super::Subject;

/// Timeout of a request.
const AUDIT_REQUEST_TIMEOUT: Duration = Duration::from_secs(20);

/// Maximum number of bytes of an answer.
const MAX_ANSWER_BYTES: u64 = 4 << 20;

/// Sends events to the audited article.
pub(super) struct Client {
    agent: Agent,
    site: Url,
    article: ArticleKey,
    origin: RefCell<Option<String>>,
    /// Number of requests for counts. Part of each address, so that no cache in between answers.
    asked: Cell<u32>,
}

/// The rules of the site, as its page gives them.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    pub(super) version: String,
    pub(super) identity: ReadDedup,
    pub(super) refuses_robots: bool,
    /// The day before the site's current day.
    pub(super) yesterday: String,
}

/// The outcome of a read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It was acknowledged: counted, or counted before.
    Acknowledged,
    /// It was refused, for this reason.
    Refused(String),
}

impl Client {
    pub(super) fn new(subject: &Subject) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(AUDIT_REQUEST_TIMEOUT))
            .http_status_as_error(false)
            .build();
        let mut site = subject.endpoint.clone();
        if let Ok(mut path) = site.path_segments_mut() {
            path.pop_if_empty()
                .extend(["v1", "sites", subject.site.as_str(), ""]);
        }
        Self {
            agent: config.into(),
            site,
            article: subject.article.clone(),
            origin: RefCell::default(),
            asked: Cell::default(),
        }
    }

    /// Reads the site's rules, and remembers an origin from which it takes events.
    pub(super) fn rules(&self) -> anyhow::Result<Rules> {
        let address = self.at("method.json")?;
        let answer = json(self.agent.get(address.as_str()).call()?)
            .with_context(|| format!("{address} does not give the rules of the site"))?;
        let text = |pointer: &str| {
            let value = answer.pointer(pointer).and_then(Value::as_str);
            value
                .map(str::to_owned)
                .with_context(|| format!("{address} has no {pointer}"))
        };
        let origins = answer["accepted"]["origins"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let origin = origins.iter().filter_map(Value::as_str).find_map(exact);
        if origin.is_none() && answer["accepted"]["opaque_origins"] != json!(true) {
            bail!("the site takes events from no page: see `origins` in gema.toml");
        }
        *self.origin.borrow_mut() = origin;
        Ok(Rules {
            version: text("/version")?,
            identity: serde_json::from_value(answer["reads"]["identity"].clone())
                .context("the site's `reads.identity` is unknown to this version")?,
            refuses_robots: answer["robots"]["refused"] == json!(true),
            yesterday: text("/yesterday/day")?,
        })
    }

    /// The article's reads.
    pub(super) fn reads(&self) -> anyhow::Result<u64> {
        let mut address = self.at("tallies")?;
        address
            .query_pairs_mut()
            .append_pair("article", self.article.as_str())
            .append_pair(
                "audit",
                &self.asked.replace(self.asked.get() + 1).to_string(),
            );
        let answer = json(self.agent.get(address.as_str()).call()?)?;
        answer["tallies"][0]["reads"]
            .as_u64()
            .context("the endpoint gives no counts of the article")
    }

    /// A read by a browser with this `User-Agent` and this key of 16 characters.
    pub(super) fn read(&self, agent: &str, key: &str) -> anyhow::Result<Outcome> {
        let event = json!({ "type": "read", "article": self.article, "key": key });
        let request = self
            .agent
            .post(self.at("events")?.as_str())
            .header("content-type", "text/plain")
            .header("user-agent", agent);
        let request = match &*self.origin.borrow() {
            Some(origin) => request.header("origin", origin),
            None => request,
        };
        let answer = json(request.send(json!({ "events": [event] }).to_string())?)?;
        let Some(refused) = answer["refused"].get(0) else {
            return Ok(Outcome::Acknowledged);
        };
        let reason = refused["reason"].as_str().unwrap_or_default();
        Ok(Outcome::Refused(reason.to_owned()))
    }

    fn at(&self, noun: &str) -> anyhow::Result<Url> {
        Ok(self.site.join(noun)?)
    }
}

/// An origin that a pattern of origins allows.
fn exact(origin: &str) -> Option<String> {
    match origin {
        "loopback" => Some("http://localhost".to_owned()),
        origin => Some(origin.replace("://*.", "://audit.")),
    }
}

fn json(mut response: Response<Body>) -> anyhow::Result<Value> {
    let status = response.status();
    let body = response
        .body_mut()
        .with_config()
        .limit(MAX_ANSWER_BYTES)
        .read_to_string()?;
    let answer: Value = serde_json::from_str(&body).unwrap_or_default();
    if !status.is_success() {
        let detail = answer["detail"].as_str().unwrap_or("not as Gema answers");
        bail!("the endpoint answers {status}: {detail}");
    }
    Ok(answer)
}
