use std::sync::Arc;

use axum::{extract::State, http::HeaderMap, response::Response};
use serde::{Deserialize, Deserializer, de::Error};
use text::key::article_key;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use visitor::Window;
use widget::format::{self, Format};
use wire::{ArticleKey, Labels, Tallies, Tally, Texts};

use super::{
    SiteFromPath, caller::UncachedRead, conditional, extract::Query, openapi_errors::ReadErrors,
};
use crate::{cache::CacheDeps, problem::Problem, state::App};

/// Maximum number of articles per request.
const MAX_KEYS: usize = 100;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(tallies))
}

/// The articles, and how to show their counts.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TalliesQuery {
    /// `article=A&article=B`
    #[serde(default, deserialize_with = "keys")]
    #[param(required = true, min_items = 1, max_items = 100)]
    article: Vec<ArticleKey>,
    /// Each also in words, in that language
    lang: Option<String>,
}

fn keys<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<ArticleKey>, D::Error> {
    let keys = Vec::<String>::deserialize(deserializer)?;
    let keys = keys
        .iter()
        .map(|text| article_key(text))
        .collect::<Result<_, _>>();
    keys.map_err(|invalid| D::Error::custom(format_args!("Each key {invalid}.")))
}

/// Counts of several articles, in the order of the query.
#[utoipa::path(
    get,
    path = "/v1/sites/{site}/tallies",
    tag = "reading",
    params(SiteFromPath, TalliesQuery),
    responses((status = OK, body = Tallies), (status = NOT_MODIFIED, description = "`If-None-Match` has its `ETag`."), ReadErrors),
)]
async fn tallies(
    State(app): State<App>,
    SiteFromPath(site): SiteFromPath,
    _: UncachedRead,
    Query(TalliesQuery {
        article: keys,
        lang,
    }): Query<TalliesQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if keys.is_empty() || keys.len() > MAX_KEYS {
        let detail = format!("Ask for 1 to {MAX_KEYS} articles: ?article=A&article=B");
        return Err(Problem::field("article", detail).with_limit(MAX_KEYS));
    }
    let counted = app.store.tallies(&site.id, &keys).await?;
    let deps = CacheDeps {
        site: Arc::clone(&site),
        articles: keys
            .into_iter()
            .zip(counted.iter().map(|counted| counted.version))
            .collect(),
        until: Window::at((app.now)(), &site.time_zone).ends,
    };
    let language = lang.map(|tag| site.language(Some(&tag)));
    let tallies: Vec<_> = counted
        .into_iter()
        .map(|counted| rules::displayed(counted.tally, &site, counted.poll.as_deref()))
        .collect();
    let texts = language.map(|language| {
        texts(
            &tallies,
            &site.labels_in(&language),
            locale::formatter(&language),
        )
    });
    let tallies = Tallies { tallies, texts };
    Ok(conditional::json(&headers, &tallies, deps))
}

/// The texts that `<gema-count>` displays.
fn texts(tallies: &[Tally], labels: &Labels, format: &dyn Format) -> Vec<Texts> {
    let texts = |tally: &Tally| Texts {
        reads: format::count(format, &labels.reads, tally.reads),
        reactions: format::count(format, &labels.responses, tally.reactions.total()),
    };
    tallies.iter().map(texts).collect()
}
