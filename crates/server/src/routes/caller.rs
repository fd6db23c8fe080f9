use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    num::NonZeroU32,
    sync::Arc,
    time::Duration,
};

use article_html::MAX_BODY_BYTES;
use axum::{
    extract::{ConnectInfo, FromRequestParts, RawPathParams},
    http::{Extensions, HeaderMap, Method, header, request::Parts},
};
use config::{Action, Config};
use metrics::{Kind, Reason};
use store::StoreError;
use tokio::time::timeout;
use visitor::{Visitor, fingerprint, wider_network};
use wire::{Article, ArticleKey, SiteId};

use super::site_path::plain_site_in_path;
use crate::{
    client_ip::{self, Client, Peer, ProxyFault},
    copy_places::Place,
    problem::Problem,
    state::{App, LocalRequest},
};

/// The client of a request that writes, or that reads the reader's own choice: address (as reported by trusted proxies)
/// and `User-Agent`. Never stored. Extracting it charges the rate limits, before the body is read. Handlers that write
/// extract [`SiteFromPath`](super::SiteFromPath) first, so that a page that the site does not list is refused before its visitor is
/// charged.
pub(crate) struct Caller {
    /// Unspecified for the local socket.
    pub(crate) address: IpAddr,
    pub(crate) agent: String,
    /// The address whose share of memory a response takes.
    pub(crate) budget: BudgetAddress,
    /// The charge of this request; `None`: the local socket, which is not limited.
    charged: Option<RateCharge>,
}

/// Actions to charge for each request.
struct RateCharge {
    config: Arc<Config>,
    actions: &'static [Action],
}

impl Caller {
    /// Charges `more` further requests, all or none, for a request that names several articles. Call it before any
    /// work is done.
    pub(crate) fn charge(&self, app: &App, more: usize) -> Result<(), Problem> {
        let Some(RateCharge { config, actions }) = &self.charged else {
            return Ok(());
        };
        let Some(amounts) = &config.limits else {
            return Ok(());
        };
        let Some(many) = NonZeroU32::new(u32::try_from(more).unwrap_or(u32::MAX)) else {
            return Ok(());
        };
        let admitted = app.limits.admit(amounts, self.address, actions, many);
        Ok(admitted.inspect_err(|refused| app.metrics.refused.add(refused.cause))?)
    }

    /// The fingerprint of the client, for browsers that store nothing.
    pub(crate) fn stand_in(&self) -> Visitor {
        Visitor::Fingerprint(fingerprint(self.address, &self.agent))
    }

    /// The fingerprint of a reader of another counter's client.
    pub(super) fn reader_of(&self, client: visitor::Client) -> Visitor {
        Visitor::Client(client, fingerprint(self.address, &self.agent))
    }

    /// The client of a request that writes, whatever its method. `is_opaque`: it does not reveal the page that it comes
    /// from.
    pub(super) async fn of_write(
        parts: &mut Parts,
        app: &App,
        is_opaque: bool,
    ) -> Result<Self, Problem> {
        Self::charged_for(parts, app, write_actions(is_opaque)).await
    }
}

/// The client's address, as reported by trusted proxies. Never stored. A proxy's misconfiguration is logged, and counted
/// once for each request.
#[derive(Clone, Copy)]
pub(crate) struct ClientAddress(pub(crate) IpAddr);

impl FromRequestParts<App> for ClientAddress {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let Some(resolved) = resolved(&mut parts.extensions, &parts.headers, app) else {
            return Ok(Self(Ipv4Addr::UNSPECIFIED.into()));
        };
        // A newsroom's program may bypass the proxy, so do not warn about it.
        let is_of_newsroom = parts.headers.contains_key(header::AUTHORIZATION);
        if let Some(fault) = resolved.unreported.take().filter(|_| !is_of_newsroom)
            && let Some(requests) = app.proxy_faults.due((app.now)())
        {
            tracing::warn!(requests, "{}", fault.remedy());
        }
        Ok(Self(resolved.client.address))
    }
}

/// A request's client.
#[derive(Clone, Copy)]
struct ResolvedClient {
    client: Client,
    /// The proxy's misconfiguration, until it is counted for the log, which has at most one line a minute.
    unreported: Option<ProxyFault>,
}

/// The client, determined from the connection and the headers; `None`: the local socket. Determined once for each
/// request.
fn resolved<'a>(
    extensions: &'a mut Extensions,
    headers: &HeaderMap,
    app: &App,
) -> Option<&'a mut ResolvedClient> {
    if extensions.get::<ResolvedClient>().is_none() {
        let config = app.config.of(extensions);
        let client = client_ip::client(peer(extensions)?, &config.trusted_proxies, headers);
        let unreported = client.fault;
        extensions.insert(ResolvedClient { client, unreported });
    }
    extensions.get_mut()
}

/// See [`resolved`].
fn client(extensions: &mut Extensions, headers: &HeaderMap, app: &App) -> Option<Client> {
    resolved(extensions, headers, app).map(|resolved| resolved.client)
}

/// The address whose share of a bounded resource a request uses (subscriptions, memory, queues, cache misses). `None`:
/// a program that reads for all readers of a site, or the local socket, which only the total bounds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BudgetAddress(pub(crate) Option<IpAddr>);

impl BudgetAddress {
    /// The address for a request with these extensions and headers.
    pub(crate) fn of(extensions: &mut Extensions, headers: &HeaderMap, app: &App) -> Self {
        let config = app.config.of(extensions);
        let client = client(extensions, headers, app);
        Self(
            client
                .filter(|client| !reads_for_all(client, &config))
                .map(|client| client.address),
        )
    }

    /// Waits for a place to load and render an article's copy. Refuses it if responses that the network has not received
    /// yet leave no memory for it. Load what else the response needs first: whoever waits for the store keeps the place
    /// from others.
    pub(crate) async fn place_for_copy(self, app: &App) -> Result<CopyPlace<'_>, Problem> {
        let place = app.copy_places.acquire(self.0).await;
        self.check_room_for_copy(app)?;
        Ok(CopyPlace {
            app,
            of: self,
            place,
        })
    }

    /// Refuses a response with an article's copy if those that the network has not received yet leave no memory for it.
    pub(crate) fn check_room_for_copy(self, app: &App) -> Result<(), Problem> {
        let network = self.0.map(wider_network);
        match app.response_budget.has_room(network, MAX_BODY_BYTES) {
            true => Ok(()),
            false => Err(Problem::too_many_unread_responses()),
        }
    }
}

/// A place among those who load and render copies; dropping it releases the place.
pub(crate) struct CopyPlace<'a> {
    app: &'a App,
    of: BudgetAddress,
    place: Option<Place>,
}

/// How long a copy may take to load before its place goes to the next. There are only a few places, and other articles
/// may be in a part of the store that answers.
const COPY_TIMEOUT: Duration = Duration::from_secs(1);

/// How often a copy is tried to be loaded: a disk that stalls for a second or two is no outage.
const COPY_TRIES: usize = 3;

impl CopyPlace<'_> {
    /// The article's copy.
    pub(crate) async fn load(
        &mut self,
        site: &SiteId,
        key: &ArticleKey,
    ) -> Result<Option<Article>, StoreError> {
        for _ in 0..COPY_TRIES {
            if let Ok(loaded) = timeout(COPY_TIMEOUT, self.app.store.article(site, key)).await {
                return loaded;
            }
            // Queue again, behind all who wait for a place.
            self.place = None;
            self.place = self.app.copy_places.acquire(self.of.0).await;
        }
        Err(StoreError::Unavailable)
    }
}

impl FromRequestParts<App> for BudgetAddress {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        Ok(Self::of(&mut parts.extensions, &parts.headers, app))
    }
}

/// Charges a public read, which only reaches its route if the response cache does not have the answer. Rendering takes
/// a hundred times as long as a cached answer, and anybody can name articles that nobody has read.
pub(crate) struct UncachedRead {
    pub(crate) address: BudgetAddress,
    config: Arc<Config>,
}

/// Length of a copy whose rendering and compression is charged as one more cache miss, in bytes. They take three
/// milliseconds.
const CHARGED_COPY_BYTES: usize = 16 * 1024;

/// Length of an address whose QR code is charged as one more cache miss, in bytes. Drawing it takes a tenth of a millisecond.
const CHARGED_QR_BYTES: usize = 128;

/// Further cache misses that a section's list is charged as. To rank a hundred thousand articles takes a millisecond, as
/// rendering an answer does a quarter of one.
const SECTION_LIST_MISSES: usize = 4;

impl UncachedRead {
    /// Charges the rendering and compression of a copy, by its length.
    pub(crate) fn charge_copy(&self, app: &App, copy: Option<&Article>) -> Result<(), Problem> {
        self.charge(
            app,
            copy.map_or(0, |copy| copy.html.len() / CHARGED_COPY_BYTES),
        )
    }

    /// Charges the drawing of an address's QR code, by its length.
    pub(crate) fn charge_qr(&self, app: &App, address: &str) -> Result<(), Problem> {
        self.charge(app, address.len() / CHARGED_QR_BYTES)
    }

    /// Charges the ranking of a section's articles.
    pub(crate) fn charge_section_list(&self, app: &App) -> Result<(), Problem> {
        self.charge(app, SECTION_LIST_MISSES)
    }

    fn charge(&self, app: &App, misses: usize) -> Result<(), Problem> {
        let misses = NonZeroU32::new(u32::try_from(misses).unwrap_or(u32::MAX));
        let (Some(address), Some(amounts), Some(misses)) =
            (self.address.0, &self.config.limits, misses)
        else {
            return Ok(());
        };
        let admitted = app
            .limits
            .admit(amounts, address, &[Action::CacheMiss], misses);
        Ok(admitted.inspect_err(|refused| app.metrics.refused.add(refused.cause))?)
    }
}

impl FromRequestParts<App> for UncachedRead {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let read = Self {
            config: app.config.of(&mut parts.extensions),
            address: BudgetAddress::of(&mut parts.extensions, &parts.headers, app),
        };
        read.charge(app, 1)?;
        Ok(read)
    }
}

/// Whether a program beside the endpoint, such as a CMS that includes fragments, reads for all readers of the site.
/// Any other fault than missing headers can be caused by a reader behind the proxy, for example by a `Forwarded` of
/// their own, and must not exempt them from a limit.
fn reads_for_all(client: &Client, config: &Config) -> bool {
    config.is_proxy(client.address) && matches!(client.fault, None | Some(ProxyFault::NamesNobody))
}

/// Actions to charge for a request. Reads are charged separately: another site's page can make its visitors' browsers
/// fetch them, for example as images, which must not use up the budget for events. A read does not reveal the page
/// that it comes from.
fn actions(parts: &Parts) -> &'static [Action] {
    let is_opaque = parts
        .headers
        .get(header::ORIGIN)
        .is_none_or(|origin| origin == "null");
    match parts.method {
        Method::GET | Method::HEAD => &[Action::Show],
        _ => write_actions(is_opaque),
    }
}

fn write_actions(is_opaque: bool) -> &'static [Action] {
    if is_opaque {
        &[Action::Request, Action::OpaqueRequest]
    } else {
        &[Action::Request]
    }
}

/// Whether the peer of the connection is a trusted proxy, whose headers may name a user.
pub(crate) fn is_trusted_peer(extensions: &Extensions, config: &Config) -> bool {
    peer(extensions).is_some_and(|peer| client_ip::is_trusted_peer(peer, &config.trusted_proxies))
}

/// The peer of the connection; `None`: the local socket.
fn peer(extensions: &Extensions) -> Option<Peer> {
    let tcp = extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map(|ConnectInfo(peer)| Peer::Tcp(peer.ip()));
    tcp.or_else(|| extensions.get::<Peer>().copied())
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        Self::charged_for(parts, app, actions(parts)).await
    }
}

impl Caller {
    async fn charged_for(
        parts: &mut Parts,
        app: &App,
        actions: &'static [Action],
    ) -> Result<Self, Problem> {
        let Ok(ClientAddress(address)) = ClientAddress::from_request_parts(parts, app).await;
        let config = app.config.of(&mut parts.extensions);
        let budget = BudgetAddress::of(&mut parts.extensions, &parts.headers, app);
        let charged = parts
            .extensions
            .get::<LocalRequest>()
            .is_none()
            .then_some(RateCharge { config, actions });
        let agent = parts
            .headers
            .get(header::USER_AGENT)
            .map(|agent| String::from_utf8_lossy(agent.as_bytes()));
        let caller = Self {
            address,
            agent: agent.unwrap_or_default().into_owned(),
            budget,
            charged,
        };
        if let Err(problem) = caller.charge(app, 1) {
            // Requests that only show something are no events.
            if actions.contains(&Action::Request) {
                count_refused(parts, app).await;
            }
            return Err(problem);
        }
        Ok(caller)
    }
}

/// Counts a whole request that a limit has refused, for the site that its path names.
async fn count_refused(parts: &mut Parts, app: &App) {
    let id = match plain_site_in_path(parts.uri.path()) {
        Some((name, _)) => SiteId::parse(name).ok(),
        None => site_parameter(parts, app).await,
    };
    let config = app.config.of(&mut parts.extensions);
    if let Some(site) = id.and_then(|id| config.site(&id).cloned()) {
        app.count_refused(&site, None, Kind::Unknown, Reason::Limit);
    }
}

/// The site that the router has found in the path.
async fn site_parameter(parts: &mut Parts, app: &App) -> Option<SiteId> {
    let parameters = RawPathParams::from_request_parts(parts, app).await.ok()?;
    let (_, id) = parameters.iter().find(|(name, _)| *name == "site")?;
    SiteId::parse(id).ok()
}
