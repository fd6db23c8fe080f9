//! `…/widget.html?frame=1`: a page of its own, for an iframe without scripts. It shows the reader's choice and has a
//! form that posts to it. The reader is identified only by address and browser, for a day.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use config::{Origin, Site};
use wire::ArticleKey;

use super::{FRAGMENT_CSP, HTML_CONTENT_TYPE, load_view};
use crate::{
    problem::Problem,
    render::{self, FrameState, RenderParams, WidgetQuery},
    routes::{
        SiteFromPath,
        apply_events::{BatchOutcome, EventBatch, apply_events, problem},
        caller::Caller,
        extract::{ArticleFromQuery, CurrentConfig, FormFields, Query, is_set, value},
        openapi_errors::FrameErrors,
        parse_event::parse_reaction,
        view::LoadedView,
    },
    state::{App, ReadableBy},
};

/// The page, with the reader's choice pressed.
pub(super) async fn show(
    app: &App,
    site: &Arc<Site>,
    key: &ArticleKey,
    query: &WidgetQuery,
    caller: &Caller,
) -> Result<Response, Problem> {
    page(app, site, key, query, caller, StatusCode::OK).await
}

/// Applies a choice of a reader without JavaScript: the field `reaction`, empty to withdraw it. Then redirects to the
/// page.
// One extractor for each part of the request.
#[expect(clippy::too_many_arguments)]
#[utoipa::path(
    post,
    path = "/v1/sites/{site}/widget.html",
    tag = "readers",
    params(
        SiteFromPath,
        ArticleFromQuery,
        ("frame" = String, Query, description = "`1`"),
    ),
    request_body(content = FrameForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = SEE_OTHER, description = "It is counted. The page is at the same address."), FrameErrors),
)]
pub(super) async fn choose(
    State(app): State<App>,
    SiteFromPath(site): SiteFromPath,
    CurrentConfig(config): CurrentConfig,
    caller: Caller,
    uri: Uri,
    ArticleFromQuery(key): ArticleFromQuery,
    Query(query): Query<WidgetQuery>,
    FormFields(fields): FormFields,
) -> Result<Response, Problem> {
    if !is_set(query.frame.as_deref()) {
        return Err(Problem::field(
            "frame",
            "A form comes from the page with &frame=1. Scripts send to /reaction.",
        ));
    }
    let now = (app.now)().as_millisecond().to_string();
    let event = parse_reaction(Some(key.as_str()), value(&fields, "reaction"), Some(&now));
    let batch = EventBatch {
        visitor: Some(caller.stand_in()),
        events: vec![event],
        signals: Vec::new(),
        is_of_site: true,
    };
    let BatchOutcome { mut refused, .. } =
        apply_events(&app, &site, config, &caller, batch).await?;
    match refused.pop() {
        Some((_, why)) => {
            let status = problem(why).status();
            page(&app, &site, &key, &query, &caller, status).await
        }
        None => {
            // Redirect with a relative address, because a proxy may add a path prefix.
            let address = format!("widget.html?{}", uri.query().unwrap_or_default());
            Ok((
                StatusCode::SEE_OTHER,
                [
                    (header::LOCATION, address),
                    (header::CACHE_CONTROL, "no-store".into()),
                ],
            )
                .into_response())
        }
    }
}

/// The form.
#[derive(serde::Deserialize, utoipa::ToSchema)]
#[schema(as = FrameForm)]
#[expect(dead_code, reason = "it tells programs what to send")]
struct FrameForm {
    /// The option; empty: withdraw the choice.
    reaction: String,
}

async fn page(
    app: &App,
    site: &Arc<Site>,
    key: &ArticleKey,
    query: &WidgetQuery,
    caller: &Caller,
    status: StatusCode,
) -> Result<Response, Problem> {
    let params = RenderParams::new(&site.id, key, query);
    let (loaded, _place) = load_view(app, site, key, &params, caller.budget, Some(caller)).await?;
    let LoadedView { view, language, .. } = loaded;
    let frame = FrameState {
        votes: site.noscript_votes,
        refused: status != StatusCode::OK,
    };
    let html = render::page(
        &params,
        view,
        locale::formatter(&language),
        (app.now)(),
        frame,
    );
    let mut response = (
        status,
        [
            (header::CONTENT_TYPE, HTML_CONTENT_TYPE),
            (header::CACHE_CONTROL, "no-store"),
        ],
        html,
    )
        .into_response();
    let headers = response.headers_mut();
    // Only the site's own pages may frame the poll: another page could overlay it for clickjacking.
    if let Ok(policy) = HeaderValue::from_str(&format!(
        "{FRAGMENT_CSP}; frame-ancestors {}",
        frame_ancestors(site)
    )) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    // For cross-origin isolated pages, which can only frame pages with an embedder policy. A copy may contain images
    // of other sites, so use `credentialless` there, although not every browser supports it.
    let isolation = if params.body() {
        "credentialless"
    } else {
        "require-corp"
    };
    headers.insert(
        "cross-origin-embedder-policy",
        HeaderValue::from_static(isolation),
    );
    // Otherwise browsers send no origin with the form.
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("same-origin"),
    );
    // The response contains the client's own choice.
    response.extensions_mut().insert(ReadableBy(None));
    Ok(response)
}

/// The site's origins, as sources of `frame-ancestors`.
fn frame_ancestors(site: &Site) -> String {
    let own = std::iter::once("'self'".to_owned());
    own.chain(site.origins.iter().map(Origin::in_policy))
        .collect::<Vec<_>>()
        .join(" ")
}
