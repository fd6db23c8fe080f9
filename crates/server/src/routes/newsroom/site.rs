//! `/redaksi/{site}`: what is counted in a site, for the newsroom.

/// One article.
mod article;
/// The forms of its page.
mod article_form;
/// The list of all articles, and as CSV.
mod articles;
/// The form that edits an article's copy.
mod copy;
/// Corrections of one article's counts.
mod correct;
/// Names of options and networks.
mod names;
/// What is read now, and its numbers for the script.
mod now;
/// The newsroom's numbers on the site's own pages.
mod overlay;
/// The panels of an article's page that have forms.
mod panels;
/// Sums of some days.
mod period;
/// The same as CSV.
mod period_csv;
/// The poll of one article.
mod poll;
/// Events of one article that were refused.
mod refused;
/// The settings in force.
mod settings;
/// Forms whose values somebody else has changed meanwhile.
mod stale;
/// Days, weeks and months of a chart.
mod units;

use std::sync::Arc;

use axum::{
    Router,
    extract::{FromRequestParts, Path},
    http::{header, request::Parts},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use config::Site;
use newsroom::pages::{PageContext, PageTexts, Tab, keys, tabs};
use wire::SiteId;
use yew::prelude::*;

use super::{
    request, respond,
    viewer::{self, Viewer, forbidden},
};
use crate::{assets::FILES, problem::Problem, readership::Scope, routes::assets, state::App};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/redaksi/newsroom.js", get(script))
        .route("/redaksi/{site}", get(first))
        .route("/redaksi/{site}/now", get(now::show))
        .route("/redaksi/{site}/now.json", get(now::numbers))
        .route("/redaksi/{site}/site", get(period::show))
        .route("/redaksi/{site}/site.csv", get(period_csv::csv))
        .route("/redaksi/{site}/articles", get(articles::show))
        .route("/redaksi/{site}/articles.csv", get(articles::csv))
        .route(
            "/redaksi/{site}/article",
            get(article::show).post(copy::save),
        )
        .route(
            "/redaksi/{site}/overlay",
            get(overlay::show).post(overlay::open),
        )
        .route("/redaksi/{site}/correct", post(correct::save))
        .route("/redaksi/{site}/poll", post(poll::save))
        .route("/redaksi/{site}/settings", get(settings::show))
}

/// The first page of a site.
async fn first(page: SitePage) -> Response {
    respond::see_other(&format!("{}/now", page.site.id))
}

/// The script of the pages, which are complete without it.
async fn script(headers: axum::http::HeaderMap) -> Result<Response, Problem> {
    let file = assets::find(FILES, "newsroom.js").ok_or_else(|| {
        Problem::not_found(
            "This gema was built without its scripts. Run `cargo xtask dist` and build it again.",
        )
    })?;
    Ok(assets::send(
        file,
        &headers,
        assets::REVALIDATE_CACHE_CONTROL,
    ))
}

/// A page of a site that the viewer may read.
pub(super) struct SitePage {
    pub(super) viewer: Viewer,
    pub(super) site: Arc<Site>,
    pub(super) context: PageContext,
}

impl FromRequestParts<App> for SitePage {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let viewer = Viewer::from_request_parts(parts, app).await?;
        let config = app.config.of(&mut parts.extensions);
        let name = Path::<String>::from_request_parts(parts, app).await;
        let id = name.ok().and_then(|Path(name)| SiteId::parse(&name).ok());
        let site = id
            .filter(|id| viewer.may_read(id))
            .and_then(|id| config.site(&id).cloned());
        // A site that the viewer may not see gets the same answer as one that does not exist.
        let Some(site) = site else {
            return Err(forbidden(&viewer));
        };
        let context = PageContext::new(PageTexts::of(viewer.language), &formats(parts, &viewer));
        Ok(Self {
            viewer,
            site,
            context,
        })
    }
}

impl SitePage {
    /// What the viewer may see of the site.
    pub(super) fn scope(&self) -> Scope {
        Scope {
            site: self.site.id.clone(),
            section: self.viewer.section(&self.site.id).map(str::to_owned),
        }
    }

    /// The response: the page with the navigation within the site.
    pub(super) fn respond(&self, tab: Tab, title: &str, content: Html) -> Response {
        let section = self.viewer.section(&self.site.id);
        let tabs = tabs(&self.context, self.site.id.as_str(), section, tab);
        viewer::page(
            title,
            &self.viewer,
            html! { <>{tabs}{content}{keys(&self.context)}</> },
        )
    }

    pub(super) fn texts(&self) -> &'static PageTexts {
        self.context.texts
    }
}

/// Formats of numbers and dates: those of the browser's first language, or of a language that was chosen.
fn formats(parts: &Parts, viewer: &Viewer) -> locale::Language {
    let all: Vec<String> = locale::languages().map(str::to_owned).collect();
    let is_chosen = request::chosen_language(parts).is_some();
    let accepted = parts.headers.get(header::ACCEPT_LANGUAGE);
    let accepted = accepted.and_then(|accepted| accepted.to_str().ok());
    let first = accepted
        .and_then(|accepted| accepted.split([',', ';']).next())
        .filter(|_| !is_chosen);
    let default = viewer.language.tag();
    locale::resolve(&all, default, Some(first.unwrap_or(default)))
}

/// A response that is no page, with the same headers.
pub(super) fn file(content_type: &'static str, body: impl Into<axum::body::Body>) -> Response {
    let mut response = ([(header::CONTENT_TYPE, content_type)], body.into()).into_response();
    respond::protect(&mut response);
    response
}
