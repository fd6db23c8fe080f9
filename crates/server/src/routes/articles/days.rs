use axum::{Json, extract::State, response::Response};
use serde::Deserialize;
use utoipa::IntoParams;
use visitor::Window;
use wire::ArticleKey;

use super::{authorize::AuthorizedSite, no_store, unknown};
use crate::{
    problem::Problem,
    routes::{
        SiteFromPath,
        extract::{Query, key, number},
        openapi_errors::NewsroomReadErrors,
    },
    state::App,
};

/// Number of days without the parameter.
const DEFAULT_DAYS: u16 = 30;

/// The article and the number of days.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct DaysQuery {
    #[serde(default, deserialize_with = "key")]
    #[param(required)]
    article: Option<ArticleKey>,
    /// Number of days, including today; 30 by default
    #[serde(default, deserialize_with = "number")]
    #[param(minimum = 1, maximum = 366)]
    days: Option<u16>,
}

/// Returns what was counted in an article in the last days, day by day.
///
/// Days are those of the site's time zone. A key that has moved has the days of its article.
#[utoipa::path(
    get,
    path = "/v1/sites/{site}/articles/days",
    tag = "newsroom",
    security(("key" = [])),
    params(SiteFromPath, DaysQuery),
    responses((status = OK, body = admin::ArticleDays), NewsroomReadErrors),
)]
pub(super) async fn days(
    State(app): State<App>,
    AuthorizedSite(site): AuthorizedSite,
    Query(query): Query<DaysQuery>,
) -> Result<Response, Problem> {
    let key = query
        .article
        .ok_or_else(|| Problem::field("article", "Name the article: ?article=KEY"))?;
    let count = query.days.unwrap_or(DEFAULT_DAYS);
    if !(1..=admin::MAX_ARTICLE_DAYS).contains(&count) {
        let detail = format!("`days` must be from 1 to {}.", admin::MAX_ARTICLE_DAYS);
        return Err(Problem::field("days", detail));
    }
    let today = Window::at((app.now)(), &site.time_zone).day;
    let days = admin::days(&*app.store, &site, today, &key, count).await?;
    let days = days.ok_or_else(|| unknown("Nothing is known of this article."))?;
    Ok(no_store(Json(days)))
}
