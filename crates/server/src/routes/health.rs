use std::time::Duration;

use axum::{Json, extract::State};
use serde::Serialize;
use store::{Readiness, StoreError};
use tokio::time::timeout;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use visitor::Window;

use super::openapi_errors::HealthErrors;
use crate::{problem::Problem, state::App, write_block};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(live))
        .routes(routes!(ready))
        .routes(routes!(version))
}

/// Liveness: the process responds.
#[utoipa::path(get, path = "/health/live", tag = "operating", responses((status = OK, body = String)))]
async fn live() -> &'static str {
    "live\n"
}

/// Timeout of the probes: load balancers often wait for a second, and would take the endpoint for dead because of a
/// single slow server.
const PROBE_TIMEOUT: Duration = Duration::from_millis(800);

/// Readiness: 200 if events would be accepted, according to a write probe of the last second; else 503. If the store
/// has several parts, a line for each says whether it accepts events.
#[utoipa::path(get, path = "/health/ready", tag = "operating", responses((status = OK, body = String), HealthErrors))]
async fn ready(State(app): State<App>) -> Result<String, Problem> {
    app.write_block.begin_write()?;
    let now = (app.now)();
    let config = app.config.current();
    let sites = config
        .sites
        .values()
        .map(|site| (site.id.clone(), Window::at(now, &site.time_zone).day));
    let sites: Vec<_> = sites.collect();
    let probing = async {
        write_block::check_store_open(&*app.store).await?;
        Ok::<_, Problem>(app.store.readiness(&sites).await?)
    };
    let Readiness { parts } = timeout(PROBE_TIMEOUT, probing)
        .await
        .unwrap_or_else(|_| Err(StoreError::Unavailable.into()))?;
    let line = |(name, is_open): &(String, bool)| {
        format!("{name}: {}\n", if *is_open { "taken" } else { "refused" })
    };
    Ok(format!(
        "ready\n{}",
        parts.iter().map(line).collect::<String>()
    ))
}

/// This program's version.
#[derive(Serialize, ToSchema)]
struct Version {
    name: &'static str,
    version: &'static str,
}

/// The version of this endpoint.
#[utoipa::path(get, path = "/v1/version", tag = "operating", responses((status = OK, body = Version)))]
async fn version() -> Json<Version> {
    Json(Version {
        name: "gema",
        version: env!("CARGO_PKG_VERSION"),
    })
}
