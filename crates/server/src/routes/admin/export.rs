use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use http_body_util::channel::Channel;
use jiff::tz::TimeZone;
use serde::Deserialize;
use store::{Skipped, export_format::ExportWriter};
use text::printable::printable;
use tokio::sync::mpsc;
use visitor::Window;
use wire::SiteId;

use crate::{
    problem::Problem,
    routes::extract::{CurrentConfig, Query, no_site},
    state::App,
};

/// Approximate size of a chunk of the response, in bytes.
const CHUNK_BYTES: usize = 64 * 1024;

/// Maximum number of articles that are named in the log.
const MAX_NAMED: usize = 20;

/// Maximum number of lines between the store and the response.
const MAX_BUFFERED_LINES: usize = 1024;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/admin/export", get(export))
}

#[derive(Deserialize)]
struct ExportQuery {
    /// All sites if it is missing.
    site: Option<String>,
}

/// Exports one site, or all. If it is interrupted, the last line is missing, so the file is not accepted as
/// complete.
async fn export(
    State(app): State<App>,
    CurrentConfig(config): CurrentConfig,
    Query(query): Query<ExportQuery>,
) -> Result<Response, Problem> {
    let served = |id: String| {
        SiteId::parse(&id)
            .ok()
            .filter(|site| config.site(site).is_some())
            .ok_or_else(|| no_site(&id))
    };
    let site = query.site.map(served).transpose()?;
    let day = Window::at((app.now)(), &TimeZone::UTC).day;

    let (line_sender, mut lines) = mpsc::channel(MAX_BUFFERED_LINES);
    let exporting =
        tokio::spawn(async move { app.store.export(site.as_ref(), day, line_sender).await });
    let (mut sender, body) = Channel::<Bytes, axum::Error>::new(2);
    tokio::spawn(async move {
        let mut writer = ExportWriter::default();
        let mut bytes = Vec::with_capacity(2 * CHUNK_BYTES);
        let mut some = Vec::new();
        while lines.recv_many(&mut some, MAX_BUFFERED_LINES).await > 0 {
            some.drain(..)
                .for_each(|line| writer.line(&line, &mut bytes));
            if bytes.len() >= CHUNK_BYTES
                && sender
                    .send_data(std::mem::take(&mut bytes).into())
                    .await
                    .is_err()
            {
                return;
            }
        }
        match exporting.await {
            Ok(Ok(left_out)) => {
                log(&left_out);
                log(&writer.end(&mut bytes));
                // Ignore errors: the client may have disconnected.
                let _ = sender.send_data(bytes.into()).await;
            }
            _ => sender.abort(axum::Error::new(std::io::Error::other(
                "the store could not be read",
            ))),
        }
    });
    let headers = [
        (header::CONTENT_TYPE, "application/x-ndjson"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, Body::new(body)).into_response())
}

/// Logs what the export does not contain.
fn log(left_out: &[Skipped]) {
    for Skipped { site, article, why } in left_out.iter().take(MAX_NAMED) {
        let (site, article) = (printable(site), printable(article));
        tracing::warn!("left out of the export: {site} {article}: {why}");
    }
    if left_out.len() > MAX_NAMED {
        let more = left_out.len() - MAX_NAMED;
        tracing::warn!("left out of the export: {more} more");
    }
}
