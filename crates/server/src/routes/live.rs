use std::time::Duration;

use axum::{
    extract::State,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use utoipa_axum::{router::OpenApiRouter, routes};
use visitor::network;

use super::{
    SiteFromPath, caller::BudgetAddress, extract::ArticleFromQuery, openapi_errors::LiveErrors,
};
use crate::{problem::Problem, serve::StreamingResponse, state::App};

/// The wait until a retry when the limit of subscriptions is reached.
const LIMIT_RETRY_DELAY: Duration = Duration::from_secs(600);

/// Reconnect delay of browsers: random, to spread the load.
const RECONNECT_DELAY_MS: std::ops::Range<u32> = 2_000..10_000;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(live))
}

/// An article's live counts, as server-sent events: the current tally immediately, then at most one a second. The
/// event's id is the tally's `rev`. The response does not end.
#[utoipa::path(
    get,
    path = "/v1/sites/{site}/live",
    tag = "reading",
    params(SiteFromPath, ArticleFromQuery),
    responses(
        (status = OK, content_type = "text/event-stream", body = String, description = "`id: REV`, `data: TALLY`"),
        LiveErrors,
    ),
)]
async fn live(
    State(app): State<App>,
    SiteFromPath(site): SiteFromPath,
    BudgetAddress(address): BudgetAddress,
    article: Result<ArticleFromQuery, Problem>,
) -> Result<Response, Problem> {
    if !site.live {
        return Err(Problem::not_found(
            "This site's counts are not live. See its `live` in gema.toml.",
        )
        .in_field("site"));
    }
    let ArticleFromQuery(key) = article?;
    let permit = app
        .subscriptions
        .try_acquire(address.map(network))
        .ok_or_else(|| {
            let detail =
                "The limit of live connections is reached. Poll the tallies, or try again later.";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail)
                .with_retry_after(LIMIT_RETRY_DELAY)
        })?;
    let subscription = app
        .subscriptions
        .subscribe(permit, &*app.store, &site, &key)
        .await?;
    let spread = getrandom::u32().unwrap_or_default() % RECONNECT_DELAY_MS.len() as u32;
    let reconnect_delay = Duration::from_millis((RECONNECT_DELAY_MS.start + spread).into());
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        // Disables buffering in nginx.
        (
            HeaderName::from_static("x-accel-buffering"),
            HeaderValue::from_static("no"),
        ),
    ];
    let mut response = (headers, subscription.into_sse(reconnect_delay)).into_response();
    response.extensions_mut().insert(StreamingResponse);
    Ok(response)
}
