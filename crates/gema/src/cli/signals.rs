//! What the system tells a running gema. It is heard from the moment that these return, not only once they are awaited.

use std::{future::Future, io};

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// SIGTERM or Ctrl-C.
///
/// # Errors
/// If the system lets nobody hear them.
#[cfg(unix)]
pub(super) fn stop() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    let (mut interrupted, mut terminated) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    })
}

/// Each SIGHUP.
///
/// # Errors
/// If the system lets nobody hear them.
#[cfg(unix)]
pub(super) fn hangups() -> io::Result<Signal> {
    signal(SignalKind::hangup())
}

/// Ctrl-C.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub(super) fn stop() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    Ok(async { drop(tokio::signal::ctrl_c().await) })
}
