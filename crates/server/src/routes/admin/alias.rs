use admin::{Aliases, Moved};
use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, Uri},
    routing::get,
};
use serde::Deserialize;
use text::key::article_key;
use visitor::Window;

use crate::{
    problem::Problem,
    routes::extract::{AnySite, query},
    state::App,
};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/admin/alias/{site}", get(list).post(alias).delete(remove))
}

/// A request for an alias.
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
) -> Result<Json<Moved>, Problem> {
    let key =
        |field, text: &str| article_key(text).map_err(|invalid| Problem::field(field, format!("The key {invalid}.")));
    let (old, new) = (key("old", &request.old)?, key("new", &request.new)?);
    let today = Window::at((app.now)(), &site.time_zone).day;
    Ok(Json(admin::alias(&*app.store, &site, today, (&old, &new), request.dry_run).await?))
}

/// `?after=KEY`: the `next` of the previous page.
async fn list(State(app): State<App>, AnySite(site): AnySite, uri: Uri) -> Result<Json<Aliases>, Problem> {
    let after = value(&uri, "after")?;
    Ok(Json(admin::aliases(&*app.store, &site, after.as_ref()).await?))
}

/// `?old=KEY`
async fn remove(State(app): State<App>, AnySite(site): AnySite, uri: Uri) -> Result<StatusCode, Problem> {
    let old = value(&uri, "old")?.ok_or_else(|| Problem::field("old", "Name the alias: ?old=KEY"))?;
    admin::remove_alias(&*app.store, &site, &old).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn value(uri: &Uri, name: &'static str) -> Result<Option<wire::ArticleKey>, Problem> {
    let pairs = query(uri)?;
    let value = pairs.iter().find(|(key, _)| key == name).map(|(_, value)| article_key(value)).transpose();
    value.map_err(|invalid| Problem::field(name, format!("The key {invalid}.")))
}
