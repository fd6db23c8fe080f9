/// The page for readers without JavaScript.
mod frame;
/// The fragment for readers whose browser stores nothing.
mod stand_in;

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, State},
    http::request::Parts,
    response::Response,
};
use config::Site;
use locale::Language;
use store::StoreError;
use utoipa_axum::{router::OpenApiRouter, routes};
use visitor::Window;
use wire::{ArticleKey, OwnVote, SiteId, View};

use super::{
    SiteFromPath,
    caller::{Caller, UncachedRead},
    conditional,
    extract::{query, value},
    openapi_errors::ReadErrors,
    view::{self, OriginRefusal},
};
use crate::{
    cache::CacheDeps,
    problem::Problem,
    render::{self, RenderParams},
    state::App,
};

pub(super) const HTML_CONTENT_TYPE: &str = "text/html; charset=utf-8";

/// Content security policy, for a browser that navigates to the fragment: it allows only styles, images and the form.
pub(crate) const FRAGMENT_CSP: &str =
    "default-src 'none'; style-src 'self'; img-src 'self' https: data:; form-action 'self'; base-uri 'none'";

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(widget, frame::choose))
}

/// The widget's markup for a reader who has not interacted yet, with its view.
///
/// A `<template shadowrootmode="open">` to be placed first in `<gema-article>`: style sheet, markup, and the view as
/// JSON. The `html` of the article is not in the view, but follows as the element's content. The same for every
/// reader.
#[utoipa::path(
    get,
    path = "/v1/sites/{site}/widget.html",
    tag = "reading",
    params(
        ("site" = SiteId, Path),
        ("article" = ArticleKey, Query),
        ("lang" = Option<String>, Query, description = "The language of the page, by BCP 47 tag"),
        ("title" = Option<String>, Query, description = "The headline to share; by default that of the endpoint's copy"),
        ("url" = Option<String>, Query, description = "The address to share; by default that of the endpoint's copy. Without an address there is no share bar"),
        ("endpoint" = Option<String>, Query, description = "How the page reaches the endpoint, if not by relative addresses"),
        ("body" = Option<String>, Query, description = "`1`: with the endpoint's copy of the article"),
        ("jsonld" = Option<String>, Query, description = "`1`: with the counts by schema.org, for a server that includes this"),
        ("origin" = Option<String>, Query, description = "The page's `location.origin`: if its events would be refused, the view says so in `refusal`, and the poll is closed"),
        ("stand_in" = Option<String>, Query, description = "`1`: for a reader whose browser keeps nothing, with their choice of the day in the view's `tally.mine`, for the site's own pages; only for that reader's cache"),
        ("share" = Option<String>, Query, description = "This and the following: as the attributes of `<gema-article>`"),
        ("reads" = Option<String>, Query),
        ("poll" = Option<String>, Query),
        ("bar" = Option<String>, Query),
        ("theme" = Option<String>, Query),
        ("frame" = Option<String>, Query, description = "`1`: a page of its own for readers without JavaScript, only for that reader's cache"),
        ("pressed" = Option<String>, Query, description = "With `frame`: the option that was pressed, beside which the page shows the result"),
    ),
    responses(
        (status = OK, content_type = "text/html", body = String),
        (status = NOT_MODIFIED, description = "`If-None-Match` has its `ETag`."),
        ReadErrors
    ),
)]
async fn widget(
    State(app): State<App>,
    SiteFromPath(site): SiteFromPath,
    mut request: Parts,
) -> Result<Response, Problem> {
    let pairs = query(&request.uri)?;
    let key = view::article(&pairs)?;
    if value(&pairs, "frame") == Some("1") {
        let caller = Caller::from_request_parts(&mut request, &app).await?;
        return frame::show(&app, &site, &key, &pairs, &caller).await;
    }
    if value(&pairs, "stand_in") == Some("1") {
        let caller = Caller::from_request_parts(&mut request, &app).await?;
        return stand_in::show(&app, &site, &key, &pairs, &request.headers, &caller).await;
    }
    UncachedRead::from_request_parts(&mut request, &app).await?;
    let headers = request.headers;
    let refusal = OriginRefusal::of(&app, &site, &headers, &pairs);
    let (html, deps) = render_fragment(&app, &site, &key, &pairs, |view| refusal.show(view)).await?;
    Ok(refusal.vary(conditional::public(&headers, HTML_CONTENT_TYPE, html.into_bytes(), deps)))
}

/// Renders the fragment for the parameters of a query or form. `change`: modifies the view for one reader or page.
pub(super) async fn render_fragment(
    app: &App,
    site: &Arc<Site>,
    key: &ArticleKey,
    pairs: &[(String, String)],
    change: impl FnOnce(&mut View),
) -> Result<(String, CacheDeps), Problem> {
    let params = RenderParams::new(&site.id, key, pairs);
    let (mut view, language, deps) = load_view(app, site, key, &params).await?;
    change(&mut view);
    Ok((render::fragment(&params, view, locale::formatter(&language), (app.now)()), deps))
}

/// The view, including the article's copy if rendering needs it.
async fn load_view(
    app: &App,
    site: &Arc<Site>,
    key: &ArticleKey,
    params: &RenderParams<'_>,
) -> Result<(View, Language, CacheDeps), Problem> {
    let (mut view, language, deps) = view::load_view(app, site, key, params.lang()).await?;
    if params.needs_article() {
        view.article = app.store.article(&site.id, key).await?;
    }
    Ok((view, language, deps))
}

/// Today's choice of a reader without a token.
async fn choice(
    app: &App,
    site: &Site,
    key: &ArticleKey,
    view: &View,
    caller: &Caller,
) -> Result<Option<OwnVote>, StoreError> {
    // Without any counts, there is no choice to look up.
    if !site.noscript_votes || view.tally.rev == 0 {
        return Ok(None);
    }
    let day = Window::at((app.now)(), &site.time_zone).day;
    app.store.choice(&site.id, day, key, &caller.stand_in()).await
}
