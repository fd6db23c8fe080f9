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

use super::response::{Answer, answer, request};

/// Timeout of short requests.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// A connection to the running endpoint.
#[cfg(unix)]
pub(super) struct SocketClient(tokio::net::UnixStream);

#[cfg(unix)]
impl SocketClient {
    /// Connects to the endpoint that has this database; `None` if none is running.
    pub(super) async fn connect(database: &str) -> anyhow::Result<Option<Self>> {
        use std::io::ErrorKind;
        let Some(file) = store::file_path(database) else {
            return Ok(None);
        };
        let path = server::socket::path(file);
        match server::socket::connect(file).await {
            Ok(stream) => Ok(Some(Self(stream))),
            // No endpoint is running, or a killed one has left its socket.
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::NotFound | ErrorKind::ConnectionRefused
                ) =>
            {
                Ok(None)
            }
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                bail!(
                    "{} belongs to another user: run this as the one who runs gema",
                    path.display()
                )
            }
            // The path is too long for a socket, so no endpoint can be listening on it.
            Err(error) if error.kind() == ErrorKind::InvalidInput => Ok(None),
            Err(error) => {
                Err(error).with_context(|| format!("cannot ask the gema at {}", path.display()))
            }
        }
    }

    /// Sends a request, and streams the response.
    pub(super) async fn response(self, request: Request<Body>) -> anyhow::Result<Response> {
        let io = hyper_util::rt::TokioIo::new(self.0);
        let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await?;
        // The task ends with the response's body.
        tokio::spawn(connection);
        let response = sender
            .send_request(request)
            .await
            .context("the running gema closed the connection: see its log")?;
        Ok(response.map(Body::new))
    }
}

/// This system has no unix sockets.
#[cfg(not(unix))]
pub(super) enum SocketClient {}

#[cfg(not(unix))]
impl SocketClient {
    pub(super) async fn connect(_database: &str) -> anyhow::Result<Option<Self>> {
        Ok(None)
    }

    pub(super) async fn response(self, _request: Request<Body>) -> anyhow::Result<Response> {
        match self {}
    }
}

impl SocketClient {
    /// Sends a request with JSON.
    pub(super) async fn ask(
        self,
        method: Method,
        uri: &str,
        body: Value,
    ) -> anyhow::Result<Answer> {
        self.answer_within_timeout(request(method, uri, body.to_string())?)
            .await
    }

    pub(super) async fn answer(self, request: Request<Body>) -> anyhow::Result<Answer> {
        answer(self.response(request).await?).await
    }

    pub(super) async fn answer_within_timeout(
        self,
        request: Request<Body>,
    ) -> anyhow::Result<Answer> {
        let answer = tokio::time::timeout(REQUEST_TIMEOUT, self.answer(request)).await;
        answer.context("the running gema does not answer: see its log")?
    }
}
