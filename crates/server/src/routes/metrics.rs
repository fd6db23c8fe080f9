use axum::{Router, extract::State, http::header, response::IntoResponse, routing::get};
use metrics::OPENMETRICS_CONTENT_TYPE;

use crate::state::App;

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/metrics", get(metrics))
}

async fn metrics(State(app): State<App>) -> impl IntoResponse {
    let memory = [
        (&app.metrics.cache_bytes, app.cache.bytes()),
        (&app.metrics.body_bytes, app.body_budget.bytes() as u64),
        (
            &app.metrics.response_bytes,
            app.response_budget.bytes() as u64,
        ),
        (&app.metrics.meter_bytes, app.limits.bytes() as u64),
    ];
    for (gauge, bytes) in memory {
        gauge.set(bytes);
    }
    (
        [(header::CONTENT_TYPE, OPENMETRICS_CONTENT_TYPE)],
        app.metrics.text(app.store.queued()),
    )
}
