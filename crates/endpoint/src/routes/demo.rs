use axum::{
    Router,
    extract::Path,
    http::HeaderMap,
    response::{IntoResponse, Response},
    routing::get,
};

use super::assets::{FRESH, find, send};
use crate::{app::App, assets::File, problem::Problem};

/// What a browser is told that asks for the endpoint itself.
const ABOUT: &str = concat!(
    "Gema ",
    env!("CARGO_PKG_VERSION"),
    ": share bar, read counter and reaction poll for news articles.\n",
    "This is an endpoint. How to put it on a page: docs/embedding.md in Gema's repository.\n",
);

/// Only where nothing is configured: a newsroom's endpoint shows no pages.
pub(crate) fn routes(files: &'static [File], is_demo: bool) -> Router<App> {
    if !is_demo || find(files, "index.html").is_none() {
        return Router::new().route("/", get(ABOUT));
    }
    Router::new()
        .route("/", get(move |headers| page(files, Path("index.html".into()), headers)))
        .route("/{name}", get(move |name, headers| page(files, name, headers)))
}

/// A page of the demo, or what it consists of, by its name.
async fn page(files: &'static [File], Path(name): Path<String>, headers: HeaderMap) -> Response {
    match find(files, &name) {
        Some(file) if !name.contains('/') && name != "assets.json" => send(file, &headers, FRESH),
        _ => Problem::not_found("The demo has no such page.").into_response(),
    }
}
