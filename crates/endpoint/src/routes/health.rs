use axum::{Json, Router, extract::State, routing::get};
use serde::Serialize;

use crate::{app::App, problem::Problem};

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/health/live", get(live)).route("/health/ready", get(ready)).route("/v1/version", get(version))
}

/// The process answers.
async fn live() -> &'static str {
    "live\n"
}

/// A write would be taken now, as one of the last second was; else 503.
async fn ready(State(app): State<App>) -> Result<&'static str, Problem> {
    app.store.ready().await?;
    Ok("ready\n")
}

#[derive(Serialize)]
struct Version {
    name: &'static str,
    version: &'static str,
}

async fn version() -> Json<Version> {
    Json(Version { name: "gema", version: env!("CARGO_PKG_VERSION") })
}
