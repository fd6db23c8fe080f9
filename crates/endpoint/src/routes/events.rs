//! `POST …/events`: each event is parsed and judged by itself, so that a bad one does not cost the
//! others; all that count are one change of the store.

/// One event of a batch.
mod parse;

use std::sync::Arc;

use axum::{Json, extract::State, http::header, response::IntoResponse};
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa_axum::{router::OpenApiRouter, routes};
use wire::{Answer, ArticleKey, Event, MAX_EVENTS, Refusal, SiteId, VisitorToken};

use super::{
    OfSite,
    caller::Caller,
    extract::{JsonBody, Options},
    problems::OfWriting,
};
use crate::{
    app::App,
    config::Site,
    limits::Pass,
    metrics::{Kind, Outcome},
    problem::Problem,
    rules::{self, Arrival, Refused},
    store::{Changes, Gate, StoreError},
    visitor::{Day, Window},
};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(events))
}

/// What readers did. Answered when all that it acknowledges is durable; each event may be sent again.
#[utoipa::path(
    post,
    path = "/v1/sites/{site}/events",
    tag = "readers",
    params(("site" = SiteId, Path)),
    request_body(content = wire::Batch, description = "At most 64 KiB; as text/plain too, which needs no preflight"),
    responses((status = OK, body = Answer), OfWriting),
)]
async fn events(
    State(app): State<App>,
    OfSite(site): OfSite,
    Options(config): Options,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<impl IntoResponse, Problem> {
    let Batch { visitor, events, signals } = batch(&body)?;
    let day = Window::at((app.now)(), &site.time_zone).day;
    let since = since(&app, &site, &events).await?;
    let arrival = Arrival {
        site: &site,
        day,
        bots: config.bots,
        visitor: visitor.is_some(),
        address: caller.address,
        agent: &caller.agent,
        signals: &signals,
    };

    // Each change with the place of its event in the batch.
    let (mut changes, mut places, mut refused) = (Vec::with_capacity(events.len()), Vec::new(), Vec::new());
    for (index, (event, since)) in events.into_iter().zip(since).enumerate() {
        let kind = event.as_ref().map_or(Kind::Unknown, kind);
        match event.and_then(|event| rules::judge(event, since, arrival)) {
            Ok(change) => {
                changes.push(change);
                places.push(index);
            }
            Err(why) => {
                app.metrics.storing.events.add_pair(kind, Outcome::Refused, 1);
                refused.push((index, why));
            }
        }
    }
    let tallies = if changes.is_empty() {
        Vec::new()
    } else {
        let limits = Arc::clone(&app.limits);
        let pass = Arc::new(Pass::new(limits, config, Arc::clone(&site), day, caller.address, visitor.as_ref()));
        let gate = Some(Arc::clone(&pass) as Arc<dyn Gate>);
        let tallies = app.store.apply(Changes { site: site.id.clone(), day, visitor, changes, gate }).await?;
        refused.extend(pass.refused().into_iter().map(|(change, why)| (places[change], why)));
        refused.sort_by_key(|(index, _)| *index);
        tallies
    };
    let tallies = tallies.into_iter().map(|tally| rules::shown(tally, &site)).collect();
    refused.iter().for_each(|(_, why)| app.metrics.refused.add(why.cause));
    let refused = refused.into_iter().map(|(index, why)| refusal(index, why)).collect();
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(Answer { tallies, refused })))
}

fn refusal(index: usize, Refused { field, reason, retry_after, .. }: Refused) -> Refusal {
    Refusal { index, field: field.into(), reason, retry_after }
}

fn kind(event: &Event) -> Kind {
    match event {
        Event::Read { .. } => Kind::Read,
        Event::React { .. } => Kind::React,
        Event::Share { .. } => Kind::Share,
    }
}

/// [`wire::Batch`], in which what is wrong with one event is that event's own.
struct Batch {
    visitor: Option<VisitorToken>,
    events: Vec<Result<Event, Refused>>,
    signals: Vec<String>,
}

fn batch(body: &[u8]) -> Result<Batch, Problem> {
    #[derive(Deserialize)]
    struct Envelope<'a> {
        #[serde(default)]
        visitor: Option<String>,
        #[serde(borrow)]
        events: Vec<&'a RawValue>,
        #[serde(default)]
        signals: Vec<String>,
    }
    let envelope: Envelope<'_> =
        serde_json::from_slice(body).map_err(|error| Problem::field("body", format!("The body is wrong: {error}.")))?;
    let count = envelope.events.len();
    if count == 0 || count > MAX_EVENTS {
        let detail = format!("Send 1 to {MAX_EVENTS} events a request, not {count}.");
        return Err(Problem::field("events", detail).with_limit(MAX_EVENTS));
    }
    let visitor = envelope.visitor.map(|token| VisitorToken::parse(&token)).transpose();
    let visitor = visitor.map_err(|invalid| Problem::field("visitor", format!("The visitor {invalid}.")))?;
    let events = envelope.events.into_iter().map(parse::event).collect();
    Ok(Batch { visitor, events, signals: envelope.signals })
}

/// Since when each event's poll has been open. Asked only where polls close by themselves.
async fn since(app: &App, site: &Site, events: &[Result<Event, Refused>]) -> Result<Vec<Option<Day>>, StoreError> {
    if site.poll_closes_after_days.is_none() {
        return Ok(vec![None; events.len()]);
    }
    let keys: Vec<ArticleKey> = events.iter().flatten().map(|event| event.article().clone()).collect();
    let mut counted = app.store.tallies(&site.id, &keys).await?.into_iter();
    let since = |event: &Result<Event, Refused>| match event {
        Ok(_) => counted.next().and_then(|counted| counted.since),
        Err(_) => None,
    };
    Ok(events.iter().map(since).collect())
}
