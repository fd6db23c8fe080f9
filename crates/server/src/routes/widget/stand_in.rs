//! `…/widget.html?stand_in=1`: the fragment for a reader whose browser stores nothing. The reader is identified by
//! address and browser, for a day, so that their choice is shown and can be withdrawn. Stores nothing.

use std::sync::Arc;

use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use config::Site;
use wire::ArticleKey;

use super::{HTML_CONTENT_TYPE, load_view};
use crate::{
    problem::Problem,
    render::{self, RenderParams, WidgetQuery},
    routes::{
        caller::Caller,
        origin,
        view::{LoadedView, OriginRefusal, close_poll},
    },
    state::{App, ReadableBy},
};

/// The fragment. Only pages of the site get the reader's choice; for any other page it is the same as for every
/// reader.
pub(super) async fn show(
    app: &App,
    site: &Arc<Site>,
    key: &ArticleKey,
    query: &WidgetQuery,
    headers: &HeaderMap,
    caller: &Caller,
) -> Result<Response, Problem> {
    let params = RenderParams::new(&site.id, key, query);
    let is_of_site = origin::is_of_site(&app.config.current(), site, headers);
    let reader = is_of_site.then_some(caller);
    let (loaded, _place) = load_view(app, site, key, &params, caller.budget, reader).await?;
    let LoadedView {
        mut view, language, ..
    } = loaded;
    if !site.noscript_votes {
        close_poll(&mut view);
    }
    let refusal = OriginRefusal::of(app, site, headers, query.origin.as_deref());
    refusal.show(&mut view);
    let html = render::fragment(&params, view, locale::formatter(&language), (app.now)());
    let mut response = (
        [
            (header::CONTENT_TYPE, HTML_CONTENT_TYPE),
            (header::CACHE_CONTROL, "no-store"),
        ],
        html,
    )
        .into_response();
    if is_of_site {
        response
            .extensions_mut()
            .insert(ReadableBy(headers.get(header::ORIGIN).cloned()));
    }
    response
        .headers_mut()
        .append(header::VARY, HeaderValue::from_static("origin"));
    Ok(refusal.vary(response))
}
