use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, Uri},
    response::Response,
};
use utoipa_axum::{router::OpenApiRouter, routes};
use wire::{ArticleKey, SiteId, View};

use super::{
    OfSite, cached,
    extract::{query, value},
    problems::OfReading,
};
use crate::{
    app::App,
    assets,
    cache::Basis,
    config::Site,
    key::article_key,
    locale::{self, Language},
    networks,
    problem::Problem,
    rules,
    store::StoreError,
    visitor::Window,
};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(view))
}

/// All that one page needs. The same for every reader; never creates an article.
#[utoipa::path(
    get,
    path = "/v1/sites/{site}/view",
    tag = "reading",
    params(
        ("site" = SiteId, Path),
        ("article" = ArticleKey, Query),
        ("lang" = Option<String>, Query, description = "The language of the page, by BCP 47 tag"),
        ("body" = Option<String>, Query, description = "`1`: with the endpoint's copy of the article"),
    ),
    responses((status = OK, body = View), (status = NOT_MODIFIED, description = "`If-None-Match` has its `ETag`."), OfReading),
)]
async fn view(State(app): State<App>, OfSite(site): OfSite, uri: Uri, headers: HeaderMap) -> Result<Response, Problem> {
    let pairs = query(&uri)?;
    let key = article(&pairs)?;
    let (mut view, _, basis) = seen(&app, &site, &key, value(&pairs, "lang")).await?;
    if value(&pairs, "body") == Some("1") {
        view.article = app.store.article(&site.id, &key).await?;
    }
    Ok(cached::json(&headers, &view, basis))
}

/// What a page shows of an article, but for the article itself: in which language, and from what it was made.
pub(super) async fn seen(
    app: &App,
    site: &Arc<Site>,
    key: &ArticleKey,
    lang: Option<&str>,
) -> Result<(View, Language, Basis), Problem> {
    let window = Window::at((app.now)(), &site.time_zone);
    let mut counted = app.store.tallies(&site.id, std::slice::from_ref(key)).await?;
    let Some(counted) = counted.pop() else { return Err(StoreError::Unavailable.into()) };
    let basis = Basis { site: Arc::clone(site), articles: vec![(key.clone(), counted.edition)], until: window.ends };
    let language = locale::resolve(site, lang);
    let view = View {
        poll: rules::poll(site, window.day, counted.since),
        tally: rules::shown(counted.tally, site),
        article: None,
        reactions: locale::choices(site, &language),
        networks: networks::buttons(site, &language),
        labels: locale::labels(site, &language),
        dir: language.dir,
        locale: language.locale.clone(),
        window_ends: window.ends.as_millisecond().unsigned_abs(),
        identity: site.reads.identity,
        read_after: site.reads.after_ms,
        live: site.live,
        assets: assets::served(site.live),
    };
    Ok((view, language, basis))
}

/// The article that a query names.
pub(super) fn article(pairs: &[(String, String)]) -> Result<ArticleKey, Problem> {
    let key = value(pairs, "article").ok_or_else(|| Problem::field("article", "Name the article: ?article=KEY"))?;
    article_key(key).map_err(|invalid| Problem::field("article", format!("The key {invalid}.")))
}
