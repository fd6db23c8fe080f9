use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, Uri, header},
    response::Response,
};
use utoipa_axum::{router::OpenApiRouter, routes};
use wire::{ArticleKey, SiteId};

use super::{OfSite, cached, extract::query, problems::OfReading, view};
use crate::{
    app::App,
    locale,
    problem::Problem,
    render::{self, Asked},
};

const HTML: &str = "text/html; charset=utf-8";

/// What it may do if a browser is sent to it instead of reading it: look as it should, and nothing else.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self' https: data:; form-action 'self'; base-uri 'none'";

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(widget))
}

/// The widget's markup for a reader who has done nothing yet, with the view that it shows.
///
/// A `<template shadowrootmode="open">` to stand first in `<gema-article>`: style sheet, markup, and the view as JSON, its
/// article without `html`, which follows as the element's own content. The same for every reader.
#[utoipa::path(
    get,
    path = "/v1/sites/{site}/widget.html",
    tag = "reading",
    params(
        ("site" = SiteId, Path),
        ("article" = ArticleKey, Query),
        ("lang" = Option<String>, Query, description = "The language of the page, by BCP 47 tag"),
        ("title" = Option<String>, Query, description = "What is shared: the headline. Without it, that of the endpoint's copy"),
        ("url" = Option<String>, Query, description = "And its address. Without either there is no share bar"),
        ("endpoint" = Option<String>, Query, description = "How the page reaches the endpoint, if not by relative addresses"),
        ("body" = Option<String>, Query, description = "`1`: with the endpoint's copy of the article"),
        ("share" = Option<String>, Query, description = "This and what follows: as the attributes of `<gema-article>`"),
        ("reads" = Option<String>, Query),
        ("poll" = Option<String>, Query),
        ("bar" = Option<String>, Query),
    ),
    responses(
        (status = OK, content_type = "text/html", body = String),
        (status = NOT_MODIFIED, description = "`If-None-Match` has its `ETag`."),
        OfReading
    ),
)]
async fn widget(
    State(app): State<App>,
    OfSite(site): OfSite,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let pairs = query(&uri)?;
    let key = view::article(&pairs)?;
    let asked = Asked::new(&site.id, &key, &pairs);
    let (mut view, language, basis) = view::seen(&app, &site, &key, asked.lang()).await?;
    if asked.needs_article() {
        view.article = app.store.article(&site.id, &key).await?;
    }
    let html = render::fragment(&asked, view, locale::format(&language), (app.now)());
    let mut response = cached::public(&headers, HTML, html.into_bytes(), basis);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    Ok(response)
}
