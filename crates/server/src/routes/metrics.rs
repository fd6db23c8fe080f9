use axum::{Router, extract::State, http::header, response::IntoResponse, routing::get};
use metrics::MEDIA;

use crate::state::App;

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/metrics", get(metrics))
}

async fn metrics(State(app): State<App>) -> impl IntoResponse {
    app.metrics.cache_bytes.set(app.cache.bytes());
    ([(header::CONTENT_TYPE, MEDIA)], app.metrics.text(app.store.queued()))
}
