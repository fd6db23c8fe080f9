use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::problems::OfStoring;
use crate::{app::App, intake, problem::Problem};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(live)).routes(routes!(ready)).routes(routes!(version))
}

/// The process answers.
#[utoipa::path(get, path = "/health/live", tag = "operating", responses((status = OK, body = String)))]
async fn live() -> &'static str {
    "live\n"
}

/// A write would be taken now, as one of the last second was; else 503.
#[utoipa::path(get, path = "/health/ready", tag = "operating", responses((status = OK, body = String), OfStoring))]
async fn ready(State(app): State<App>) -> Result<&'static str, Problem> {
    app.intake.begin()?;
    intake::is_open(&*app.store).await?;
    app.store.ready().await?;
    Ok("ready\n")
}

/// This program.
#[derive(Serialize, ToSchema)]
struct Version {
    name: &'static str,
    version: &'static str,
}

/// Which version this is.
#[utoipa::path(get, path = "/v1/version", tag = "operating", responses((status = OK, body = Version)))]
async fn version() -> Json<Version> {
    Json(Version { name: "gema", version: env!("CARGO_PKG_VERSION") })
}
