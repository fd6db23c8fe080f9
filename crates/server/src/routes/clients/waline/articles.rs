use std::sync::Arc;

use axum::{extract::State, response::Response};
use config::Site;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use wire::{ArticleKey, SiteId, Tally};

use super::{
    super::{
        counts::{article, tallies},
        request::{ClientSite, ClientWrite, Vote},
    },
    ClientVersion, Waline, WalineError,
};
use crate::{
    problem::Problem,
    routes::{
        caller::UncachedRead,
        extract::{JsonBody, Query},
        openapi_errors::{ClientReadErrors, ClientWriteErrors},
    },
    state::App,
};

/// The client's name for page views.
const VIEWS: &str = "time";

/// Maximum number of pages per request.
const MAX_PAGES: usize = 100;

/// Maximum number of counts per page: page views and nine reactions.
const MAX_TYPES: usize = 10;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(counts, update))
        .routes(routes!(counts_of_2, update_of_2))
}

/// The pages and the counts, each list with commas.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CountsQuery {
    /// The pages' paths
    #[serde(default)]
    path: String,
    /// `time` and `reaction0` to `reaction8`; by default the first
    r#type: Option<String>,
}

/// The counts of pages for Waline's client 3.
#[utoipa::path(
    get,
    path = "/v1/sites/{site}/waline/api/article",
    tag = "clients",
    params(("site" = SiteId, Path), CountsQuery),
    responses((status = OK, body = Value), ClientReadErrors),
)]
async fn counts(
    State(app): State<App>,
    ClientSite(site, _): ClientSite<Waline>,
    limited: Result<UncachedRead, Problem>,
    query: Result<Query<CountsQuery>, Problem>,
) -> Result<Response, WalineError> {
    limited?;
    let pages = Pages::load(&app, &site, query?.0).await?;
    Ok(ClientVersion::Three.answer(pages.objects()))
}

/// The counts of pages for Waline's client 2.
#[utoipa::path(
    get,
    path = "/v1/sites/{site}/waline/article",
    tag = "clients",
    params(("site" = SiteId, Path), CountsQuery),
    responses((status = OK, body = Value), ClientReadErrors),
)]
async fn counts_of_2(
    State(app): State<App>,
    ClientSite(site, _): ClientSite<Waline>,
    limited: Result<UncachedRead, Problem>,
    query: Result<Query<CountsQuery>, Problem>,
) -> Result<Response, WalineError> {
    limited?;
    let pages = Pages::load(&app, &site, query?.0).await?;
    let numbers = || pages.counts.iter().flatten().copied();
    let answer: Value = match (pages.counts.len(), pages.types.len()) {
        (1, 1) => numbers().next().into(),
        (_, 1) => numbers().collect(),
        (1, _) => pages.objects().pop().unwrap_or_default(),
        _ => pages.objects().into(),
    };
    Ok(ClientVersion::Two.answer(answer))
}

/// The requested counts.
struct Pages {
    types: Vec<String>,
    /// For each page, in the order of `types`.
    counts: Vec<Vec<u64>>,
}

impl Pages {
    async fn load(
        app: &App,
        site: &Arc<Site>,
        CountsQuery { path, r#type }: CountsQuery,
    ) -> Result<Self, Problem> {
        let paths: Vec<&str> = path.split(',').collect();
        if path.is_empty() || paths.len() > MAX_PAGES {
            let detail = format!("Ask for 1 to {MAX_PAGES} pages: ?path=/a,/b");
            return Err(Problem::field("path", detail).with_limit(MAX_PAGES));
        }
        let types = r#type.as_deref().unwrap_or(VIEWS).split(',');
        let types: Vec<_> = types.map(str::to_owned).collect();
        if types.len() > MAX_TYPES {
            let detail = format!("Ask for {MAX_TYPES} counts at most: ?type=time,reaction0");
            return Err(Problem::field("type", detail).with_limit(MAX_TYPES));
        }
        let articles: Vec<Option<ArticleKey>> = paths.into_iter().map(article).collect();
        let keys: Vec<_> = articles.iter().flatten().cloned().collect();
        let mut found = tallies(app, site, &keys).await?.into_iter();
        let counts = articles.iter().map(|article| {
            let tally = article.as_ref().and_then(|_| found.next());
            let count = |kind: &String| tally.as_ref().map_or(0, |tally| count(site, tally, kind));
            types.iter().map(count).collect()
        });
        let counts = counts.collect();
        Ok(Self { types, counts })
    }

    /// An object for each page.
    fn objects(&self) -> Vec<Value> {
        let object = |counts: &Vec<u64>| {
            let pairs = self
                .types
                .iter()
                .cloned()
                .zip(counts.iter().map(|count| (*count).into()));
            Value::Object(pairs.collect())
        };
        self.counts.iter().map(object).collect()
    }
}

/// One count of an article by the client's name; 0 for a reaction that the site does not have.
fn count(site: &Site, tally: &Tally, kind: &str) -> u64 {
    if kind == VIEWS {
        return tally.reads;
    }
    let option = site.clients.waline_option(kind);
    option.map_or(0, |option| tally.reactions.get(option))
}

/// The client's request.
#[derive(Deserialize, ToSchema)]
#[schema(as = WalineUpdate)]
struct Update {
    /// The page's path.
    path: String,
    /// `time`, or `reaction0` to `reaction8`; by default the first.
    r#type: Option<String>,
    /// `inc` or `desc`; by default the first.
    action: Option<Action>,
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[schema(as = WalineAction)]
#[serde(rename_all = "lowercase")]
enum Action {
    Inc,
    Desc,
}

/// Counts a page view, or makes or takes back a choice, of Waline's client 3.
#[utoipa::path(
    post,
    path = "/v1/sites/{site}/waline/api/article",
    tag = "clients",
    params(("site" = SiteId, Path)),
    request_body(content = Update),
    responses((status = OK, body = Value), ClientWriteErrors),
)]
async fn update(
    request: ClientWrite<Waline>,
    body: Result<JsonBody, Problem>,
) -> Result<Response, WalineError> {
    let (kind, count) = updated(&request, body).await?;
    let counts = Map::from_iter([(kind, count.into())]);
    Ok(ClientVersion::Three.answer([counts]))
}

/// Counts a page view, or makes or takes back a choice, of Waline's client 2.
#[utoipa::path(
    post,
    path = "/v1/sites/{site}/waline/article",
    tag = "clients",
    params(("site" = SiteId, Path)),
    request_body(content = Update),
    responses((status = OK, body = Value), ClientWriteErrors),
)]
async fn update_of_2(
    request: ClientWrite<Waline>,
    body: Result<JsonBody, Problem>,
) -> Result<Response, WalineError> {
    let (_, count) = updated(&request, body).await?;
    Ok(ClientVersion::Two.answer(count))
}

/// Applies the update. Returns the name of the count, and the count after it.
async fn updated(
    request: &ClientWrite<Waline>,
    body: Result<JsonBody, Problem>,
) -> Result<(String, u64), Problem> {
    let Update {
        path,
        r#type,
        action,
    } = serde_json::from_slice(&body?.0)
        .map_err(|error| Problem::field("body", format!("The body is wrong: {error}.")))?;
    let kind = r#type.unwrap_or_else(|| VIEWS.into());
    let option = request.site.clients.waline_option(&kind);
    if kind != VIEWS && option.is_none() {
        let detail = "The site does not count this reaction: see `clients` in gema.toml.";
        return Err(Problem::field("type", detail));
    }
    let Some(article) = article(&path) else {
        return Ok((kind, 0));
    };
    let tally = match (option, action.unwrap_or(Action::Inc)) {
        (Some(option), Action::Inc) => request.vote(article, Vote::Choose(option)).await?,
        (Some(option), Action::Desc) => request.vote(article, Vote::TakeBack(option)).await?,
        (None, Action::Inc) => view(request, article).await?,
        (None, Action::Desc) => request.counts(article).await?,
    };
    let count = count(&request.site, &tally, &kind);
    Ok((kind, count))
}

/// Counts a page view. One that does not count is answered too, because the client shows the answer.
async fn view(request: &ClientWrite<Waline>, article: ArticleKey) -> Result<Tally, Problem> {
    match request.read(article.clone(), Vec::new()).await? {
        Ok(tally) => Ok(tally),
        Err(_) => request.counts(article).await,
    }
}
