use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use config::Reloaded;

use crate::{problem::Problem, state::App};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/admin/reload", post(reload))
}

/// Either all that the file says is in force, or nothing has changed and the answer says why.
async fn reload(State(app): State<App>) -> Result<Json<Reloaded>, Problem> {
    let reloaded = app.config.reload();
    reloaded.map(Json).map_err(|error| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, error.to_string()))
}
