use admin::{AliasPage, AliasReport};
use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use serde::Deserialize;
use text::key::article_key;
use visitor::Window;
use wire::ArticleKey;

use crate::{
    problem::Problem,
    routes::extract::{AnySite, Query, key},
    state::App,
};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/admin/alias/{site}", get(list).post(alias).delete(remove))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AliasRequest {
    old: String,
    new: String,
    #[serde(default)]
    dry_run: bool,
}

async fn alias(
    State(app): State<App>,
    AnySite(site): AnySite,
    Json(request): Json<AliasRequest>,
) -> Result<Json<AliasReport>, Problem> {
    let parsed = |field, text: &str| {
        article_key(text).map_err(|invalid| Problem::field(field, format!("The key {invalid}.")))
    };
    let old = parsed("old", &request.old)?;
    let new = parsed("new", &request.new)?;
    let today = Window::at((app.now)(), &site.time_zone).day;
    Ok(Json(
        admin::alias(&*app.store, &site, today, (&old, &new), request.dry_run).await?,
    ))
}

#[derive(Deserialize)]
struct AliasListQuery {
    /// The `next` of the previous page.
    #[serde(default, deserialize_with = "key")]
    after: Option<ArticleKey>,
}

async fn list(
    State(app): State<App>,
    AnySite(site): AnySite,
    Query(AliasListQuery { after }): Query<AliasListQuery>,
) -> Result<Json<AliasPage>, Problem> {
    Ok(Json(
        admin::aliases(&*app.store, &site, after.as_ref()).await?,
    ))
}

#[derive(Deserialize)]
struct AliasRemoveQuery {
    #[serde(default, deserialize_with = "key")]
    old: Option<ArticleKey>,
}

async fn remove(
    State(app): State<App>,
    AnySite(site): AnySite,
    Query(AliasRemoveQuery { old }): Query<AliasRemoveQuery>,
) -> Result<StatusCode, Problem> {
    let old = old.ok_or_else(|| Problem::field("old", "Name the alias: ?old=KEY"))?;
    admin::remove_alias(&*app.store, &site, &old).await?;
    Ok(StatusCode::NO_CONTENT)
}
