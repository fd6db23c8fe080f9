use axum::{Json, Router, extract::State, http::header, response::IntoResponse, routing::get};

use crate::{problem::Problem, state::App};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/admin/check", get(check))
}

/// See [`store::Store::check`]. Responds with 200 also if there are inconsistencies.
async fn check(State(app): State<App>) -> Result<impl IntoResponse, Problem> {
    Ok((
        [(header::CACHE_CONTROL, "no-store")],
        Json(app.store.check().await?),
    ))
}
