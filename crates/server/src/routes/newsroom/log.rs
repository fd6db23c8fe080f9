use accounts::AuditEntry;
use axum::{Router, extract::State, response::Response, routing::get};
use newsroom::log;
use store::low_priority;

use super::viewer::{self, Viewer, forbidden};
use crate::{problem::Problem, state::App};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/redaksi/log", get(show))
}

/// The entries that concern sites of the operator.
async fn show(State(app): State<App>, viewer: Viewer) -> Result<Response, Problem> {
    if viewer.user().is_none() || !viewer.access.is_any_operator() {
        return Ok(forbidden(&viewer));
    }
    let mut entries = app.store.accounts().audit_log().await?;
    entries.retain_mut(|entry: &mut AuditEntry| {
        entry.sites.retain(|site| viewer.access.is_operator(site));
        !entry.sites.is_empty()
    });
    // There may be ten thousand.
    let draw = move || {
        let texts = viewer.language.texts();
        viewer::page(texts.log, &viewer, log::page(texts, &entries))
    };
    Ok(low_priority::query(draw).await?)
}
