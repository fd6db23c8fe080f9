//! Every route and layer on one screen, and how they are served until somebody says stop.

use std::sync::Arc;

use axum::Router;
use jiff::Timestamp;

use crate::{config::Config, routes, store::Store};

/// What every route may use.
#[derive(Clone)]
pub struct App {
    /// Every option.
    pub config: Arc<Config>,
    /// Where counts live.
    pub store: Arc<dyn Store>,
    /// The only clock.
    pub now: fn() -> Timestamp,
}

/// All that the endpoint answers.
pub fn router(app: App) -> Router {
    Router::new().merge(routes::health::routes()).with_state(app)
}
