use std::{
    io,
    sync::{Mutex, MutexGuard, PoisonError},
    task::Poll,
    time::Duration,
};

use axum::{
    http::{HeaderValue, header, response::Parts},
    response::Response,
};
use futures_util::StreamExt;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::timeout,
};

use super::{framing::Framing, listener::Stream};

/// Timeout of a write, which is hardly ever more than a line.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);

/// Marks a response that does not end until the reader disconnects. Added to the response's extensions by its route.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StreamingResponse;

/// Passes such a response from the routes to the owner of the connection, which polls both in one task.
#[derive(Debug, Default)]
pub(super) struct Handoff(Mutex<Option<(Response, Framing)>>);

impl Handoff {
    /// Passes the response. The connection serves no further requests.
    pub(super) fn hand_off(&self, answer: Response, framing: Framing) {
        *self.answer() = Some((answer, framing));
    }

    /// The response, if it was passed when the connection was last polled. Wakes nobody: poll the connection first.
    pub(super) fn poll_receive(&self) -> Poll<(Response, Framing)> {
        self.answer().take().map_or(Poll::Pending, Poll::Ready)
    }

    fn answer(&self) -> MutexGuard<'_, Option<(Response, Framing)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
