//! Signals. Handlers are installed when these functions return, not when their result is first awaited.

use std::{future::Future, io};

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Completes on SIGTERM or Ctrl-C.
///
/// # Errors
/// If the handlers cannot be installed.
#[cfg(unix)]
pub(super) fn stop() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    })
}

/// Receives each SIGHUP.
///
/// # Errors
/// If the handler cannot be installed.
#[cfg(unix)]
pub(super) fn hangups() -> io::Result<Signal> {
    signal(SignalKind::hangup())
}

/// Completes on Ctrl-C.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub(super) fn stop() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    Ok(async { drop(tokio::signal::ctrl_c().await) })
}
