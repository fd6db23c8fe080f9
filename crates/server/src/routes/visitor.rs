use std::collections::HashSet;

use axum::{Json, extract::State, http::header, response::IntoResponse};
use futures_util::future::try_join_all;
use serde::{Deserialize, Serialize};
use store::StoreError;
use text::key::article_key;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use visitor::{Visitor, Window};
use wire::{Answer, ArticleKey, EraseVisitor, Invalid, Reaction, VisitorToken};

use super::{SiteFromPath, caller::Caller, extract::JsonBody, openapi_errors::WriteErrors};
use crate::{problem::Problem, state::App};

/// Maximum number of articles per request.
const MAX_ARTICLES: usize = 100;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(kept, forget))
}

/// [`wire::EraseVisitor`] before its fields are validated.
#[derive(Deserialize)]
struct VisitorRequest {
    visitor: String,
    articles: Vec<String>,
}

/// What the endpoint keeps of a reader.
#[derive(Serialize, ToSchema)]
struct KeptChoices {
    /// A choice in each of the named articles that has one.
    choices: Vec<KeptChoice>,
}

/// A reader's choice.
#[derive(Serialize, ToSchema)]
struct KeptChoice {
    article: ArticleKey,
    /// The option; `null`: the choice was taken back, and its row remains.
    reaction: Option<Reaction>,
}

/// What the endpoint keeps of the reader in the given articles, at most 100. It changes nothing.
///
/// A POST, so that the token is in no address. Each article counts as a request for the rate limits, also if it is
/// repeated.
#[utoipa::path(
    post,
    path = "/v1/sites/{site}/visitor",
    tag = "readers",
    params(SiteFromPath),
    request_body(content = EraseVisitor, description = "As text/plain too, which needs no preflight"),
    responses((status = OK, body = KeptChoices), WriteErrors),
)]
async fn kept(
    State(app): State<App>,
    SiteFromPath(site): SiteFromPath,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<impl IntoResponse, Problem> {
    let (token, articles) = charged(&app, &caller, &body)?;
    let day = Window::at((app.now)(), &site.time_zone).day;
    let visitor = Visitor::Token(token);
    let choices = try_join_all(articles.into_iter().map(|article| {
        let (store, site, visitor) = (&app.store, &site.id, &visitor);
        async move {
            let own = store.choice(site, day, &article, visitor).await?;
            Ok::<_, StoreError>(own.map(|own| KeptChoice {
                article,
                reaction: own.reaction,
            }))
        }
    }));
    let choices = choices.await?.into_iter().flatten().collect();
    Ok((
        [(header::CACHE_CONTROL, "no-store")],
        Json(KeptChoices { choices }),
    ))
}

/// Deletes the reader's votes in the given articles, at most 100.
///
/// The response has the counts of those articles in which there was a vote. Each article counts as a request for the
/// rate limits, also if it is repeated.
#[utoipa::path(
    delete,
    path = "/v1/sites/{site}/visitor",
    tag = "readers",
    params(SiteFromPath),
    request_body(content = EraseVisitor, description = "As text/plain too, which needs no preflight"),
    responses((status = OK, body = Answer), WriteErrors),
)]
async fn forget(
    State(app): State<App>,
    SiteFromPath(site): SiteFromPath,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<impl IntoResponse, Problem> {
    let (visitor, articles) = charged(&app, &caller, &body)?;
    let day = Window::at((app.now)(), &site.time_zone).day;
    let tallies = app
        .store
        .erase_visitor(&site.id, day, &visitor, &articles)
        .await?;
    let keys: Vec<_> = tallies.iter().map(|tally| tally.article.clone()).collect();
    let counted = app.store.tallies(&site.id, &keys).await?;
    let tallies = tallies
        .into_iter()
        .zip(&counted)
        .map(|(tally, counted)| rules::displayed(tally, &site, counted.poll.as_deref()))
        .collect();
    Ok((
        [(header::CACHE_CONTROL, "no-store")],
        Json(Answer {
            tallies,
            refused: Vec::new(),
        }),
    ))
}

/// The token and the articles of a request, which is charged for each of them.
fn charged(
    app: &App,
    caller: &Caller,
    body: &[u8],
) -> Result<(VisitorToken, Vec<ArticleKey>), Problem> {
    let request: VisitorRequest = serde_json::from_slice(body)
        .map_err(|error| Problem::field("body", format!("The body is wrong: {error}.")))?;
    let visitor = VisitorToken::parse(&request.visitor)
        .map_err(|invalid| Problem::field("visitor", format!("The visitor {invalid}.")))?;
    if request.articles.len() > MAX_ARTICLES {
        let detail = format!("Name at most {MAX_ARTICLES} articles. Send several requests.");
        return Err(Problem::field("articles", detail).with_limit(MAX_ARTICLES));
    }
    let articles = distinct(&request.articles)
        .map_err(|invalid| Problem::field("articles", format!("Each key {invalid}.")))?;

    // The request itself has been charged already. Repeated keys are charged too.
    caller.charge(app, request.articles.len().saturating_sub(1))?;
    Ok((visitor, articles))
}

/// The keys, each once, in the order of the request.
fn distinct(keys: &[String]) -> Result<Vec<ArticleKey>, Invalid> {
    let mut seen = HashSet::new();
    let mut distinct = Vec::new();
    for key in keys {
        let key = article_key(key)?;
        if seen.insert(key.clone()) {
            distinct.push(key);
        }
    }
    Ok(distinct)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_article_that_a_request_repeats_is_forgotten_once() {
        let named = ["b", "a", " b ", "cafe\u{301}", "caf\u{e9}", "a"].map(str::to_owned);
        let keys = distinct(&named).unwrap();
        let keys: Vec<_> = keys.iter().map(ArticleKey::as_str).collect();
        assert_eq!(keys, ["b", "a", "caf\u{e9}"]);
        assert!(distinct(&[String::new()]).is_err());
    }
}
