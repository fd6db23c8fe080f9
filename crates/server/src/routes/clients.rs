//! Requests of other counters' clients (Waline, GoatCounter, Open Heart), so that a site can change one address and keep
//! its pages. Off unless the site's `clients` names the client: then its addresses do not exist. Its readers have no
//! token and no idempotency keys: address and browser stand in for both, for a day, as for readers without JavaScript.

/// Counts of pages, and the page that a client names.
mod counts;
/// GoatCounter: `/count` and `/counter/…`.
mod goatcounter;
/// Open Heart: one emoji for a page.
mod open_heart;
/// The extractors of a client's requests.
mod request;
/// Waline: page views and reactions.
mod waline;

use utoipa_axum::router::OpenApiRouter;

use crate::state::App;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(waline::routes())
        .merge(goatcounter::routes())
        .merge(open_heart::routes())
}

/// Whether a GET request to the path counts something.
pub(crate) fn writes_by_get(path: &str) -> bool {
    path.ends_with(goatcounter::COUNT_PATH_END)
}
