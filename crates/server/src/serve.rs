//! HTTP connections, with a limit on their number and a timeout in each phase. Independent of the routes.

/// The `Date` header.
mod date;
/// Responses that are ready when a request is received.
mod early;
/// Heads of responses.
mod encoded_head;
/// Whether hyper holds a part of a request or a response.
mod exchange;
/// Framing of a streaming response: chunked, or until the connection closes.
mod framing;
/// Heads of requests, as they are received.
mod head;
/// TCP ports and unix sockets.
mod listener;
/// Bodies of requests that a route has not read.
mod request_body;
/// Streaming responses without an end.
mod stream;
/// Phase timeouts of a connection.
mod timeout;

use std::{
    convert::Infallible,
    future::{Future, poll_fn},
    io,
    net::{IpAddr, SocketAddr},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use axum::{
    body::HttpBody,
    extract::{ConnectInfo, Request},
    http::Extensions,
    response::Response,
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};
use tower::Service;

use crate::{client_ip::Peer, connection_limit::ConnectionLimiter};
use early::EarlyStream;
pub(crate) use early::{EarlyResponse, EarlyResponses, LaterResponse};
pub(crate) use encoded_head::{encoded_head, is_sent_plainly, with_length};
use exchange::{Exchange, TrackedBody};
use framing::Framing;
pub(crate) use head::{PlainGet, PlainPost};
pub use listener::Listener;
use listener::Stream;
use request_body::SharedBody;
pub(crate) use stream::StreamingResponse;
use stream::{Handoff, write_stream};
use timeout::PhaseTimer;
use visitor::network;

/// How long open connections may take to finish after a shutdown starts.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(10);

/// Delay before the next accept when file descriptors are exhausted.
const ACCEPT_BACKOFF: Duration = Duration::from_millis(50);

/// Maximum length of a request's head; longer ones get status 431.
const MAX_HEAD_BYTES: usize = 32 * 1024;

/// A service that answers any request.
pub(crate) trait Routes:
    Service<Request, Response = Response, Error = Infallible, Future: Send + 'static>
    + Clone
    + Send
    + Sync
    + 'static
{
}

impl<S> Routes for S where
    S: Service<Request, Response = Response, Error = Infallible, Future: Send + 'static>
        + Clone
        + Send
        + Sync
        + 'static
{
}

/// Serves these routes until `shutdown`, then lets requests finish. Connections from a proxy carry many clients, so
/// their address is exempt from the per-network limits.
pub(crate) async fn connections<R: Routes>(
    listener: Listener,
    (routes, early): (R, impl EarlyResponses),
    limiter: ConnectionLimiter,
    is_proxy: impl Fn(IpAddr) -> bool,
    shutdown: impl Future<Output = ()>,
) {
    let limiter = Arc::new(limiter);
    let (stop, stopped) = watch::channel(());
    let accepting = async {
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => {
                    // At the connection limit, close without a response.
                    let address = peer
                        .map(|peer| peer.ip().to_canonical())
                        .filter(|address| !is_proxy(*address));
                    let network = address.map(network);
                    let Some(permit) = ConnectionLimiter::try_acquire(&limiter, network) else {
                        continue;
                    };
                    let answers = (routes.clone(), early.clone());
                    let serving = connection(stream, peer, answers, stopped.clone());
                    let held = (permit, stopped.clone());
                    tokio::spawn(async move {
                        if let Some((stream, answer)) = serving.await {
                            // A separate task: it is a fraction of the size of one with hyper's state.
                            tokio::spawn(async move {
                                write_stream(stream, answer).await;
                                drop(held);
                            });
                        }
                    });
                }
                Err(error) if is_peer_error(&error) => {}
                Err(error) => {
                    tracing::error!(%error, "no connection can be accepted: raise the limit of open files (LimitNOFILE)");
                    tokio::time::sleep(ACCEPT_BACKOFF).await;
                }
            }
        }
    };
    tokio::select! {
        () = accepting => {}
        () = shutdown => {}
    }
    drop((listener, stopped));
    stop.send_replace(());
    // Cut connections that take longer: every acknowledged write is on disk.
    let _ = tokio::time::timeout(SHUTDOWN_TIMEOUT, stop.closed()).await;
}

/// Whether the peer closed the connection before it was accepted.
fn is_peer_error(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    )
}

/// What the parts of a connection share.
#[derive(Debug)]
struct ConnectionState {
    timer: PhaseTimer,
    exchange: Exchange,
    handoff: Handoff,
}

impl ConnectionState {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            timer: PhaseTimer::new(),
            exchange: Exchange::default(),
            handoff: Handoff::default(),
        })
    }
}

/// Notes the peer of a request's connection; `None`: a unix socket.
pub(crate) fn note_peer(extensions: &mut Extensions, peer: Option<SocketAddr>) {
    match peer {
        Some(peer) => drop(extensions.insert(ConnectInfo(peer))),
        None => drop(extensions.insert(Peer::Unix)),
    }
}

/// Serves requests until either side closes; or until a response has no end, which is returned with the stream.
async fn connection(
    stream: Stream,
    peer: Option<SocketAddr>,
    (routes, early): (impl Routes, impl EarlyResponses),
    mut stopped: watch::Receiver<()>,
) -> Option<(Stream, (Response, Framing))> {
    let state = ConnectionState::new();
    let answer = |request: axum::http::Request<Incoming>| {
        state.timer.on_request();
        state
            .exchange
            .on_request(request.body().size_hint().exact());
        let framing = Framing::of(&request);
        let (mut request, body) = SharedBody::of(request);
        note_peer(request.extensions_mut(), peer);
        let answering = routes.clone().call(request);
        let state = Arc::clone(&state);
        async move {
            let Ok(mut answer) = answering.await;
            if let Some(mut body) = body {
                body.finish(&mut answer).await;
            }
            state.timer.on_response();
            if answer.extensions().get::<StreamingResponse>().is_some() {
                state.handoff.hand_off(answer, framing);
                std::future::pending().await
            } else {
                Ok::<_, Infallible>(answer.map(|body| TrackedBody::new(body, state)))
            }
        }
    };
    let stream = EarlyStream::new((stream, peer), Arc::clone(&state), early);
    let mut http = http1::Builder::new();
    let mut serving = http
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(stream, service_fn(answer));
    let mut alarm = pin!(sleep_until(state.timer.deadline()));
    let mut stopping = false;
    loop {
        tokio::select! {
            biased;
            // Ignore errors: the peer disconnected, or sent invalid HTTP and got an error response.
            _ = &mut serving => return None,
            answer = poll_fn(|_| state.handoff.poll_receive()) => return Some((serving.into_parts().io.into_inner(), answer)),
            // The phase may have changed to one with an earlier deadline.
            () = poll_fn(|context| {
                let deadline = state.timer.deadline();
                if deadline < alarm.deadline() {
                    alarm.as_mut().reset(deadline);
                }
                alarm.as_mut().poll(context)
            }) => match state.timer.deadline() {
                later if later > Instant::now() => alarm.as_mut().reset(later),
                _ => return None,
            },
            _ = stopped.changed(), if !stopping => {
                stopping = true;
                state.timer.on_shutdown();
                std::pin::Pin::new(&mut serving).graceful_shutdown();
            }
        }
    }
}

#[cfg(test)]
mod tests;
