//! `gema serve`.

#[cfg(unix)]
use std::time::Duration;
use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use anyhow::Context;
#[cfg(unix)]
use endpoint::socket::Socket;
use endpoint::{
    app::{self, App},
    config::{Bots, Live, Overrides},
    demo, store,
    visitor::Window,
};
use tokio::net::TcpListener;
#[cfg(unix)]
use tokio::{sync::watch, task::JoinHandle};

#[derive(clap::Args)]
pub(crate) struct Serve {
    /// Address and port to listen on (port 0: any free one) [default: 127.0.0.1:8787]
    #[arg(long, env = "GEMA_LISTEN", value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// `sqlite:PATH` or a plain path [default: gema.db]
    #[arg(long, env = "GEMA_DATABASE", value_name = "URL")]
    database: Option<String>,
    /// The configuration [default: gema.toml if it is there]
    #[arg(long, env = "GEMA_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// What to do with reads of known bots [default: ignore]
    #[arg(long, env = "GEMA_BOTS", value_enum)]
    bots: Option<Bots>,
}

/// Serves until SIGTERM or Ctrl-C.
pub(crate) async fn run(options: Serve) -> anyhow::Result<()> {
    let overrides = Overrides { listen: options.listen, database: options.database, bots: options.bots };
    let live = Live::load(options.config, overrides)?;
    let config = live.current();
    if config.bots == Bots::Count {
        tracing::warn!("reads of bots are counted: for tests only");
    }
    let store = store::open(&config.database).with_context(|| format!("cannot open {}", config.database))?;
    if config.demo {
        for site in config.sites.values() {
            let today = Window::at(jiff::Timestamp::now(), &site.time_zone).day;
            demo::seed(&*store, &site.id, today).await.context("cannot store the demo's articles")?;
        }
    }
    let listener = TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("cannot listen on {}: name another address with --listen", config.listen))?;
    #[cfg(unix)]
    let socket = listen_beside(&config.database);
    // The one line of stdout: whoever started this reads the port from it.
    println!("listening on http://{}", listener.local_addr()?);
    let sites: Vec<&str> = config.sites.keys().map(wire::SiteId::as_str).collect();
    tracing::info!(database = config.database, ?sites, version = env!("CARGO_PKG_VERSION"), "serving");

    let app = App { config: Arc::new(live), store, now: Arc::new(jiff::Timestamp::now) };
    #[cfg(unix)]
    let (stop, administering) = administer_beside(socket, &app);
    #[cfg(unix)]
    let reloading = tokio::spawn(reload_on_hangup(Arc::clone(&app.config)));
    app::serve(listener, app, stop_signal()).await.context("cannot serve")?;
    #[cfg(unix)]
    {
        drop(stop);
        reloading.abort();
        // Whoever is putting an article at this moment may finish, but not hold up the end.
        let _ = tokio::time::timeout(GRACE, administering).await;
    }
    tracing::info!("stopped; everything is on disk");
    Ok(())
}

/// How long the socket's last request may take after the shutdown.
#[cfg(unix)]
const GRACE: Duration = Duration::from_secs(5);

/// The socket for `gema article`. Readers are served without one too.
#[cfg(unix)]
fn listen_beside(database: &str) -> Option<Socket> {
    let bound = Socket::bind(store::file(database)?);
    bound
        .inspect_err(|error| {
            tracing::warn!(%error, "no socket beside the database: `gema article` works only while this is stopped");
        })
        .ok()
}

/// Answers on the socket until the sender is dropped.
#[cfg(unix)]
fn administer_beside(socket: Option<Socket>, app: &App) -> (watch::Sender<()>, JoinHandle<()>) {
    let (stop, mut stopped) = watch::channel(());
    let app = app.clone();
    let administering = tokio::spawn(async move {
        let Some(socket) = socket else { return };
        // Nothing is ever sent: this waits for the sender to be dropped.
        let stopped = async move { drop(stopped.changed().await) };
        if let Err(error) = socket.serve(app, stopped).await {
            tracing::error!(%error, "the socket beside the database failed");
        }
    });
    (stop, administering)
}

/// Reads the configuration again at every SIGHUP, as daemons do.
#[cfg(unix)]
async fn reload_on_hangup(live: Arc<Live>) {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::hangup()) {
        Ok(mut hangups) => {
            while hangups.recv().await.is_some() {
                // The log has told whether it could be.
                let _ = live.reload();
            }
        }
        Err(error) => {
            tracing::warn!(%error, "SIGHUP cannot be heard; `gema reload` still reads the configuration again")
        }
    }
}

/// SIGTERM or Ctrl-C.
async fn stop_signal() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminated) => {
                tokio::select! {
                    _ = interrupted => {}
                    _ = terminated.recv() => {}
                }
            }
            Err(error) => {
                tracing::warn!(%error, "SIGTERM cannot be heard; Ctrl-C still stops");
                let _ = interrupted.await;
            }
        }
    }
    #[cfg(not(unix))]
    let _ = interrupted.await;
}
