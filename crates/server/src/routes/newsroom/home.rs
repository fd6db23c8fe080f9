use axum::{Router, response::Response, routing::get};
use newsroom::home;

use super::{
    respond,
    viewer::{self, Viewer},
};
use crate::state::App;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/redaksi", get(with_slash))
        .route("/redaksi/", get(sites))
}

/// All addresses of the pages are relative to `/redaksi/`.
async fn with_slash() -> Response {
    respond::see_other("redaksi/")
}

async fn sites(viewer: Viewer) -> Response {
    let texts = viewer.language.texts();
    let content = home::page(texts, &viewer.access);
    viewer::page(texts.sites_heading, &viewer, content)
}
