use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    extract::Request,
    http::Method,
    response::{IntoResponse, Response},
};
use futures_util::future::Either;
use tower::{Layer, Service};

use crate::intake::is_open;
use crate::{problem::Problem, state::App};

/// Operations that are allowed during a migration, because they change no counts.
const MEANWHILE: [&str; 3] = ["/admin/backup", "/admin/migrate", "/admin/reload"];

/// Admits requests that change nothing, and others unless writes are blocked.
#[derive(Clone)]
pub(crate) struct Guard(pub(crate) App);

impl<S> Layer<S> for Guard {
    type Service = Guarded<S>;

    fn layer(&self, inner: S) -> Guarded<S> {
        Guarded { inner, app: self.0.clone() }
    }
}

/// See [`Guard`].
#[derive(Clone)]
pub(crate) struct Guarded<S> {
    inner: S,
    app: App,
}

type Judged = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

impl<S> Service<Request> for Guarded<S>
where
    S: Service<Request, Response = Response, Error = Infallible, Future: Send + 'static>,
    S: Clone + Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Either<S::Future, Judged>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
        if reads || MEANWHILE.contains(&request.uri().path()) {
            return Either::Left(self.inner.call(request));
        }
        // Take the service that `poll_ready` was called on; its clone is polled before the next call.
        let clone = self.inner.clone();
        let (inner, app) = (std::mem::replace(&mut self.inner, clone), self.app.clone());
        Either::Right(Box::pin(async move {
            Ok(judged(inner, &app, request).await.unwrap_or_else(IntoResponse::into_response))
        }))
    }
}

async fn judged<S>(mut routes: S, app: &App, request: Request) -> Result<Response, Problem>
where
    S: Service<Request, Response = Response, Error = Infallible>,
{
    let _writing = app.intake.begin()?;
    is_open(&*app.store).await?;
    let Ok(response) = routes.call(request).await;
    // Do not acknowledge a write that may have missed the copy: an error makes the client retry.
    let is_done = !response.status().is_client_error() && !response.status().is_server_error();
    if is_done && !app.store.can_acknowledge() {
        app.store.refresh_write_block().await?;
    }
    Ok(response)
}
