use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use config::Reloaded;

use crate::{problem::Problem, state::App};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/admin/reload", post(reload))
}

/// Applies the whole configuration, or nothing; then the response names the error.
async fn reload(State(app): State<App>) -> Result<Json<Reloaded>, Problem> {
    let reloaded = app.config.reload();
    reloaded
        .map(Json)
        .map_err(|error| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, error.to_string()))
}
