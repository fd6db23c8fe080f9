use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use axum::{extract::Request, response::Response};
use metrics::{Metrics, Route};
use pin_project_lite::pin_project;
use tower::{Layer, Service};

/// Middleware that counts responses by route and status, without a lock or an allocation.
#[derive(Clone)]
pub(crate) struct RequestLayer(pub(crate) Arc<Metrics>);

impl<S> Layer<S> for RequestLayer {
    type Service = RequestCounter<S>;

    fn layer(&self, inner: S) -> RequestCounter<S> {
        RequestCounter {
            inner,
            metrics: Arc::clone(&self.0),
        }
    }
}

/// The service of [`RequestLayer`].
#[derive(Clone)]
pub struct RequestCounter<S> {
    inner: S,
    metrics: Arc<Metrics>,
}

impl<S: Service<Request, Response = Response>> Service<Request> for RequestCounter<S> {
    type Response = Response;
    type Error = S::Error;
    type Future = CountedFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let route = Route::of(request.uri().path());
        CountedFuture {
            response: self.inner.call(request),
            route,
            metrics: Arc::clone(&self.metrics),
        }
    }
}

pin_project! {
    /// A response in progress.
    pub struct CountedFuture<F> {
        #[pin]
        response: F,
        route: Route,
        metrics: Arc<Metrics>,
    }
}

impl<F: Future<Output = Result<Response, E>>, E> Future for CountedFuture<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let response = ready!(this.response.poll(context));
        if let Ok(response) = &response {
            this.metrics
                .requests
                .add_pair(*this.route, response.status().into(), 1);
        }
        Poll::Ready(response)
    }
}
