//! Response cache for responses that are the same for every reader, valid until their data changes: a hit costs a
//! comparison of a few numbers. Bounded in bytes. A response is cacheable if its route adds a [`Basis`].

/// Compression.
mod coding;
/// A cached response.
mod kept;

use std::{
    borrow::Cow,
    collections::HashMap,
    convert::Infallible,
    future::{Ready, ready},
    pin::Pin,
    sync::{Arc, LazyLock},
    task::{Context, Poll},
};

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, Method, StatusCode, Uri},
    response::Response,
};
use futures_util::future::Either;
use http_body_util::BodyExt;
use jiff::Timestamp;
use quick_cache::{Weighter, sync};
use tower::Service;
use url::form_urlencoded;
use utoipa::openapi::{
    PathItem,
    path::{Operation, Parameter, ParameterIn},
};
use wire::ArticleKey;

use crate::{
    app::{App, openapi},
    config::Site,
    metrics::Lookup,
    routes::is_same_origin,
    store::Edition,
    work_queue::WorkQueue,
};
use kept::Kept;

/// What a response depends on: it is valid while all of this is unchanged. Added to the response's extensions by its
/// route.
#[derive(Clone, Debug)]
pub(crate) struct Basis {
    /// The site's configuration.
    pub(crate) site: Arc<Site>,
    /// The articles, with the versions of their counts.
    pub(crate) articles: Vec<(ArticleKey, Edition)>,
    /// End of the day on which it was made.
    pub(crate) until: Timestamp,
}

/// The cached responses, by path and query.
pub struct Cache {
    kept: Arc<sync::Cache<Box<str>, Arc<Kept>, Bytesize>>,
}

#[derive(Clone)]
struct Bytesize;

/// Estimated size of a response besides body, address and keys, in bytes; mostly headers.
const OVERHEAD: u64 = 1024;

impl Weighter<Box<str>, Arc<Kept>> for Bytesize {
    fn weight(&self, address: &Box<str>, kept: &Arc<Kept>) -> u64 {
        let keys: usize =
            kept.basis.articles.iter().map(|(key, _)| key.as_str().len() + size_of::<Edition>() + 32).sum();
        (address.len() + keys + kept.bytes()) as u64 + OVERHEAD
    }
}

impl Cache {
    /// `bytes`: capacity.
    pub fn new(bytes: u64) -> Self {
        // The expected number of entries only determines the initial table size.
        Self { kept: Arc::new(sync::Cache::with_weighter(64, bytes, Bytesize)) }
    }

    /// Approximate size of the cached responses, in bytes.
    pub fn bytes(&self) -> u64 {
        self.kept.weight()
    }

    fn answer(&self, app: &App, request: &Request) -> Option<Response> {
        let kept = self.kept.get(&*name(request.uri(), request.headers()))?;
        if !kept.stands(app) {
            return None;
        }
        app.metrics.lookups.add(Lookup::Hit);
        if kept.is_unpacked() {
            let (app, kept) = (app.clone(), Arc::clone(&kept));
            tokio::spawn(async move { app.packing.run(move || kept.pack()).await });
        }
        Some(kept.response(request.headers()))
    }

    /// Caches the response, if it has a basis. `asked`: headers of the request.
    async fn keep(&self, app: &App, address: Box<str>, asked: &HeaderMap, response: Response) -> Response {
        let (mut parts, body) = response.into_parts();
        let Some(basis) = parts.extensions.remove::<Basis>() else { return Response::from_parts(parts, body) };
        app.metrics.lookups.add(Lookup::Miss);
        if parts.status != StatusCode::OK {
            return Response::from_parts(parts, body);
        }
        // The body is in memory, so this neither waits nor fails.
        let Ok(body) = body.collect().await.map(http_body_util::Collected::to_bytes) else {
            return Response::from_parts(parts, Body::empty());
        };
        let kept = Arc::new(Kept::new(basis, parts.headers, body));
        match self.packed(&app.packing, &address, &kept).await {
            Some(packed) => {
                self.kept.insert(address, Arc::clone(&packed));
                packed.response(asked)
            }
            // Cached uncompressed; the next hit compresses it.
            None => {
                self.kept.insert(address, Arc::clone(&kept));
                kept.response(asked)
            }
        }
    }

    /// The response with all compressed forms, if it is large. Concurrent requests for the same response compress it
    /// once. `None`: the queue for such work is full.
    async fn packed(&self, queue: &WorkQueue, address: &str, new: &Arc<Kept>) -> Option<Arc<Kept>> {
        if !new.is_large() {
            return Some(Arc::clone(new));
        }
        let (known, address, new) = (Arc::clone(&self.kept), Box::<str>::from(address), Arc::clone(new));
        let pack = move || match known.get(&*address).filter(|known| known.is_the_same(&new)) {
            Some(packed) => packed,
            None => {
                new.pack();
                // Insert here, so that the next queued request finds it.
                known.insert(address, Arc::clone(&new));
                new
            }
        };
        queue.run(pack).await
    }
}

/// Query parameters of each route, by the last part of its path, sorted; from the OpenAPI document.
static PARAMETERS: LazyLock<HashMap<String, Vec<String>>> = LazyLock::new(|| {
    let names = |operation: &Operation| {
        let of_query = |parameter: &&Parameter| parameter.parameter_in == ParameterIn::Query;
        let mut names: Vec<_> =
            operation.parameters.iter().flatten().filter(of_query).map(|parameter| parameter.name.clone()).collect();
        names.sort_unstable();
        names
    };
    let route = |(path, item): (&String, &PathItem)| {
        let route = path.rsplit('/').next()?.to_owned();
        Some((route, item.get.as_ref().map(names)?))
    };
    openapi().paths.paths.iter().filter_map(route).collect()
});

/// Cache key: the path, and those parameters that the route has, sorted by name. Unknown parameters have no effect on
/// the response, and would let anybody fill the cache with copies. If the page's origin is a parameter, the key also
/// contains whether the request is same-origin, which affects the check of the origin.
fn name<'a>(address: &'a Uri, headers: &HeaderMap) -> Cow<'a, str> {
    let Some((whole, query)) = address.path_and_query().and_then(|whole| Some((whole, whole.query()?))) else {
        return address.path().into();
    };
    let known = whole.path().rsplit('/').next().and_then(|route| PARAMETERS.get(route));
    let named = |pair: &'a str| (decoded(pair.split('=').next().unwrap_or_default()), pair);
    // For a route that is not in the document, keep all parameters.
    let counts = |(name, _): &(Cow<'_, str>, &str)| {
        known.is_none_or(|known| known.binary_search_by(|known| known.as_str().cmp(name)).is_ok())
    };
    let mut pairs: Vec<_> = query.split('&').map(named).collect();
    let is_plain = pairs.is_sorted_by(|(one, _), (next, _)| one <= next) && pairs.iter().all(counts);
    let is_same = query.contains("origin") && is_same_origin(headers);
    if is_plain && !is_same {
        return whole.as_str().into();
    }
    pairs.retain(counts);
    // A stable sort: `tallies` answers in the order of its article parameters.
    pairs.sort_by(|(one, _), (next, _)| one.cmp(next));
    let pairs: Vec<_> = pairs.into_iter().map(|(_, pair)| pair).collect();
    let same = if is_same { " same" } else { "" };
    format!("{}?{}{same}", whole.path(), pairs.join("&")).into()
}

/// A parameter's name, as the route decodes it.
fn decoded(name: &str) -> Cow<'_, str> {
    match name.contains(['%', '+']) {
        true => form_urlencoded::parse(name.as_bytes()).next().map_or(Cow::Borrowed(""), |(name, _)| name),
        false => name.into(),
    }
}

/// Middleware that answers from the cache before routing.
#[derive(Clone)]
pub struct Front<S> {
    app: App,
    inner: S,
}

impl<S> Front<S> {
    /// Wraps these routes.
    pub fn new(app: App, inner: S) -> Self {
        Self { app, inner }
    }
}

type Answered<F> = Either<Ready<Result<Response, Infallible>>, Either<F, Keeping>>;

type Keeping = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

impl<S> Service<Request> for Front<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Answered<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        if request.method() != Method::GET {
            return Either::Right(Either::Left(self.inner.call(request)));
        }
        if let Some(response) = self.app.cache.answer(&self.app, &request) {
            return Either::Left(ready(Ok(response)));
        }
        let app = self.app.clone();
        let address = name(request.uri(), request.headers()).into();
        let asked = request.headers().clone();
        let answering = self.inner.call(request);
        Either::Right(Either::Right(Box::pin(async move {
            Ok(app.cache.keep(&app, address, &asked, answering.await?).await)
        })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(address: &str) -> String {
        name(&address.parse().unwrap(), &HeaderMap::new()).into_owned()
    }

    #[test]
    fn only_parameters_of_the_route_make_another_answer() {
        for (address, same) in [
            ("/v1/sites/a/top.json?days=7&title=1", "/v1/sites/a/top.json?days=7"),
            ("/v1/sites/a/badge.svg?after=1&article=b", "/v1/sites/a/badge.svg?article=b"),
            ("/v1/sites/a/view?article=b&%78=1", "/v1/sites/a/view?article=b"),
            ("/v1/sites/a/view?article=b&+=1", "/v1/sites/a/view?article=b"),
        ] {
            assert_eq!(named(address), same, "{address}");
        }
        for route in ["view", "tallies", "widget.html", "top.json", "top.atom", "badge.svg", "qr.svg"] {
            assert!(PARAMETERS.contains_key(route), "{route}");
        }
    }

    #[test]
    fn the_same_question_is_one_answer_however_it_is_put() {
        let plain = "/v1/sites/a/view?article=b&lang=id";
        for address in [
            plain,
            "/v1/sites/a/view?lang=id&article=b",
            "/v1/sites/a/view?x=1&article=b&lang=id",
            "/v1/sites/a/view?article=b&lang=id&x",
            "/v1/sites/a/view?utm_source=c&lang=id&article=b&&",
        ] {
            assert_eq!(named(address), plain, "{address}");
        }
        assert_eq!(named("/v1/sites/a/view"), "/v1/sites/a/view");
    }

    #[test]
    fn another_question_is_another_answer() {
        let tallies = |query: &str| named(&format!("/v1/sites/a/tallies?{query}"));
        assert_ne!(tallies("article=a&article=b"), tallies("article=b&article=a"));
        assert_ne!(tallies("article=a&%61rticle=b"), tallies("article=a"));
        assert_ne!(tallies("article=a&lang=id"), tallies("article=a&lang=en"));
        let mut own = HeaderMap::new();
        own.insert("sec-fetch-site", "same-origin".parse().unwrap());
        let address = "/w?origin=http%3A%2F%2Fa".parse().unwrap();
        assert_ne!(name(&address, &own), name(&address, &HeaderMap::new()));
    }
}
