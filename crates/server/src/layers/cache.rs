//! The response cache's middleware: cache keys, lookup and insertion.

use std::{
    borrow::Cow,
    cmp::Ordering,
    collections::HashMap,
    convert::Infallible,
    future::{Ready, ready},
    net::IpAddr,
    pin::Pin,
    sync::{Arc, LazyLock},
    task::{Context, Poll},
};

use axum::{
    body::{Body, HttpBody},
    extract::Request,
    http::{HeaderMap, Method, StatusCode, Uri, header, request::Parts},
    response::Response,
};
use futures_util::future::Either;
use http_body_util::BodyExt;
use memchr::{memchr, memchr2};
use metrics::Lookup;
use tower::Service;
use url::form_urlencoded;
use utoipa::openapi::{
    OpenApi, PathItem,
    path::{Operation, Parameter, ParameterIn},
};

use super::response_budget::{BudgetedFuture, needs_budget, within_budget};
use crate::{
    cache::{CacheDeps, CachedResponse},
    headers::is_same_origin,
    routes::BudgetAddress,
    state::App,
};

/// Query parameters of each route, by the last part of its path, sorted; from the OpenAPI document.
pub(crate) struct QueryParameters(HashMap<String, Vec<String>>);

impl QueryParameters {
    /// Collects the parameters from the document.
    pub(crate) fn of(document: &OpenApi) -> Self {
        let names = |operation: &Operation| {
            let of_query = |parameter: &&Parameter| parameter.parameter_in == ParameterIn::Query;
            let mut names: Vec<_> = operation
                .parameters
                .iter()
                .flatten()
                .filter(of_query)
                .map(|parameter| parameter.name.clone())
                .collect();
            names.sort_unstable();
            names
        };
        let route = |(path, item): (&String, &PathItem)| {
            let route = path.rsplit('/').next()?.to_owned();
            Some((route, item.get.as_ref().map(names)?))
        };
        Self(document.paths.paths.iter().filter_map(route).collect())
    }
}

/// Cache key: the path, and those parameters that the route has, sorted by name. Unknown parameters have no effect on
/// the response, and would let anybody fill the cache with copies. If the page's origin is a parameter, the key also
/// contains whether the request is same-origin, which affects the check of the origin. For a route that is not in the
/// document, path and query.
fn cache_key<'a>(
    address: &'a Uri,
    headers: &HeaderMap,
    parameters: &LazyLock<QueryParameters>,
) -> Cow<'a, str> {
    let Some((whole, query)) = address
        .path_and_query()
        .and_then(|whole| Some((whole, whole.query()?)))
    else {
        return address.path().into();
    };
    let route = whole.path().rsplit('/').next().unwrap_or_default();
    let Some(known) = parameters.0.get(route) else {
        return whole.as_str().into();
    };
    let takes_origin = known.iter().any(|known| known == ORIGIN);
    let is_same = takes_origin && is_same_origin(headers) && has_origin(query);
    let takes_list = route == LIST_ROUTE;
    if !is_same && is_canonical(query.as_bytes(), known, takes_list) {
        return whole.as_str().into();
    }
    let same = if is_same { " same" } else { "" };
    let canonical = canonical(query, known, takes_list);
    format!("{}?{canonical}{same}", whole.path()).into()
}

/// The routes of a site whose responses are cached.
const CACHED_ROUTES: [&str; 6] = [
    "view",
    "tallies",
    "widget.html",
    "badge.svg",
    "top.json",
    "top.atom",
];

/// Whether it is the path of such a route: `/v1/sites/…/view`.
fn is_cached_route(path: &str) -> bool {
    let mut parts = path.split('/').skip(SITE_PATH_PARTS);
    let route = parts.next();
    parts.next().is_none() && route.is_some_and(|route| CACHED_ROUTES.contains(&route))
}

/// Number of parts of `/v1/sites/…/`.
const SITE_PATH_PARTS: usize = 4;

/// Where the paths of routes for programs begin.
const API_PATH: &str = "/v1/";

/// The query parameter with the page's origin.
pub(super) const ORIGIN: &str = "origin";

/// The only route that uses all values of a repeated parameter; elsewhere the first counts.
const LIST_ROUTE: &str = "tallies";

/// Whether the query equals its [`canonical`] form. Allocates nothing: nearly every request's query does.
fn is_canonical(query: &[u8], known: &[String], takes_list: bool) -> bool {
    let (mut rest, mut previous) = (query, &b""[..]);
    loop {
        let end = memchr2(b'=', b'&', rest).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        // A name that equals a known one is not percent-encoded.
        let is_known = || known.iter().any(|known| known.as_bytes() == name);
        let is_in_place = match name.cmp(previous) {
            Ordering::Greater => is_known(),
            Ordering::Equal => takes_list,
            Ordering::Less => false,
        };
        if name.is_empty() || !is_in_place {
            return false;
        }
        previous = name;
        match memchr(b'&', after) {
            Some(next) => rest = &after[next + 1..],
            None => return true,
        }
    }
}

/// The parameters of the query that are known and have an effect, sorted by name.
fn canonical(query: &str, known: &[String], takes_list: bool) -> String {
    let named = |pair| (name_of(pair), pair);
    let is_known = |(name, _): &(Cow<'_, str>, &str)| {
        known
            .binary_search_by(|known| known.as_str().cmp(name))
            .is_ok()
    };
    let mut pairs: Vec<_> = query.split('&').map(named).filter(is_known).collect();
    // A stable sort: `tallies` answers in the order of its article parameters.
    pairs.sort_by(|(one, _), (next, _)| one.cmp(next));
    if !takes_list {
        pairs.dedup_by(|(repeated, _), (first, _)| repeated == first);
    }
    pairs
        .into_iter()
        .map(|(_, pair)| pair)
        .collect::<Vec<_>>()
        .join("&")
}

/// Whether the route finds a page's origin in the query.
fn has_origin(query: &str) -> bool {
    let mut names = query.split('&').map(name_of);
    names.any(|name| name == ORIGIN)
}

/// The name of a parameter, as the route decodes it.
fn name_of(pair: &str) -> Cow<'_, str> {
    decoded(pair.split('=').next().unwrap_or_default())
}

/// A parameter's name, as the route decodes it.
fn decoded(name: &str) -> Cow<'_, str> {
    match name.contains(['%', '+']) {
        true => form_urlencoded::parse(name.as_bytes())
            .next()
            .map_or(Cow::Borrowed(""), |(name, _)| name),
        false => name.into(),
    }
}

/// Middleware that answers from the cache before routing.
#[derive(Clone)]
pub struct CacheService<S> {
    app: App,
    parameters: &'static LazyLock<QueryParameters>,
    inner: S,
}

impl<S> CacheService<S> {
    /// Wraps these routes.
    pub(crate) fn new(app: App, parameters: &'static LazyLock<QueryParameters>, inner: S) -> Self {
        Self {
            app,
            parameters,
            inner,
        }
    }
}

type CacheFuture<F> =
    Either<Ready<Result<Response, Infallible>>, Either<BudgetedFuture<F>, InsertFuture>>;

type InsertFuture = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

impl<S> Service<Request> for CacheService<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = CacheFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        // The widget's files are in the binary: they are not cached, and take no memory.
        if !request.uri().path().starts_with(API_PATH) {
            let answering = self.inner.call(request);
            return Either::Right(Either::Left(BudgetedFuture::exempt(answering)));
        }
        let (mut parts, body) = request.into_parts();
        let is_head = parts.method == Method::HEAD;
        let mut missed = None;
        if is_head || parts.method == Method::GET {
            let key = cache_key(&parts.uri, &parts.headers, self.parameters);
            if let Some(cached) = cached_response(&self.app, &key) {
                self.app.metrics.cache_lookups.add(Lookup::Hit);
                if !is_head && cached.pending_coding(&parts.headers).is_some() {
                    let answering = compressed_hit(self.app.clone(), cached, parts);
                    return Either::Right(Either::Right(Box::pin(answering)));
                }
                let response = if is_head {
                    without_body(cached.response(&parts.headers))
                } else {
                    hit(&self.app, &cached, &mut parts)
                };
                return Either::Left(ready(Ok(response)));
            }
            let is_cached = is_cached_route(parts.uri.path());
            missed = Some(Box::<str>::from(key)).filter(|_| is_cached || !is_head);
        }
        let app = self.app.clone();
        let BudgetAddress(client) = BudgetAddress::of(&mut parts.extensions, &parts.headers, &app);
        let request_headers = missed.is_some().then(|| parts.headers.clone());
        if missed.is_some() && is_cached_route(parts.uri.path()) {
            // The route makes the whole response, so that it is cached whatever is asked first.
            parts.method = Method::GET;
            parts.headers.remove(header::IF_NONE_MATCH);
        }
        let answering = self.inner.call(Request::from_parts(parts, body));
        let (Some(key), Some(request_headers)) = (missed, request_headers) else {
            return Either::Right(Either::Left(BudgetedFuture::new(answering, app, client)));
        };
        Either::Right(Either::Right(Box::pin(async move {
            let response = answering.await?;
            let response = insert(&app, client, key, &request_headers, response).await;
            let response = match is_head {
                true => without_body(response),
                false => response,
            };
            Ok(within_budget(&app, client, response))
        })))
    }
}

/// The cached response under that key, if it is still valid.
pub(super) fn cached_response(app: &App, key: &str) -> Option<Arc<CachedResponse>> {
    let cached = app.cache.get(key)?;
    cached
        .is_valid(&app.config, &*app.store, (app.now)())
        .then_some(cached)
}

/// The response to a GET request with these parts.
fn hit(app: &App, cached: &Arc<CachedResponse>, parts: &mut Parts) -> Response {
    let response = cached.response(&parts.headers);
    if !needs_budget(app, &response) {
        return response;
    }
    let BudgetAddress(client) = BudgetAddress::of(&mut parts.extensions, &parts.headers, app);
    within_budget(app, client, response)
}

/// The response to a GET request with these parts, after its compression. If there is no place in the queue, it is
/// uncompressed; the next request tries again.
async fn compressed_hit(
    app: App,
    cached: Arc<CachedResponse>,
    mut parts: Parts,
) -> Result<Response, Infallible> {
    let BudgetAddress(client) = BudgetAddress::of(&mut parts.extensions, &parts.headers, &app);
    if let Some(coding) = cached.pending_coding(&parts.headers) {
        let compressing = Arc::clone(&cached);
        let compress = move || compressing.compress(coding);
        app.compression_queue.run(client, compress).await;
    }
    let response = cached.response(&parts.headers);
    Ok(within_budget(&app, client, response))
}

/// The response to a HEAD request for what a GET request would get.
fn without_body(mut response: Response) -> Response {
    if let Some(length) = response.body().size_hint().exact()
        && response.status() != StatusCode::NOT_MODIFIED
    {
        response
            .headers_mut()
            .insert(header::CONTENT_LENGTH, length.into());
    }
    *response.body_mut() = Body::empty();
    response
}

/// Caches the response, if its route has added [`CacheDeps`]. `client`: the address that requested it;
/// `request_headers`: headers of the request.
async fn insert(
    app: &App,
    client: Option<IpAddr>,
    key: Box<str>,
    request_headers: &HeaderMap,
    response: Response,
) -> Response {
    let (mut parts, body) = response.into_parts();
    let Some(deps) = parts.extensions.remove::<CacheDeps>() else {
        return Response::from_parts(parts, body);
    };
    app.metrics.cache_lookups.add(Lookup::Miss);
    if parts.status != StatusCode::OK {
        return Response::from_parts(parts, body);
    }
    // The body is in memory, so this neither waits nor fails.
    let Ok(body) = body
        .collect()
        .await
        .map(http_body_util::Collected::to_bytes)
    else {
        return Response::from_parts(parts, Body::empty());
    };
    app.cache
        .insert(
            &app.compression_queue,
            (client, request_headers),
            key,
            (deps, parts.headers, body),
        )
        .await
        .response(request_headers)
}

#[cfg(test)]
mod tests;
