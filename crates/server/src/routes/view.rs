use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use config::{Site, columns, networks};
use locale::Language;
use rules::PollFacts;
use serde::Deserialize;
use store::StoreError;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use visitor::Window;
use wire::{ArticleKey, Poll, View};

use super::{
    SiteFromPath,
    caller::UncachedRead,
    conditional,
    extract::{ArticleFromQuery, Query, is_set, log_refused},
    openapi_errors::ReadErrors,
    origin,
};
use crate::{assets, cache::CacheDeps, problem::Problem, state::App};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(view))
}

/// Parameters besides the article.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ViewQuery {
    /// The language of the page, by BCP 47 tag
    lang: Option<String>,
    /// `1`: with the endpoint's copy of the article
    body: Option<String>,
    /// The page's `location.origin`: if its events would be refused, the view says so in `refusal`, and its poll is
    /// closed
    origin: Option<String>,
}

/// The data for one page: the article's tally, the poll, the buttons and all texts. The same for every reader; never
/// creates an article.
#[utoipa::path(
    get,
    path = "/v1/sites/{site}/view",
    tag = "reading",
    params(SiteFromPath, ArticleFromQuery, ViewQuery),
    responses((status = OK, body = View), (status = NOT_MODIFIED, description = "`If-None-Match` has its `ETag`."), ReadErrors),
)]
async fn view(
    State(app): State<App>,
    SiteFromPath(site): SiteFromPath,
    read: UncachedRead,
    ArticleFromQuery(key): ArticleFromQuery,
    Query(query): Query<ViewQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let LoadedView { mut view, deps, .. } =
        load_view(&app, &site, &key, query.lang.as_deref()).await?;
    let refusal = OriginRefusal::of(&app, &site, &headers, query.origin.as_deref());
    refusal.show(&mut view);
    let _place;
    if is_set(query.body.as_deref()) {
        let mut place = read.address.place_for_copy(&app).await?;
        view.article = place.load(&site.id, &key).await?;
        read.charge_copy(&app, view.article.as_ref())?;
        _place = place;
    }
    Ok(refusal.vary(conditional::json(&headers, &view, deps)))
}

/// Whether events of the requesting page would be rejected.
#[derive(Default)]
pub(super) struct OriginRefusal {
    why: Option<String>,
    /// Whether the response depends on `Sec-Fetch-Site`.
    varies: bool,
}

impl OriginRefusal {
    /// The refusal for the origin in the query, if there is one.
    pub(super) fn of(app: &App, site: &Site, headers: &HeaderMap, origin: Option<&str>) -> Self {
        let Some(named) = origin else {
            return Self::default();
        };
        let why = origin::refusal(&app.config.current(), site, headers, named);
        if why.is_some() {
            log_refused(app, site, Some(named));
        }
        Self {
            why,
            varies: !origin::is_listed(site, named),
        }
    }

    /// Adds the reason to the view, and closes its poll.
    pub(super) fn show(&self, view: &mut View) {
        if self.why.is_some() {
            close_poll(view);
            view.refusal.clone_from(&self.why);
        }
    }

    /// Adds `Vary` if the response depends on `Sec-Fetch-Site`.
    pub(super) fn vary(&self, mut response: Response) -> Response {
        if self.varies {
            response
                .headers_mut()
                .append(header::VARY, HeaderValue::from_static("sec-fetch-site"));
        }
        response
    }
}

/// Closes the poll without the label for closed polls, because it is closed for this page or reader only.
pub(super) fn close_poll(view: &mut View) {
    if view.poll == Poll::Open {
        view.poll = Poll::Closed;
        view.labels.closed.clear();
    }
}

/// A view, and the data from which it was made.
pub(super) struct LoadedView {
    pub(super) view: View,
    pub(super) language: Language,
    /// Dependencies, for the response cache.
    pub(super) deps: CacheDeps,
}

/// The view without the article's copy.
pub(super) async fn load_view(
    app: &App,
    site: &Arc<Site>,
    key: &ArticleKey,
    lang: Option<&str>,
) -> Result<LoadedView, Problem> {
    let window = Window::at((app.now)(), &site.time_zone);
    let mut counted = app
        .store
        .tallies(&site.id, std::slice::from_ref(key))
        .await?;
    let Some(counted) = counted.pop() else {
        return Err(StoreError::Unavailable.into());
    };
    let deps = CacheDeps {
        site: Arc::clone(site),
        articles: vec![(key.clone(), counted.version)],
        until: window.ends,
    };
    let language = site.language(lang);
    let own = counted.poll.as_deref();
    let mut choices = site.choices(&language);
    choices.retain(|choice| rules::has_option(site, own, &choice.key));
    let mut labels = site.labels_in(&language);
    if let Some(question) = own.and_then(|own| own.question.as_ref()) {
        labels.question.clone_from(question);
    }
    let mut view = View {
        poll: rules::poll_state(site, window.day, PollFacts::from(&counted)),
        tally: rules::displayed(counted.tally, site, own),
        article: None,
        columns: columns::step(&choices),
        reactions: choices,
        networks: networks::buttons(&site.networks, site.share_style, &language),
        share_style: site.share_style,
        show_from: site.show_from,
        labels,
        dir: language.dir,
        locale: language.locale.clone(),
        window_ends: window.ends.as_millisecond().unsigned_abs(),
        identity: site.reads.identity,
        read_after: site.reads.after_ms,
        live: site.live,
        method: (site.method.link).then(|| locale::method_link(&language).to_owned()),
        assets: assets::served_assets(site.live),
        refusal: None,
        counts: !site.ignores(key),
    };
    if !view.counts {
        close_poll(&mut view);
    }
    Ok(LoadedView {
        view,
        language,
        deps,
    })
}
