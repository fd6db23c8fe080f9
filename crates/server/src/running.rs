//! Runs the server until shutdown, with its background tasks, which run every second and every minute.

use std::{future::Future, net::IpAddr, sync::Arc, time::Duration};

use config::{Config, Site};
use futures_util::future::join_all;
use jiff::tz::TimeZone;
use store::Store;
use tokio::time::MissedTickBehavior;
use visitor::Window;

use crate::{
    app::router,
    connection_limit::ConnectionLimiter,
    serve::{self, Listener},
    state::App,
};

/// Interval of the checks for the end of a site's day.
const DAY_CHECK_INTERVAL: Duration = Duration::from_secs(60);

/// Interval of gathering what the newsroom's pages show first.
const WARM_INTERVAL: Duration = Duration::from_secs(5);

/// Serves until `shutdown`, then lets requests finish. All acknowledged writes are on disk.
pub async fn serve(listener: impl Into<Listener>, app: App, shutdown: impl Future<Output = ()>) {
    let background_tasks = [
        tokio::spawn(maintain_every_minute(app.clone())),
        tokio::spawn(publish_live_counts(app.clone())),
        tokio::spawn(poll_migration_flag(Arc::clone(&app.store))),
        tokio::spawn(warm_newsroom_pages(app.clone())),
    ];
    let config = Arc::clone(&app.config);
    let limiter = ConnectionLimiter::new(
        config.current().connections,
        app.metrics.connections.clone(),
    );
    // End streaming responses at shutdown, since they do not end otherwise.
    let subscriptions = Arc::clone(&app.subscriptions);
    let shutdown = async move {
        shutdown.await;
        subscriptions.close();
    };
    let is_proxy = move |peer: IpAddr| config.current().is_proxy(peer);
    let answers = (router(app.clone()), app.clone());
    serve::connections(listener.into(), answers, limiter, is_proxy, shutdown).await;
    background_tasks
        .iter()
        .for_each(tokio::task::JoinHandle::abort);
    app.write_refused().await;
    app.store.release().await;
}

/// Updates live counts.
async fn publish_live_counts(app: App) {
    let mut tick = tokio::time::interval(Duration::from_secs(1));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        app.subscriptions
            .publish(&*app.store, &app.config.current())
            .await;
    }
}

/// Gathers what the newsroom's pages show first, while they are served.
async fn warm_newsroom_pages(app: App) {
    let mut tick = tokio::time::interval(WARM_INTERVAL);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        let config = app.config.current();
        if app.newsroom.is_enabled_now(&config, &*app.store).await {
            app.readership.warm(&app.store, &config, (app.now)()).await;
        }
    }
}

/// Polls the store's migration flag, so that writes need not.
async fn poll_migration_flag(store: Arc<dyn Store>) {
    let mut tick = tokio::time::interval(Duration::from_secs(1));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        // The store logs its state itself.
        let _ = store.refresh_write_block().await;
    }
}

/// Exports the fill levels of the limits' meters, and logs each that becomes half full.
fn export_meters(app: &App, config: &Config) {
    let Some(amounts) = &config.limits else {
        return;
    };
    let now = (app.now)();
    let sites = config
        .sites
        .values()
        .map(|site| (&site.id, Window::at(now, &site.time_zone).day));
    let fills = app.limits.fills(amounts, sites);
    app.limits
        .meters()
        .set(fills.iter().map(|fill| (fill.limit, fill.part)));
    for fill in fills.iter().filter(|fill| fill.is_newly_half_full) {
        let site = &fill.site;
        let limit = fill.limit.name();
        let part = fill.part;
        tracing::warn!(%site, limit, part, "the meter of a limit is half full: when it is full, the limit refuses everybody on that site until the day ends");
    }
}

/// Deletes old salts on time, also of sites without visitors and of sites that are not served. Also logs refusals by
/// limits, at most once per tick.
async fn maintain_every_minute(app: App) {
    let mut tick = tokio::time::interval(DAY_CHECK_INTERVAL);
    loop {
        tick.tick().await;
        if let Some(refused) = app.limits.drain_refusals() {
            tracing::warn!(refused, "limits were reached: see `limits` in gema.toml");
        }
        let config = app.config.current();
        let now = (app.now)();
        export_meters(&app, &config);
        // The store logs its errors, and the next tick retries. Sites do not wait for each other: expired salts in
        // memory are dropped first, whether or not the store responds.
        let rotate = |site: &Arc<Site>| {
            let day = Window::at(now, &site.time_zone).day;
            let site = Arc::clone(site);
            let store = &app.store;
            async move { store.start_window(&site.id, day).await }
        };
        join_all(config.sites.values().map(rotate)).await;
        let served: Vec<_> = config.sites.keys().cloned().collect();
        // The time zones of sites that are not served are unknown, so use UTC.
        let _ = app
            .store
            .clean_up(&served, Window::at(now, &TimeZone::UTC).day)
            .await;
        let _ = app.store.accounts().expire_accounts(now).await;
        app.write_refused().await;
        app.rankings.tidy((app.now)());
        app.readership.tidy((app.now)());
    }
}
