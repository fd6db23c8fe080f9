//! `POST …/events`: a batch of readers' events.

/// Parsing of the body.
mod body;

use axum::{
    Json,
    extract::{FromRequest, FromRequestParts, Request, State},
    http::header,
    response::{IntoResponse, Response},
};
use rules::Rejection;
use utoipa_axum::{router::OpenApiRouter, routes};
use wire::{Answer, RejectedEvent};

use super::{
    SiteFromPath,
    apply_events::{BatchOutcome, EventBatch, apply_events},
    caller::Caller,
    extract::{CurrentConfig, JsonBody},
    openapi_errors::WriteErrors,
    origin,
};
use crate::{problem::Problem, state::App};
use body::ParsedBody;

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
async fn events(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    answer(&app, request).await
}

/// Answers a request, with or without a router around it.
pub(crate) async fn answer(app: &App, request: Request) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let SiteFromPath(site) = SiteFromPath::from_request_parts(&mut parts, app).await?;
    let Ok(CurrentConfig(config)) = CurrentConfig::from_request_parts(&mut parts, app).await;
    let is_of_site = origin::is_of_site(&config, &site, &parts.headers);
    let caller = Caller::from_request_parts(&mut parts, app).await?;
    let JsonBody(body) = JsonBody::from_request(Request::from_parts(parts, body), app).await?;
    let ParsedBody {
        visitor,
        stand_in,
        events,
        signals,
    } = body::parse(&body)?;
    let visitor = visitor.map(Into::into);
    let batch = EventBatch {
        visitor: visitor.or_else(|| stand_in.then(|| caller.stand_in())),
        events,
        signals,
        is_of_site,
    };
    let BatchOutcome { tallies, refused } =
        apply_events(app, &site, config, &caller, batch).await?;
    let refused = refused
        .into_iter()
        .map(|(index, why)| refusal(index, why))
        .collect();
    Ok((
        [(header::CACHE_CONTROL, "no-store")],
        Json(Answer { tallies, refused }),
    )
        .into_response())
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
