use std::path::PathBuf;

use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::post,
};
use serde::{Deserialize, Serialize};
use store::BackupError;

use crate::{problem::Problem, state::App};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/admin/backup", post(backup))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BackupRequest {
    /// Absolute, because the client may have another working directory.
    file: PathBuf,
    #[serde(default)]
    replace: bool,
}

/// Response: the size of the file.
#[derive(Serialize)]
struct BackupReport {
    bytes: u64,
}

/// See [`store::Store::backup`].
async fn backup(
    State(app): State<App>,
    Json(request): Json<BackupRequest>,
) -> Result<impl IntoResponse, Problem> {
    if !request.file.is_absolute() {
        return Err(Problem::field("file", "Name the file from the root: /…"));
    }
    let bytes = app.store.backup(&request.file, request.replace).await?;
    tracing::info!(file = %request.file.display(), bytes, "a backup was written");
    Ok((
        [(header::CACHE_CONTROL, "no-store")],
        Json(BackupReport { bytes }),
    ))
}

impl From<BackupError> for Problem {
    fn from(error: BackupError) -> Self {
        let status = match error {
            BackupError::Exists
            | BackupError::NotRegular
            | BackupError::Foreign
            | BackupError::Temporary(_)
            | BackupError::Itself
            | BackupError::Busy => StatusCode::CONFLICT,
            BackupError::NoFile => StatusCode::NOT_IMPLEMENTED,
            BackupError::Engine(_) | BackupError::Io(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        // Include the cause: only users who may open the database can send this request.
        Self::new(status, format!("No backup was written: {error}."))
    }
}
