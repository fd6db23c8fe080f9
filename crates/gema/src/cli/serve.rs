//! `gema serve`.

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context, bail};
use config::{Bots, Config, ConfigHandle, Listen, Overrides, Switch};
use limits::Limits;
#[cfg(unix)]
use server::socket::Socket;
use server::{app, running, serve::Listener, state::App};
use store::WritesBlocked;
#[cfg(unix)]
use tokio::signal::unix::Signal;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};
use visitor::Window;

use super::{output, signals};
use crate::{
    allocator::{return_freed_memory, return_freed_memory_of_thread},
    demo,
};

#[derive(clap::Args)]
pub(crate) struct Serve {
    /// Address and port to listen on (port 0: any free one), or `unix:/PATH` [default: 127.0.0.1:8787]
    #[arg(long, env = "GEMA_LISTEN", value_name = "ADDRESS")]
    listen: Option<Listen>,
    /// Address and port of a separate listener for Prometheus: /metrics [default: none]
    #[arg(long, env = "GEMA_METRICS", value_name = "ADDRESS")]
    metrics: Option<SocketAddr>,
    /// `sqlite:PATH` or a plain path; `redis://HOST` or `redis+cluster://HOST,HOST` [default: gema.db]
    #[arg(
        long,
        env = "GEMA_DATABASE",
        hide_env_values = true,
        value_name = "URL"
    )]
    database: Option<String>,
    /// The configuration [default: gema.toml if it exists]
    #[arg(long, env = "GEMA_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// How to treat reads of known bots [default: ignore]
    #[arg(long, env = "GEMA_BOTS", value_enum)]
    bots: Option<Bots>,
    /// Whether limits are enforced; off for load and end-to-end tests [default: on]
    #[arg(long, env = "GEMA_LIMITS", value_enum)]
    limits: Option<Switch>,
}

/// Serves until SIGTERM or Ctrl-C.
pub(crate) async fn run(options: Serve) -> anyhow::Result<()> {
    let Serve {
        listen,
        metrics,
        database,
        config,
        bots,
        limits,
    } = options;
    let live = ConfigHandle::load(
        config,
        Overrides {
            listen,
            metrics,
            database,
            bots,
            limits,
        },
    )?;
    let database = store::redacted_url(&live.current().database);
    if let Some(what) = live.current().defaults_used(&database) {
        tracing::warn!("{what}");
    }
    serve(live).await
}

/// Serves with that configuration until SIGTERM or Ctrl-C.
pub(super) async fn serve(live: ConfigHandle) -> anyhow::Result<()> {
    let config = live.current();
    live.warn();
    if config.demo && config.bots == Bots::Count {
        tracing::warn!("reads of bots are counted: for tests only");
    }
    if config.limits.is_none() {
        tracing::warn!("no limit is enforced, and one script can write any count: for tests only");
    }
    if let Some(error) = listen_conflict(&config) {
        bail!("{error}");
    }
    let store = engines::open(&config.database)
        .with_context(|| format!("cannot open {}", store::redacted_url(&config.database)))?;
    let closed = store.refresh_write_block().await.err();
    if let Some(WritesBlocked::Migrated(to)) = &closed {
        let here = store::redacted_url(&config.database);
        let to = output::printable(to);
        bail!(
            "all counts of {here} have moved to {to}, and readers' events would stay behind here: name that database. To count on \
             here all the same: gema migrate --from {here} --undo"
        );
    }
    if config.demo && closed.is_none() {
        for site in config.sites.values() {
            let today = Window::at(jiff::Timestamp::now(), &site.time_zone).day;
            demo::seed(&*store, &site.id, today)
                .await
                .context("cannot store the demo's articles")?;
        }
    }
    // Each connection needs a file descriptor, and the default limit is low.
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::debug!(%error, "the limit of open files stays as it is");
    }
    let listener = Listener::bind(&config.listen).await.with_context(|| {
        format!(
            "cannot listen on {}: name another address with --listen",
            config.listen
        )
    })?;
    let metrics_listener = match config.metrics {
        Some(address) => Some(TcpListener::bind(address).await.with_context(|| {
            format!("cannot listen on {address} for metrics: name another address with --metrics")
        })?),
        None => None,
    };
    #[cfg(unix)]
    let socket = bind_socket(&config.database)?;
    // Install signal handlers before printing the address, since a supervisor may send a signal right after it.
    let stopping = signals::stop().context("cannot listen for signals")?;
    #[cfg(unix)]
    let hangups = signals::hangups().context("cannot listen for SIGHUP")?;
    // The only line on stdout: supervisors read the port from it.
    output::out(&format!("listening on {}\n", listener.address()?))?;
    let sites: Vec<&str> = config.sites.keys().map(wire::SiteId::as_str).collect();
    tracing::info!(
        database = store::redacted_url(&config.database),
        ?sites,
        version = env!("CARGO_PKG_VERSION"),
        "serving"
    );

    let app = App::new(
        Arc::new(live),
        store,
        engines::open,
        Limits::new(super::monotonic()),
        jiff::Timestamp::now,
    );
    let (stop, stopped) = watch::channel(());
    let serving_metrics =
        metrics_listener.map(|listener| serve_metrics(listener, &app, stopped.clone()));
    #[cfg(unix)]
    let serving_socket = socket.map(|socket| serve_socket(socket, &app, stopped));
    #[cfg(unix)]
    let reloading = tokio::spawn(reload_at(hangups, Arc::clone(&app.config)));
    store::memory::set_return_of_freed_memory(return_freed_memory_of_thread);
    let returning = tokio::spawn(return_freed_memory());
    // Memory is returned by the thread that owns it: a worker, and this thread, which has loaded the counts.
    tokio::select! {
        () = running::serve(listener, app, stopping) => {}
        never = return_freed_memory() => match never {},
    }
    returning.abort();
    drop(stop);
    // Requests on the other listeners may finish, within the grace period.
    wait_for(serving_metrics).await;
    #[cfg(unix)]
    {
        reloading.abort();
        wait_for(serving_socket).await;
    }
    tracing::info!("stopped; everything is on disk");
    Ok(())
}

/// Why `listen` cannot be a socket that gema has for itself; `None` if it can.
pub(super) fn listen_conflict(config: &Config) -> Option<String> {
    #[cfg(unix)]
    if let (Listen::Unix(socket), Some(database)) =
        (&config.listen, store::file_path(&config.database))
        && server::socket::is_local_socket(socket, database)
    {
        return Some(format!(
            "`listen` ({}) is the socket beside the database, over which `gema article` and `gema export` work without a key: name \
             another path, such as \"unix:/run/gema/gema.sock\"",
            config.listen
        ));
    }
    #[cfg(unix)]
    if let Listen::Unix(socket) = &config.listen
        && engines::is_database_file(&config.database, socket)
    {
        return Some(format!(
            "`listen` ({}) is a file of the database ({}): name another path, such as \"unix:/run/gema/gema.sock\"",
            config.listen,
            store::redacted_url(&config.database)
        ));
    }
    None
}

/// How long requests on the other listeners may take after the shutdown.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(5);

async fn wait_for(task: Option<JoinHandle<()>>) {
    if let Some(task) = task {
        let _ = tokio::time::timeout(SHUTDOWN_TIMEOUT, task).await;
    }
}

/// Completes when the sender is dropped.
async fn stop_signal(mut stopped: watch::Receiver<()>) {
    let _ = stopped.changed().await;
}

/// Serves the metrics until shutdown.
fn serve_metrics(listener: TcpListener, app: &App, stopped: watch::Receiver<()>) -> JoinHandle<()> {
    if let Ok(address) = listener.local_addr() {
        tracing::info!("metrics on http://{address}/metrics");
    }
    let serving = axum::serve(listener, app::metrics_router(app.clone()))
        .with_graceful_shutdown(stop_signal(stopped));
    tokio::spawn(async move {
        if let Err(error) = serving.await {
            tracing::error!(%error, "the metrics' listener failed");
        }
    })
}

/// Binds the socket for `gema article` and other commands. Failing that, serving continues, unless a shorter path
/// would solve the problem.
#[cfg(unix)]
fn bind_socket(database: &str) -> anyhow::Result<Option<Socket>> {
    let Some(file) = store::file_path(database) else {
        return Ok(None);
    };
    match Socket::bind(file) {
        Ok(socket) => Ok(Some(socket)),
        Err(error) if error.kind() == std::io::ErrorKind::InvalidInput => bail!(
            "the path of {database} is too long for the socket beside it, by which `gema article` and `gema backup` talk to this: \
             put the database in a directory with a path of at most 80 bytes"
        ),
        Err(error) => {
            tracing::warn!(%error, "no socket beside the database: `gema article` works only while this is stopped");
            Ok(None)
        }
    }
}

/// Serves the local socket until shutdown.
#[cfg(unix)]
fn serve_socket(socket: Socket, app: &App, stopped: watch::Receiver<()>) -> JoinHandle<()> {
    let routes = app::local_router(app.clone());
    tokio::spawn(async move {
        if let Err(error) = socket.serve(routes, stop_signal(stopped)).await {
            tracing::error!(%error, "the socket beside the database failed");
        }
    })
}

/// Reloads the configuration on every SIGHUP.
#[cfg(unix)]
async fn reload_at(mut hangups: Signal, live: Arc<ConfigHandle>) {
    while hangups.recv().await.is_some() {
        // The result has been logged.
        let _ = live.reload();
    }
}
