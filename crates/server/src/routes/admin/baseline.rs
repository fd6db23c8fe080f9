use admin::{BaselineReport, BaselineRequest};
use axum::{Json, Router, extract::DefaultBodyLimit, extract::State, routing::post};
use visitor::Window;

use crate::{problem::Problem, routes::extract::AnySite, state::App};

/// Maximum size of a list, in bytes: more than two million articles.
const MAX_BASELINE_BYTES: usize = 256 * 1024 * 1024;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/admin/starting/{site}", post(start))
        .layer(DefaultBodyLimit::max(MAX_BASELINE_BYTES))
}

async fn start(
    State(app): State<App>,
    AnySite(site): AnySite,
    Json(starting): Json<BaselineRequest>,
) -> Result<Json<BaselineReport>, Problem> {
    let today = Window::at((app.now)(), &site.time_zone).day;
    Ok(Json(
        admin::set_baseline(&*app.store, &site, today, starting).await?,
    ))
}
