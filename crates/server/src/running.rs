//! How all of it is served until somebody says stop, and what is done meanwhile every second and every minute.

use std::{future::Future, net::IpAddr, sync::Arc, time::Duration};

use config::{Config, Site};
use futures_util::future::join_all;
use jiff::tz::TimeZone;
use store::Store;
use tokio::time::MissedTickBehavior;
use visitor::Window;

use crate::{
    app::router,
    room::Room,
    serve::{self, Listener},
    state::App,
};

/// How often it is looked whether a site's day has ended.
const TICK: Duration = Duration::from_secs(60);

/// Serves until `shutdown`, then lets requests finish. All that was acknowledged is on disk.
pub async fn serve(listener: impl Into<Listener>, app: App, shutdown: impl Future<Output = ()>) {
    let ticking = [
        tokio::spawn(every_minute(app.clone())),
        tokio::spawn(every_second(app.clone())),
        tokio::spawn(look_every_second(Arc::clone(&app.store))),
    ];
    let config = Arc::clone(&app.config);
    let room = Room::new(config.current().connections, app.metrics.connections.clone());
    // Answers that go on and on end, and nobody waits for them.
    let audience = Arc::clone(&app.audience);
    let shutdown = async move {
        shutdown.await;
        audience.close();
    };
    let is_proxy = move |peer: IpAddr| config.current().is_proxy(peer);
    serve::connections(listener.into(), router(app), room, is_proxy, shutdown).await;
    ticking.iter().for_each(tokio::task::JoinHandle::abort);
}

/// Tells those who watch what has changed.
async fn every_second(app: App) {
    let mut tick = tokio::time::interval(Duration::from_secs(1));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        app.audience.tell(&*app.store, &app.config.current()).await;
    }
}

/// Looks whether writes are taken, so that whoever writes need not.
async fn look_every_second(store: Arc<dyn Store>) {
    let mut tick = tokio::time::interval(Duration::from_secs(1));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        // It tells the log itself.
        let _ = store.look().await;
    }
}

/// Tells how full the meters are, and the log of each once, when it is half full.
fn watch_meters(app: &App, config: &Config) {
    let Some(amounts) = &config.limits else { return };
    let now = (app.now)();
    let sites = config.sites.values().map(|site| (&site.id, Window::at(now, &site.time_zone).day));
    let fills = app.limits.fills(amounts, sites);
    app.limits.meters().set(fills.iter().map(|fill| (fill.limit, fill.part)));
    for fill in fills.iter().filter(|fill| fill.is_news) {
        let (site, limit, part) = (&fill.site, fill.limit.name(), fill.part);
        tracing::warn!(%site, limit, part, "the meter of a limit is half full: when it is full, the limit refuses everybody on that site until the day ends");
    }
}

/// Throws old salts away on time, also on a site that nobody visits, or that is not served any more.
/// And tells, at most once a tick, what limits refused.
async fn every_minute(app: App) {
    let mut tick = tokio::time::interval(TICK);
    loop {
        tick.tick().await;
        if let Some(refused) = app.limits.news() {
            tracing::warn!(refused, "limits were reached: see `limits` in gema.toml");
        }
        let (config, now) = (app.config.current(), (app.now)());
        watch_meters(&app, &config);
        // If something fails, the store has logged why, and the next tick tries again. No site waits for another one: each window's
        // turn begins with letting go of old salts, whether or not the store answers.
        let turn = |site: &Arc<Site>| {
            let (site, day) = (Arc::clone(site), Window::at(now, &site.time_zone).day);
            let store = &app.store;
            async move { store.turn_window(&site.id, day).await }
        };
        join_all(config.sites.values().map(turn)).await;
        let served: Vec<_> = config.sites.keys().cloned().collect();
        // Whose days those of other sites were, nobody knows any more.
        let _ = app.store.tidy(&served, Window::at(now, &TimeZone::UTC).day).await;
        app.top.tidy((app.now)());
    }
}
