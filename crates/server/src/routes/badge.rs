use axum::{extract::State, http::HeaderMap, response::Response};
use html_escape::{encode_double_quoted_attribute, encode_text};
use serde::Deserialize;
use unicode_width::UnicodeWidthStr;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use widget::format;
use wire::Dir;

use super::{
    SiteFromPath,
    caller::UncachedRead,
    conditional,
    extract::{ArticleFromQuery, Query},
    openapi_errors::ReadErrors,
    view::{LoadedView, load_view},
};
use crate::{problem::Problem, state::App};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(badge))
}

/// Which count, and in which language.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct BadgeQuery {
    /// `reactions`: how many have reacted; else how often it was read
    show: Option<String>,
    /// In that language
    lang: Option<String>,
}

/// An article's count as a small image, for emails and READMEs.
#[utoipa::path(
    get,
    path = "/v1/sites/{site}/badge.svg",
    tag = "reading",
    params(SiteFromPath, ArticleFromQuery, BadgeQuery),
    responses(
        (status = OK, content_type = "image/svg+xml", body = String),
        (status = NOT_MODIFIED, description = "`If-None-Match` has its `ETag`."),
        ReadErrors
    ),
)]
async fn badge(
    State(app): State<App>,
    SiteFromPath(site): SiteFromPath,
    _: UncachedRead,
    ArticleFromQuery(key): ArticleFromQuery,
    Query(query): Query<BadgeQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let LoadedView {
        view,
        language,
        deps,
    } = load_view(&app, &site, &key, query.lang.as_deref()).await?;
    let (texts, count) = match query.show.as_deref() {
        Some("reactions") => (&view.labels.responses, view.tally.reactions.total()),
        _ => (&view.labels.reads, view.tally.reads),
    };
    let text = format::count(locale::formatter(&language), texts, count);
    let svg = draw(&text, &view.locale, view.dir);
    Ok(conditional::public(
        &headers,
        "image/svg+xml",
        svg.into_bytes(),
        deps,
    ))
}

/// Height, and horizontal padding, in pixels.
const HEIGHT_PX: usize = 24;
const PADDING_PX: usize = 10;

/// Estimated width of half an em in pixels; the client's font is unknown.
const HALF_EM_PX: usize = 7;

/// Draws the text on a plate. `textLength` stretches or compresses the text to the estimated width, so nothing is cut
/// off.
pub(super) fn draw(text: &str, locale: &str, dir: Dir) -> String {
    let room = text.width().max(1) * HALF_EM_PX;
    let width = room + 2 * PADDING_PX;
    let middle = room / 2 + PADDING_PX;
    let direction = if dir == Dir::Rtl { "rtl" } else { "ltr" };
    let locale = encode_double_quoted_attribute(format::language(locale));
    let name = encode_double_quoted_attribute(text);
    let text = encode_text(text);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{HEIGHT_PX}\" viewBox=\"0 0 {width} {HEIGHT_PX}\" \
         role=\"img\" aria-label=\"{name}\" lang=\"{locale}\"><title>{text}</title>\
         <rect width=\"{width}\" height=\"{HEIGHT_PX}\" rx=\"4\" fill=\"#0b5cad\"/>\
         <text x=\"{middle}\" y=\"16.5\" textLength=\"{room}\" lengthAdjust=\"spacingAndGlyphs\" text-anchor=\"middle\" \
         direction=\"{direction}\" font-family=\"system-ui,sans-serif\" font-size=\"13\" fill=\"#fff\">{text}</text></svg>"
    )
}
