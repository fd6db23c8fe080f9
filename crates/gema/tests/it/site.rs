use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Request, StatusCode},
};
use config::{Config, ConfigHandle, ConnectionLimits, Origin, Site};
use jiff::{Timestamp, ToSpan};
use limits::Limits;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use server::{
    app::{PublicService, metrics_router, router},
    state::App,
};
use store::Store;
pub(crate) use store_contract::fixtures::{article, chose, event_key, reaction, token};
use tempfile::TempDir;
use tower::ServiceExt;
use wire::{
    Answer, ArticleKey, IdempotencyKey, OwnVote, Seq, SiteId, Tallies, Tally, VisitorToken,
};

use crate::reopened::opened;

pub(crate) const PAGE: &str = "https://news.example";
pub(crate) const FIREFOX: &str =
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

/// An endpoint with one site, `news`, and a database of its own. The clock stands still until the test moves it.
pub(crate) struct TestSite {
    config: Config,
    pub(crate) store: Arc<dyn Store>,
    app: App,
    pub(crate) router: PublicService,
    clock: Arc<AtomicI64>,
    dir: TempDir,
}

/// Noon in Jakarta on the day of the demo's article.
const NOON: &str = "2015-11-17T05:00:00Z";

impl TestSite {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    /// A site with changed options.
    pub(crate) fn with(change: impl FnOnce(&mut Site)) -> Self {
        Self::configured(|_| {}, change)
    }

    /// Changes the options of the endpoint and of its site.
    pub(crate) fn configured(
        change_config: impl FnOnce(&mut Config),
        change: impl FnOnce(&mut Site),
    ) -> Self {
        let mut site = Site::new(SiteId::parse("news").unwrap());
        // These tests send requests without a page's origin.
        site.opaque_origins = true;
        site.origins = vec![Origin::Exact(PAGE.into())];
        change(&mut site);
        let sites = [(site.id.clone(), Arc::new(site))].into();
        let mut config = Config {
            sites,
            demo: false,
            ..Config::demo()
        };
        change_config(&mut config);
        let noon: Timestamp = NOON.parse().unwrap();
        let clock = Arc::new(AtomicI64::new(noon.as_millisecond()));
        Self::start(config, clock, tempfile::tempdir().unwrap())
    }

    /// Uses a fake store.
    pub(crate) fn on(store: Arc<dyn Store>) -> Self {
        Self::new().moved_to(store)
    }

    /// Moves the same site to a fake store.
    pub(crate) fn moved_to(self, store: Arc<dyn Store>) -> Self {
        let Self {
            config, clock, dir, ..
        } = self;
        Self::around(config, store, clock, dir)
    }

    /// Adds further sites.
    pub(crate) fn serving(others: &[&str]) -> Self {
        let others = others
            .iter()
            .map(|id| Arc::new(Site::new(SiteId::parse(id).unwrap())));
        Self::configured(
            |config| {
                config
                    .sites
                    .extend(others.map(|site| (site.id.clone(), site)))
            },
            |_| {},
        )
    }

    /// Sets the connection limits, for tests on a socket.
    pub(crate) fn with_connections(connections: ConnectionLimits) -> Self {
        let Self {
            config,
            store,
            clock,
            dir,
            ..
        } = Self::new();
        Self::around(
            Config {
                connections,
                ..config
            },
            store,
            clock,
            dir,
        )
    }

    pub(crate) fn app(&self) -> App {
        self.app.clone()
    }

    fn start(config: Config, clock: Arc<AtomicI64>, dir: TempDir) -> Self {
        let store = opened(&dir.path().join("gema.db"));
        Self::around(config, store, clock, dir)
    }

    fn around(config: Config, store: Arc<dyn Store>, clock: Arc<AtomicI64>, dir: TempDir) -> Self {
        let time = Arc::clone(&clock);
        let now = move || Timestamp::from_millisecond(time.load(Ordering::SeqCst)).unwrap();
        let time = Arc::clone(&clock);
        let noon = NOON.parse::<Timestamp>().unwrap().as_millisecond();
        let limits = Limits::new(move || {
            Duration::from_millis(
                (time.load(Ordering::SeqCst) - noon)
                    .try_into()
                    .unwrap_or_default(),
            )
        });
        let app = App::new(
            Arc::new(ConfigHandle::from(config.clone())),
            Arc::clone(&store),
            engines::open,
            limits,
            now,
        );
        Self {
            config,
            store,
            router: router(app.clone()),
            app,
            clock,
            dir,
        }
    }

    /// Closes the database and opens it again.
    pub(crate) fn restarted(self) -> Self {
        let Self {
            config,
            store,
            app,
            router,
            clock,
            dir,
        } = self;
        drop((store, app, router));
        Self::start(config, clock, dir)
    }

    /// Restarts with changed options of the site and a reopened database.
    pub(crate) fn changed(mut self, change: impl Fn(&mut Site)) -> Self {
        self.config
            .sites
            .values_mut()
            .take(1)
            .for_each(|site| change(Arc::make_mut(site)));
        self.restarted()
    }

    /// The directory of the database, `gema.db`.
    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// The Prometheus metrics, as text.
    pub(crate) async fn metrics(&self) -> String {
        let request = Request::get("/metrics").body(Body::empty()).unwrap();
        let reply = metrics_router(self.app.clone())
            .oneshot(request)
            .await
            .unwrap();
        let body = axum::body::to_bytes(reply.into_body(), usize::MAX)
            .await
            .unwrap();
        String::from_utf8(body.into()).unwrap()
    }

    /// The value of one metric.
    pub(crate) async fn metric(&self, name: &str) -> f64 {
        let text = self.metrics().await;
        let number = text
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok());
        number.unwrap_or_else(|| panic!("{name}: {text}"))
    }

    pub(crate) fn now_ms(&self) -> u64 {
        self.clock.load(Ordering::SeqCst).try_into().unwrap()
    }

    /// Advances the clock.
    pub(crate) fn days_pass(&self, days: i64) {
        self.hours_pass(24 * days);
    }

    /// Advances the clock.
    pub(crate) fn hours_pass(&self, hours: i64) {
        self.minutes_pass(60 * hours);
    }

    /// Advances the clock.
    pub(crate) fn minutes_pass(&self, minutes: i64) {
        let now = Timestamp::from_millisecond(self.clock.load(Ordering::SeqCst)).unwrap();
        let then = now.checked_add(minutes.minutes()).unwrap();
        self.clock.store(then.as_millisecond(), Ordering::SeqCst);
    }

    /// A reader with a new browser.
    pub(crate) fn reader(&self) -> Reader<'_> {
        let mine = Mutex::default();
        Reader {
            site: self,
            token: token(unique()),
            address: [192, 0, 2, 1].into(),
            agent: FIREFOX,
            mine,
        }
    }

    pub(crate) async fn tally(&self, article: &str) -> Tally {
        let reply = self
            .get(&format!("/v1/sites/news/tallies?article={article}"))
            .await;
        assert_eq!(reply.status, StatusCode::OK);
        reply.json::<Tallies>().tallies.pop().unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(Request::get(path).body(Body::empty()).unwrap())
            .await
    }

    /// Sends events from a page of the site, as a browser does when the page is left.
    pub(crate) async fn post(&self, body: impl ToString) -> Reply {
        self.send(Self::events(body)).await
    }

    pub(crate) fn events(body: impl ToString) -> Request<Body> {
        let request = Request::post("/v1/sites/news/events")
            .header("content-type", "text/plain;charset=UTF-8");
        request
            .header("origin", PAGE)
            .header("user-agent", FIREFOX)
            .body(Body::from(body.to_string()))
            .unwrap()
    }

    pub(crate) async fn send(&self, mut request: Request<Body>) -> Reply {
        if std::env::var_os("GEMA_TEST_ROUTER").is_some() {
            by_router(&mut request);
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Reply {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }
}

pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.status, String::from_utf8_lossy(&self.body))
    }
}

/// A reader whose browser stores their token and their own latest choices.
pub(crate) struct Reader<'s> {
    pub(crate) site: &'s TestSite,
    pub(crate) token: VisitorToken,
    pub(crate) address: IpAddr,
    pub(crate) agent: &'static str,
    pub(crate) mine: Mutex<HashMap<ArticleKey, OwnVote>>,
}

impl Reader<'_> {
    /// Reacts now, with a `seq` after the latest that the browser knows.
    pub(crate) async fn reacts(&self, article: &str, reaction: &str) -> Tally {
        self.chooses(article, Some(reaction)).await
    }

    pub(crate) async fn takes_back(&self, article: &str) -> Tally {
        self.chooses(article, None).await
    }

    async fn chooses(&self, key: &str, reaction: Option<&str>) -> Tally {
        let known = self
            .mine
            .lock()
            .unwrap()
            .get(&article(key))
            .map(|mine| mine.seq);
        let seq = Seq::next(self.site.now_ms(), known);
        self.sends([react(key, reaction, seq.get())])
            .await
            .tallies
            .remove(0)
    }

    pub(crate) async fn reads(&self, article: &str) -> Tally {
        self.sends([read(article, &event_key(unique()))])
            .await
            .tallies
            .remove(0)
    }

    pub(crate) async fn sends(&self, events: impl Into<Vec<Value>>) -> Answer {
        let mut request =
            TestSite::events(json!({ "visitor": self.token, "events": events.into() }));
        request
            .extensions_mut()
            .insert(ConnectInfo(SocketAddr::new(self.address, 50_000)));
        request
            .headers_mut()
            .insert("user-agent", self.agent.parse().unwrap());
        let reply = self.site.send(request).await;
        assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
        let answer: Answer = reply.json();
        let mut mine = self.mine.lock().unwrap();
        for tally in &answer.tallies {
            mine.extend(
                tally
                    .mine
                    .clone()
                    .map(|choice| (tally.article.clone(), choice)),
            );
        }
        answer
    }
}

pub(crate) fn react(article: &str, reaction: Option<&str>, seq: u64) -> Value {
    json!({ "type": "react", "article": article, "reaction": reaction, "seq": seq })
}

pub(crate) fn read(article: &str, key: &IdempotencyKey) -> Value {
    json!({ "type": "read", "article": article, "key": key })
}

pub(crate) fn share(article: &str, network: &str, key: &IdempotencyKey) -> Value {
    json!({ "type": "share", "article": article, "network": network, "key": key })
}

/// Changes the path of readers' events, so that the router answers them: it alone decodes names. For a second run of
/// the tests, with `GEMA_TEST_ROUTER=1`.
fn by_router(request: &mut Request<Body>) {
    let path = request.uri().to_string();
    *request.uri_mut() = path
        .replace("/news/events", "/n%65ws/events")
        .parse()
        .unwrap();
}

fn unique() -> u64 {
    static NEXT_ID: AtomicU64 = AtomicU64::new(1_000_000);
    NEXT_ID.fetch_add(1, Ordering::Relaxed)
}
