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
    sync::Notify,
    time::timeout,
};

use super::{framing::Framing, listener::Stream};

/// Timeout of a write, which is hardly ever more than a line.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);

/// Marks a response that does not end until the reader disconnects. Added to the response's extensions by its route.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StreamingResponse;

/// Passes such a response from the routes to the owner of the connection.
#[derive(Debug, Default)]
pub(super) struct Handoff {
    answer: Mutex<Option<(Response, Framing)>>,
    ready: Notify,
}

impl Handoff {
    /// Passes the response. The connection serves no further requests.
    pub(super) fn hand_off(&self, answer: Response, framing: Framing) {
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = Some((answer, framing));
        self.ready.notify_one();
    }

    /// Waits for a response.
    pub(super) async fn receive(&self) -> (Response, Framing) {
        loop {
            self.ready.notified().await;
            if let Some(answer) = self
                .answer
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take()
            {
                return answer;
            }
        }
    }
}

/// Streams the answer until its body ends or the reader disconnects, then closes the connection. Bypasses hyper, whose 16 KB of
/// buffers would be most of the memory of a connection that has a line to send now and then.
pub(super) async fn write_stream(mut stream: Stream, (answer, framing): (Response, Framing)) {
    let (mut parts, body) = answer.into_parts();
    parts
        .headers
        .insert(header::CONNECTION, HeaderValue::from_static("close"));
    if framing == Framing::Chunked {
        parts.headers.insert(
            header::TRANSFER_ENCODING,
            HeaderValue::from_static("chunked"),
        );
    }
    if write(&mut stream, &head(&parts)).await.is_err() || framing == Framing::HeadOnly {
        return;
    }
    drop(parts);
    let mut body = body.into_data_stream();
    let mut unexpected = [0; 1];
    loop {
        tokio::select! {
            piece = body.next() => {
                let Some(Ok(piece)) = piece else { break };
                if write(&mut stream, &framing.piece(&piece)).await.is_err() {
                    return;
                }
            }
            // A reader who listens sends nothing more: a readable stream means that the connection is over.
            _ = stream.read(&mut unexpected) => return,
        }
    }
    // Ignore errors: the reader may have disconnected.
    let _ = write(&mut stream, framing.end()).await;
}

async fn write(stream: &mut Stream, bytes: &[u8]) -> io::Result<()> {
    timeout(WRITE_TIMEOUT, stream.write_all(bytes)).await?
}

fn head(parts: &Parts) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {}\r\n", parts.status).into_bytes();
    for (name, value) in &parts.headers {
        head.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    head.extend(b"\r\n");
    head
}
