//! `POST …/events`: a batch of readers' events.

use axum::{Json, extract::State, http::header, response::IntoResponse};
use rules::Rejection;
use serde::Deserialize;
use serde_json::{Map, Value, value::RawValue};
use utoipa_axum::{router::OpenApiRouter, routes};
use wire::{Answer, Event, MAX_EVENTS, RejectedEvent, VisitorToken};

use super::{
    SiteFromPath,
    apply_events::{BatchOutcome, EventBatch, apply_events},
    caller::Caller,
    extract::{CurrentConfig, FromSitePage, JsonBody},
    openapi_errors::WriteErrors,
    parse_event::parse_event,
};
use crate::{problem::Problem, state::App};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(events))
}

/// Applies readers' events. Every event that the response acknowledges is durable; each may be sent again.
#[utoipa::path(
    post,
    path = "/v1/sites/{site}/events",
    tag = "readers",
    params(SiteFromPath),
    request_body(content = wire::Batch, description = "At most 64 KiB; as text/plain too, which needs no preflight"),
    responses((status = OK, body = Answer), WriteErrors),
)]
async fn events(
    State(app): State<App>,
    SiteFromPath(site): SiteFromPath,
    CurrentConfig(config): CurrentConfig,
    FromSitePage(is_of_site): FromSitePage,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<impl IntoResponse, Problem> {
    let batch = batch(&body, &caller, is_of_site)?;
    let BatchOutcome { tallies, refused } =
        apply_events(&app, &site, config, &caller, batch).await?;
    let refused = refused
        .into_iter()
        .map(|(index, why)| refusal(index, why))
        .collect();
    Ok((
        [(header::CACHE_CONTROL, "no-store")],
        Json(Answer { tallies, refused }),
    ))
}

fn refusal(
    index: usize,
    Rejection {
        field,
        reason,
        retry_after,
        ..
    }: Rejection,
) -> RejectedEvent {
    let retry_after = retry_after.map(|wait| u32::try_from(wait.as_secs()).unwrap_or(u32::MAX));
    RejectedEvent {
        index,
        field: field.into(),
        reason,
        retry_after,
    }
}

fn batch(body: &[u8], caller: &Caller, is_of_site: bool) -> Result<EventBatch, Problem> {
    #[derive(Deserialize)]
    struct Envelope<'a> {
        #[serde(default)]
        visitor: Option<String>,
        #[serde(default)]
        stand_in: bool,
        #[serde(borrow)]
        events: Vec<&'a RawValue>,
        #[serde(default)]
        signals: Vec<String>,
    }
    let envelope: Envelope<'_> = serde_json::from_slice(body)
        .map_err(|error| Problem::field("body", format!("The body is wrong: {error}.")))?;
    let count = envelope.events.len();
    if count == 0 || count > MAX_EVENTS {
        let detail = format!("Send 1 to {MAX_EVENTS} events a request, not {count}.");
        return Err(Problem::field("events", detail).with_limit(MAX_EVENTS));
    }
    let visitor = envelope
        .visitor
        .map(|token| VisitorToken::parse(&token))
        .transpose();
    let visitor =
        visitor.map_err(|invalid| Problem::field("visitor", format!("The visitor {invalid}.")))?;
    let events = envelope.events.into_iter().map(event).collect();
    let visitor = visitor
        .map(Into::into)
        .or_else(|| envelope.stand_in.then(|| caller.stand_in()));
    Ok(EventBatch {
        visitor,
        events,
        signals: envelope.signals,
        is_of_site,
    })
}

/// Parses an event, so that an invalid one does not affect the others.
fn event(json: &RawValue) -> Result<Event, Rejection> {
    let fields: Map<String, Value> = serde_json::from_str(json.get())
        .map_err(|_| Rejection::new("events", "each event must be an object"))?;
    parse_event(&fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_that_is_no_object_is_refused() {
        for json in ["1", "[]", "null", "\"read\""] {
            assert_eq!(
                event(serde_json::from_str(json).unwrap())
                    .unwrap_err()
                    .field,
                "events",
                "{json}"
            );
        }
    }
}
