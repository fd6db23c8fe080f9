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
use store::StoreError;
use utoipa_axum::{router::OpenApiRouter, routes};
use visitor::Window;
use wire::{ArticleKey, OwnVote, View};

use super::{
    SiteFromPath,
    caller::{BudgetAddress, Caller, CopyPlace, UncachedRead},
    conditional,
    extract::{ArticleFromQuery, Query, is_set},
    openapi_errors::ReadErrors,
    view::{self, LoadedView, OriginRefusal},
};
use crate::{
    cache::CacheDeps,
    problem::Problem,
    render::{self, RenderParams, WidgetQuery},
    state::App,
};

pub(super) const HTML_CONTENT_TYPE: &str = "text/html; charset=utf-8";

/// Content security policy, for a browser that navigates to the fragment: it allows only styles, images and the form.
pub(crate) const FRAGMENT_CSP: &str = "default-src 'none'; style-src 'self'; img-src 'self' https: data:; form-action 'self'; base-uri 'none'";

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
    params(SiteFromPath, ArticleFromQuery, WidgetQuery),
    responses(
        (status = OK, content_type = "text/html", body = String),
        (status = NOT_MODIFIED, description = "`If-None-Match` has its `ETag`."),
        ReadErrors
    ),
)]
async fn widget(
    State(app): State<App>,
    SiteFromPath(site): SiteFromPath,
    ArticleFromQuery(key): ArticleFromQuery,
    Query(query): Query<WidgetQuery>,
    mut request: Parts,
) -> Result<Response, Problem> {
    if is_set(query.frame.as_deref()) {
        let caller = Caller::from_request_parts(&mut request, &app).await?;
        return frame::show(&app, &site, &key, &query, &caller).await;
    }
    if is_set(query.stand_in.as_deref()) {
        let caller = Caller::from_request_parts(&mut request, &app).await?;
        return stand_in::show(&app, &site, &key, &query, &request.headers, &caller).await;
    }
    let read = UncachedRead::from_request_parts(&mut request, &app).await?;
    let headers = request.headers;
    let refusal = OriginRefusal::of(&app, &site, &headers, query.origin.as_deref());
    let with_copy = is_set(query.body.as_deref());
    let change = |view: &mut View| {
        refusal.show(view);
        let copy = view.article.as_ref();
        read.charge_copy(&app, copy.filter(|_| with_copy))
    };
    let (html, deps) = render_fragment(&app, &site, &key, &query, read.address, change).await?;
    Ok(refusal.vary(conditional::public(
        &headers,
        HTML_CONTENT_TYPE,
        html.into_bytes(),
        deps,
    )))
}

/// Renders the fragment for the parameters of a query or form, for a client at this address. `change`: modifies the view
/// for one reader or page, or refuses it.
pub(super) async fn render_fragment(
    app: &App,
    site: &Arc<Site>,
    key: &ArticleKey,
    query: &WidgetQuery,
    address: BudgetAddress,
    change: impl FnOnce(&mut View) -> Result<(), Problem>,
) -> Result<(String, CacheDeps), Problem> {
    let params = RenderParams::new(&site.id, key, query);
    let (loaded, _place) = load_view(app, site, key, &params, address, None).await?;
    let LoadedView {
        mut view,
        language,
        deps,
    } = loaded;
    change(&mut view)?;
    Ok((
        render::fragment(&params, view, locale::formatter(&language), (app.now)()),
        deps,
    ))
}

/// The view, with the choice of `reader`, and with as much of the article's copy as the parameters need. If its body is
/// among that, with the place that must be kept until the view is rendered.
async fn load_view<'a>(
    app: &'a App,
    site: &Arc<Site>,
    key: &ArticleKey,
    params: &RenderParams<'_>,
    address: BudgetAddress,
    reader: Option<&Caller>,
) -> Result<(LoadedView, Option<CopyPlace<'a>>), Problem> {
    let mut loaded = view::load_view(app, site, key, params.lang()).await?;
    if let Some(reader) = reader {
        loaded.view.tally.mine = choice(app, site, key, &loaded.view, reader).await?;
    }
    if params.body() {
        let mut place = address.place_for_copy(app).await?;
        loaded.view.article = place.load(&site.id, key).await?;
        return Ok((loaded, Some(place)));
    }
    if params.needs_metadata() {
        let metadata = app.store.article_metadata(&site.id, key).await?;
        loaded.view.article = metadata.map(Into::into);
    }
    Ok((loaded, None))
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
    app.store
        .choice(&site.id, day, key, &caller.stand_in())
        .await
}
