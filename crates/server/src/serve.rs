//! HTTP connections, with a limit on their number and a timeout in each phase. Independent of the routes.

/// Streaming responses without an end.
mod endless;
/// Framing of such a response.
mod framing;
/// TCP ports and unix sockets.
mod listener;
/// Phase timeouts of a connection.
mod pulse;

use std::{
    convert::Infallible,
    future::Future,
    io,
    net::{IpAddr, SocketAddr},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use axum::{body::Body, extract::ConnectInfo, extract::Request, response::Response};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};
use tower::Service;

use crate::{proxy::Peer, room::Room};
pub(crate) use endless::Endless;
use endless::{Handover, pour};
use framing::Framing;
pub use listener::Listener;
use listener::Stream;
use pulse::{Pulse, Pulsing};
use visitor::network;

/// How long open connections may take to finish after a shutdown starts.
const GRACE: Duration = Duration::from_secs(10);

/// Delay before the next accept when file descriptors are exhausted.
const BREATH: Duration = Duration::from_millis(50);

/// Maximum length of a request's head; longer ones get status 431.
const MAX_HEAD_BYTES: usize = 32 * 1024;

/// A service that answers any request.
pub(crate) trait Routes:
    Service<Request, Response = Response, Error = Infallible, Future: Send + 'static> + Clone + Send + Sync + 'static
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
    routes: R,
    room: Room,
    is_proxy: impl Fn(IpAddr) -> bool,
    shutdown: impl Future<Output = ()>,
) {
    let room = Arc::new(room);
    let (stop, stopped) = watch::channel(());
    let accepting = async {
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => {
                    // At the connection limit, close without a response.
                    let address = peer.map(|peer| peer.ip().to_canonical()).filter(|address| !is_proxy(*address));
                    let network = address.map(network);
                    let Some(place) = Room::take(&room, network) else { continue };
                    let serving = connection(stream, peer, routes.clone(), stopped.clone());
                    let held = (place, stopped.clone());
                    tokio::spawn(async move {
                        if let Some((stream, answer)) = serving.await {
                            // A separate task: it is a fraction of the size of one with hyper's state.
                            tokio::spawn(async move {
                                pour(stream, answer).await;
                                drop(held);
                            });
                        }
                    });
                }
                Err(error) if is_the_peers(&error) => {}
                Err(error) => {
                    tracing::error!(%error, "no connection can be taken: raise the limit of open files (LimitNOFILE)");
                    tokio::time::sleep(BREATH).await;
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
    let _ = tokio::time::timeout(GRACE, stop.closed()).await;
}

/// Whether the peer closed the connection before it was accepted.
fn is_the_peers(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Serves requests until either side closes; or until a response has no end, which is returned with the stream.
async fn connection(
    stream: Stream,
    peer: Option<SocketAddr>,
    routes: impl Routes,
    mut stopped: watch::Receiver<()>,
) -> Option<(Stream, (Response, Framing))> {
    let pulse = Arc::new(Pulse::new());
    let handover = Arc::new(Handover::default());
    let answer = |request: axum::http::Request<Incoming>| {
        pulse.answering();
        let framing = Framing::of(&request);
        let mut request: Request = request.map(Body::new);
        match peer {
            Some(peer) => drop(request.extensions_mut().insert(ConnectInfo(peer))),
            None => drop(request.extensions_mut().insert(Peer::Unix)),
        }
        let (answering, pulse, handover) = (routes.clone().call(request), Arc::clone(&pulse), Arc::clone(&handover));
        async move {
            let answer = answering.await;
            pulse.idle();
            match answer {
                Ok(answer) if answer.extensions().get::<Endless>().is_some() => {
                    handover.give(answer, framing);
                    std::future::pending().await
                }
                answer => answer,
            }
        }
    };
    let stream = Pulsing::new(stream, Arc::clone(&pulse));
    let mut http = http1::Builder::new();
    let mut serving = http.max_buf_size(MAX_HEAD_BYTES).serve_connection(stream, service_fn(answer));
    let mut alarm = pin!(sleep_until(pulse.deadline()));
    let mut stopping = false;
    loop {
        tokio::select! {
            biased;
            // Ignore errors: the peer disconnected, or sent invalid HTTP and was told so.
            _ = &mut serving => return None,
            answer = handover.taken() => return Some((serving.into_parts().io.into_inner(), answer)),
            () = alarm.as_mut() => match pulse.deadline() {
                later if later > Instant::now() => alarm.as_mut().reset(later),
                _ => return None,
            },
            _ = stopped.changed(), if !stopping => {
                stopping = true;
                std::pin::Pin::new(&mut serving).graceful_shutdown();
            }
        }
    }
}
