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

use crate::write_block::check_store_open;
use crate::{problem::Problem, routes::clients::writes_by_get, state::App};

/// Operations that are allowed during a migration, because they change no counts.
const ALLOWED_DURING_MIGRATION: [&str; 3] = ["/admin/backup", "/admin/migrate", "/admin/reload"];

/// Admits requests that change nothing, and others unless writes are blocked.
#[derive(Clone)]
pub(crate) struct WriteBlockLayer(pub(crate) App);

impl<S> Layer<S> for WriteBlockLayer {
    type Service = WriteBlockService<S>;

    fn layer(&self, inner: S) -> WriteBlockService<S> {
        WriteBlockService {
            inner,
            app: self.0.clone(),
        }
    }
}

/// See [`WriteBlockLayer`].
#[derive(Clone)]
pub(crate) struct WriteBlockService<S> {
    inner: S,
    app: App,
}

type HandleFuture = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

impl<S> Service<Request> for WriteBlockService<S>
where
    S: Service<Request, Response = Response, Error = Infallible, Future: Send + 'static>,
    S: Clone + Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Either<S::Future, HandleFuture>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let reads = matches!(
            *request.method(),
            Method::GET | Method::HEAD | Method::OPTIONS
        ) && !writes_by_get(request.uri().path());
        if reads || ALLOWED_DURING_MIGRATION.contains(&request.uri().path()) {
            return Either::Left(self.inner.call(request));
        }
        // Take the service that `poll_ready` was called on; its clone is polled before the next call.
        let clone = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, clone);
        let app = self.app.clone();
        Either::Right(Box::pin(async move {
            let answering = async {
                let Ok(response) = inner.call(request).await;
                let status = response.status();
                let failed = status.is_client_error() || status.is_server_error();
                if failed { Err(response) } else { Ok(response) }
            };
            Ok(match complete_write(&app, answering).await {
                Ok(Ok(response) | Err(response)) => response,
                Err(problem) => problem.into_response(),
            })
        }))
    }
}

/// Completes a request that writes, unless writes are blocked.
pub(super) async fn complete_write<T, E>(
    app: &App,
    answering: impl Future<Output = Result<T, E>>,
) -> Result<Result<T, E>, Problem> {
    let _writing = app.write_block.begin_write()?;
    check_store_open(&*app.store).await?;
    let answered = answering.await;
    // Do not acknowledge a write that may have missed the copy: an error makes the client retry.
    if answered.is_ok() && !app.store.can_acknowledge() {
        app.store.refresh_write_block().await?;
    }
    Ok(answered)
}
