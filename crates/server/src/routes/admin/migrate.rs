use admin::{MigrateError, MigrationReport, MigrationTarget};
use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use jiff::tz::TimeZone;
use serde::Deserialize;
use visitor::Window;

use crate::{problem::Problem, state::App};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/admin/migrate", post(migrate))
}

/// A request for a migration: the target's URL, and whether what it has is merged.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MigrateRequest {
    to: String,
    #[serde(default)]
    merge: bool,
}

/// Copies all data while writes are blocked. If all of it arrived, writes stay blocked. If the client disconnects, the
/// migration is cancelled.
async fn migrate(
    State(app): State<App>,
    Json(MigrateRequest { to, merge }): Json<MigrateRequest>,
) -> Result<Json<MigrationReport>, Problem> {
    let named = store::redacted_url(&to);
    let there = (app.open)(&to).map_err(|error| {
        Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            format!("Cannot open {named}: {error}."),
        )
        .in_field("to")
    })?;
    let failed = |why: String| {
        let detail = format!("Not everything was moved, and this gema counts on: {why}.");
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail)
    };
    let file = tempfile::tempfile()
        .map_err(|error| failed(format!("there must be room for temporary files: {error}")))?;
    let mut ended = app.write_block.block().await;
    if *ended {
        let detail =
            "All counts of this gema are in another database already: restart it with that one.";
        return Err(Problem::new(StatusCode::CONFLICT, detail));
    }
    let today = Window::at((app.now)(), &TimeZone::UTC).day;
    let target = if merge {
        MigrationTarget::Merged
    } else {
        MigrationTarget::Empty
    };
    let moved = admin::migrate(&*app.store, (there, &named), target, today, file).await;
    let moved = moved.map_err(|error| match error {
        MigrateError::NotEmpty => {
            let detail = format!("Nothing was moved, and this gema counts on: {error}.");
            Problem::new(StatusCode::CONFLICT, detail).in_field("to")
        }
        error => failed(error.to_string()),
    })?;
    if moved.different.is_empty() {
        tracing::warn!(
            to = named,
            "all counts were migrated, and this database accepts no more: restart gema with the new one"
        );
        *ended = true;
    }
    Ok(Json(moved))
}
