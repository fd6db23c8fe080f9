use std::{
    io,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use axum::{
    http::{HeaderValue, header, response::Parts},
    response::Response,
};
use futures_util::StreamExt;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::Notify,
    time::timeout,
};

/// How long a piece may take to go: there is hardly ever more than a line.
const PATIENCE: Duration = Duration::from_secs(30);

/// Marks an answer that goes on for as long as its reader listens. Put into its extensions by its route.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Endless;

/// Such an answer, on its way from the routes to the one who has the connection.
#[derive(Debug, Default)]
pub(super) struct Handover {
    answer: Mutex<Option<Response>>,
    given: Notify,
}

impl Handover {
    /// Gives the answer, whose connection is not used for anything else from now on.
    pub(super) fn give(&self, answer: Response) {
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
        self.given.notify_one();
    }

    /// Waits for one.
    pub(super) async fn taken(&self) -> Response {
        loop {
            self.given.notified().await;
            if let Some(answer) = self.answer.lock().unwrap_or_else(PoisonError::into_inner).take() {
                return answer;
            }
        }
    }
}

/// Writes an answer until it ends or its reader goes. Whoever writes HTTP keeps 16 KB of buffers for each connection, which is
/// most of what one takes that has a line to say now and then: this keeps none. The end of the connection is the end of the body.
pub(super) async fn pour(mut stream: TcpStream, answer: Response) {
    let (mut parts, body) = answer.into_parts();
    parts.headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    if write(&mut stream, &head(&parts)).await.is_err() {
        return;
    }
    drop(parts);
    let mut body = body.into_data_stream();
    let mut silence = [0; 1];
    loop {
        tokio::select! {
            piece = body.next() => {
                let Some(Ok(piece)) = piece else { return };
                if write(&mut stream, &piece).await.is_err() {
                    return;
                }
            }
            // Who listens says nothing more. If something comes, it is the end.
            _ = stream.read(&mut silence) => return,
        }
    }
}

async fn write(stream: &mut TcpStream, bytes: &[u8]) -> io::Result<()> {
    timeout(PATIENCE, stream.write_all(bytes)).await?
}

fn head(parts: &Parts) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {}\r\n", parts.status).into_bytes();
    for (name, value) in &parts.headers {
        head.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    head.extend(b"\r\n");
    head
}
