//! `POST …/events`: a batch of readers' events.

/// Parsing of the body.
mod body;

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderName, HeaderValue, header, request::Parts},
    response::{IntoResponse, Response},
};
use rules::Rejection;
use utoipa_axum::{router::OpenApiRouter, routes};
use wire::{Answer, RejectedEvent};

use super::{
    SiteFromPath,
    apply_events::{BatchOutcome, EventBatch, apply_events},
    caller::Caller,
    extract::{CurrentConfig, JsonBody, RequestBody},
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
    let (mut parts, body) = request.into_parts();
    answer(&app, &mut parts, body.into()).await.map(response)
}

/// The headers on which an answer depends.
pub(crate) const REQUEST_HEADERS: [HeaderName; 8] = [
    header::AUTHORIZATION,
    header::CONTENT_TYPE,
    header::FORWARDED,
    header::ORIGIN,
    header::REFERER,
    header::USER_AGENT,
    HeaderName::from_static("sec-fetch-site"),
    HeaderName::from_static("x-forwarded-for"),
];

/// The body of the answer to a request, with or without a router around it. Of the request's headers it uses
/// [`REQUEST_HEADERS`] only.
pub(crate) async fn answer(
    app: &App,
    parts: &mut Parts,
    body: RequestBody,
) -> Result<Vec<u8>, Problem> {
    let SiteFromPath(site) = SiteFromPath::from_request_parts(parts, app).await?;
    let Ok(CurrentConfig(config)) = CurrentConfig::from_request_parts(parts, app).await;
    let is_of_site = origin::is_of_site(&config, &site, &parts.headers);
    let caller = Caller::from_request_parts(parts, app).await?;
    let JsonBody(body) = JsonBody::of(app, parts, body).await?;
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
    let mut body = Vec::with_capacity(USUAL_ANSWER_BYTES);
    // The struct has only texts and numbers, so serialising it cannot fail.
    let _ = serde_json::to_writer(&mut body, &Answer { tallies, refused });
    Ok(body)
}

/// More than the answer to one event has in bytes.
const USUAL_ANSWER_BYTES: usize = 512;

/// The response with this body.
pub(crate) fn response(body: Vec<u8>) -> Response {
    const ANSWER_HEADERS: [(HeaderName, HeaderValue); 2] = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (ANSWER_HEADERS, body).into_response()
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
