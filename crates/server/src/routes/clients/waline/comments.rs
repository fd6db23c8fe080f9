use axum::{http::StatusCode, response::Response};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use wire::SiteId;

use super::{super::request::ClientSite, ClientVersion, Waline, WalineError};
use crate::{
    problem::Problem,
    routes::{
        extract::Query,
        openapi_errors::{ClientReadErrors, ClientWriteErrors},
    },
    state::App,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(comments, refuse))
        .routes(routes!(comments_of_2, refuse_of_2))
}

/// The query of a request for comments.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CommentsQuery {
    /// `count`: their numbers; `recent`: the latest; else those of a page
    r#type: Option<String>,
    /// The pages whose comments are counted, with commas
    url: Option<String>,
    /// The page of the list
    page: Option<i32>,
    /// Comments in a page of the list
    #[serde(rename = "pageSize")]
    #[param(rename = "pageSize")]
    page_size: Option<i32>,
}

/// The comments for Waline's client 3: none.
#[utoipa::path(
    get,
    path = "/v1/sites/{site}/waline/api/comment",
    tag = "clients",
    params(("site" = SiteId, Path), CommentsQuery),
    responses((status = OK, body = Value), ClientReadErrors),
)]
async fn comments(
    _: ClientSite<Waline>,
    query: Result<Query<CommentsQuery>, Problem>,
) -> Result<Response, WalineError> {
    Ok(ClientVersion::Three.answer(none(&query?.0)))
}

/// The comments for Waline's client 2: none.
#[utoipa::path(
    get,
    path = "/v1/sites/{site}/waline/comment",
    tag = "clients",
    params(("site" = SiteId, Path), CommentsQuery),
    responses((status = OK, body = Value), ClientReadErrors),
)]
async fn comments_of_2(
    _: ClientSite<Waline>,
    query: Result<Query<CommentsQuery>, Problem>,
) -> Result<Response, WalineError> {
    Ok(ClientVersion::Two.answer(none(&query?.0)))
}

/// The answer without comments.
fn none(query: &CommentsQuery) -> Value {
    match query.r#type.as_deref() {
        Some("count") => {
            let pages = query.url.as_deref().unwrap_or_default().split(',');
            pages.map(|_| 0).collect()
        }
        Some("recent") => json!([]),
        _ => json!({
            "page": query.page.unwrap_or(1),
            "pageSize": query.page_size.unwrap_or(10),
            "totalPages": 0,
            "count": 0,
            "data": [],
        }),
    }
}

/// Refuses a comment of Waline's client 3.
#[utoipa::path(
    post,
    path = "/v1/sites/{site}/waline/api/comment",
    tag = "clients",
    params(("site" = SiteId, Path)),
    responses(ClientWriteErrors),
)]
async fn refuse(_: ClientSite<Waline>) -> WalineError {
    no_comments()
}

/// Refuses a comment of Waline's client 2.
#[utoipa::path(
    post,
    path = "/v1/sites/{site}/waline/comment",
    tag = "clients",
    params(("site" = SiteId, Path)),
    responses(ClientWriteErrors),
)]
async fn refuse_of_2(_: ClientSite<Waline>) -> WalineError {
    no_comments()
}

fn no_comments() -> WalineError {
    Problem::new(StatusCode::FORBIDDEN, "There are no comments here.").into()
}
