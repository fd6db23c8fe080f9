use std::{
    fs::File,
    io::{self, Seek, Write},
    path::Path,
};

use admin::ImportError;
use axum::{
    Json, Router,
    body::Body,
    extract::{Request, State},
    http::StatusCode,
    routing::post,
};
use http_body_util::BodyExt;
use serde::Deserialize;
use store::ImportReport;
use tokio::runtime::Handle;

use crate::{
    problem::Problem,
    routes::extract::{CurrentConfig, Query, is_set},
    state::App,
};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/admin/import", post(import))
}

#[derive(Deserialize)]
struct ImportQuery {
    /// `1`: only report what would be imported.
    dry_run: Option<String>,
}

/// The body is an export.
async fn import(
    State(app): State<App>,
    CurrentConfig(config): CurrentConfig,
    Query(query): Query<ImportQuery>,
    request: Request,
) -> Result<Json<ImportReport>, Problem> {
    let dry_run = is_set(query.dry_run.as_deref());
    let directory = store::file_path(&config.database)
        .and_then(Path::parent)
        .unwrap_or(Path::new(""))
        .to_owned();
    let file = spool(&directory, request.into_body()).await?;
    let runtime = Handle::current();
    let taken =
        tokio::task::spawn_blocking(move || admin::import(&*app.store, &runtime, file, dry_run))
            .await;
    let panicked = |_| {
        Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Internal error; the log has the cause.",
        )
    };
    let taken = taken.map_err(panicked)??;
    if !dry_run {
        tracing::info!(
            new = taken.new,
            changed = taken.changed,
            same = taken.same,
            "an export was imported"
        );
    }
    Ok(Json(taken))
}

/// Spools the body to an unnamed file beside the database, where there should be room: it is read twice, and only if
/// it is complete.
async fn spool(directory: &Path, body: Body) -> Result<File, Problem> {
    let here = if directory.as_os_str().is_empty() {
        Path::new(".")
    } else {
        directory
    };
    let mut file = tempfile::tempfile_in(here).map_err(|error| no_room(&error))?;
    let mut body = body;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Problem::field("body", "The body ended too early."))?;
        if let Ok(bytes) = frame.into_data() {
            file.write_all(&bytes).map_err(|error| no_room(&error))?;
        }
    }
    file.rewind().map_err(|error| no_room(&error))?;
    Ok(file)
}

fn no_room(error: &io::Error) -> Problem {
    let detail = format!("There must be room for the export beside the database: {error}.");
    Problem::new(StatusCode::INSUFFICIENT_STORAGE, detail)
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::File(bad) => {
                Self::field("file", format!("Nothing was taken over: {bad}."))
            }
            ImportError::Store { .. } => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, format!("{error}."))
            }
        }
    }
}
