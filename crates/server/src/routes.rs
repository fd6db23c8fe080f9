//! HTTP routes, one file per resource: extract from the request, validate by the rules, call the store, respond.

/// `/admin/…`: operator commands, never on public listeners.
pub(crate) mod admin;
/// Applying a batch of events, for all routes that receive some.
mod apply_events;
/// `…/articles`: the newsroom's articles.
pub(crate) mod articles;
/// The widget's files.
pub(crate) mod assets;
/// `GET …/badge.svg`: an article's count as an image.
pub(crate) mod badge;
/// The client of a request, and its rate limits.
mod caller;
/// Requests of other counters' clients.
pub(crate) mod clients;
/// Conditional requests and cache headers.
mod conditional;
/// The demo's pages, served if nothing is configured.
pub(crate) mod demo;
/// `POST …/events`: readers' events.
pub(crate) mod events;
/// Extractors that several routes use.
mod extract;
/// `GET /`: the script tags to copy.
mod front_page;
/// Health checks: liveness and readiness.
pub(crate) mod health;
/// `GET …/live`: live counts.
pub(crate) mod live;
/// `GET …/method.html`, `method.json`: how the site counts.
pub(crate) mod method;
/// Prometheus metrics, on a listener of its own.
pub(crate) mod metrics;
/// `/redaksi`: the newsroom's pages.
pub(crate) mod newsroom;
/// The OpenAPI document.
pub(crate) mod openapi;
/// Error responses for the OpenAPI document.
mod openapi_errors;
/// Checks of a request's origin.
mod origin;
/// `GET …/overlay.json`: the newsroom's numbers for the site's own pages.
pub(crate) mod overlay;
/// Parsing of one event, from JSON or a form.
mod parse_event;
/// `GET …/qr.svg`: an article's address as a QR code.
pub(crate) mod qr;
/// `POST …/reaction`: one reader's choice, from a form.
pub(crate) mod reaction;
/// The site's name in a request's path.
mod site_path;
/// `GET …/tallies`: counts of many articles.
pub(crate) mod tallies;
/// `GET …/top.json`, `top.atom`: most read, most reactions.
pub(crate) mod top;
/// `GET …/view`: the data for one page.
pub(crate) mod view;
/// `DELETE …/visitor`: deletion of a reader's votes.
pub(crate) mod visitor;
/// `GET …/widget.html`: the widget, rendered on the server.
pub(crate) mod widget;

pub(crate) use caller::BudgetAddress;
pub(crate) use extract::{RequestBody, SiteFromPath};
pub(crate) use site_path::plain_site_in_path;
