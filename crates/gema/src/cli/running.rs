use std::time::Duration;

use anyhow::Context;
#[cfg(unix)]
use anyhow::bail;
use axum::{
    body::Body,
    http::{Method, Request},
    response::Response,
};
use serde_json::Value;

use super::answer::{Answer, answer, request};

/// How long a running endpoint may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The process that serves.
#[cfg(unix)]
pub(super) struct Running(tokio::net::UnixStream);

#[cfg(unix)]
impl Running {
    /// The one that has this database, if any does.
    pub(super) async fn beside(database: &str) -> anyhow::Result<Option<Self>> {
        use std::io::ErrorKind;
        let Some(file) = store::file(database) else { return Ok(None) };
        let path = server::socket::path(file);
        match server::socket::connect(file).await {
            Ok(stream) => Ok(Some(Self(stream))),
            // Nobody serves, or somebody was killed and has left it behind.
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => Ok(None),
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                bail!("{} belongs to another user: run this as the one who runs gema", path.display())
            }
            // A path too long for a socket, on which then nobody listens either.
            Err(error) if error.kind() == ErrorKind::InvalidInput => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot ask the gema at {}", path.display())),
        }
    }

    /// Its answer as it comes.
    pub(super) async fn response(self, request: Request<Body>) -> anyhow::Result<Response> {
        let io = hyper_util::rt::TokioIo::new(self.0);
        let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await?;
        // It ends with the answer's body.
        tokio::spawn(connection);
        let response = sender.send_request(request).await.context("the running gema hung up: see its log")?;
        Ok(response.map(Body::new))
    }
}

/// Nobody can be: there is no socket on this system.
#[cfg(not(unix))]
pub(super) enum Running {}

#[cfg(not(unix))]
impl Running {
    pub(super) async fn beside(_database: &str) -> anyhow::Result<Option<Self>> {
        Ok(None)
    }

    pub(super) async fn response(self, _request: Request<Body>) -> anyhow::Result<Response> {
        match self {}
    }
}

impl Running {
    /// Asks it, with JSON.
    pub(super) async fn ask(self, method: Method, uri: &str, body: Value) -> anyhow::Result<Answer> {
        self.answer_soon(request(method, uri, body.to_string())?).await
    }

    pub(super) async fn answer(self, request: Request<Body>) -> anyhow::Result<Answer> {
        answer(self.response(request).await?).await
    }

    pub(super) async fn answer_soon(self, request: Request<Body>) -> anyhow::Result<Answer> {
        let answer = tokio::time::timeout(PATIENCE, self.answer(request)).await;
        answer.context("the running gema does not answer: see its log")?
    }
}
