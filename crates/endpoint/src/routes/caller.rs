use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    num::NonZeroU32,
    sync::Arc,
};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{Extensions, Method, header, request::Parts},
};

use crate::{
    app::{App, Local},
    config::{Action, Config},
    problem::Problem,
    proxy::{self, Peer},
    store::Visitor,
    visitor::stand_in,
};

/// Who wants to change something, or to see what she has chosen, as far as trusted proxies tell, and what she calls her browser.
/// Never stored. Whoever asks too often is refused before anything is read of what she sends. Handlers that change something
/// extract [`OfSite`](super::OfSite) first: a page that the site does not list is refused before its visitor is charged.
pub(crate) struct Caller {
    /// Where there is none (the socket beside the database), that of nobody.
    pub(crate) address: IpAddr,
    pub(crate) agent: String,
    /// As which requests are charged; `None`: they are not.
    charged: Option<Charged>,
}

/// What is charged for a request.
struct Charged {
    config: Arc<Config>,
    actions: &'static [Action],
}

impl Caller {
    /// Charges more requests, all or none: one that names several articles is as dear as one for each. Nothing may have been done yet.
    pub(crate) fn charge(&self, app: &App, more: usize) -> Result<(), Problem> {
        let Some(Charged { config, actions }) = &self.charged else { return Ok(()) };
        let Some(amounts) = &config.limits else { return Ok(()) };
        let Some(many) = NonZeroU32::new(u32::try_from(more).unwrap_or(u32::MAX)) else { return Ok(()) };
        let admitted = app.limits.admit(amounts, self.address, actions, many);
        Ok(admitted.inspect_err(|refused| app.metrics.refused.add(refused.cause))?)
    }

    /// Who stands for a reader whose browser keeps nothing.
    pub(crate) fn stand_in(&self) -> Visitor {
        Visitor::StandIn(stand_in(self.address, &self.agent))
    }
}

/// From where somebody asks, as far as trusted proxies tell. Never stored. Resolved once a request, so that a proxy's fault is
/// counted once.
#[derive(Clone, Copy)]
pub(crate) struct Address(pub(crate) IpAddr);

impl FromRequestParts<App> for Address {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        if let Some(resolved) = parts.extensions.get::<Self>() {
            return Ok(*resolved);
        }
        let address = Self(resolve(parts, app));
        parts.extensions.insert(address);
        Ok(address)
    }
}

/// The client's address. Logs what is wrong with its proxy, once a minute at most.
fn resolve(parts: &mut Parts, app: &App) -> IpAddr {
    let config = app.config.of(&mut parts.extensions);
    let Some(peer) = peer(&parts.extensions) else { return Ipv4Addr::UNSPECIFIED.into() };
    let client = proxy::client(peer, &config.trusted_proxies, &parts.headers);
    // A newsroom's own program may come past the proxy, and needs none.
    let is_of_newsroom = parts.headers.contains_key(header::AUTHORIZATION);
    if let Some(fault) = client.fault.filter(|_| !is_of_newsroom)
        && let Some(requests) = app.proxy_faults.due((app.now)())
    {
        tracing::warn!(requests, "{}", fault.remedy());
    }
    client.address
}

/// What is charged for a request. Another site's page can have its visitors' browsers fetch what only shows, as an image: that must not
/// use up what they and their neighbours may send. A request that only shows does not say from which page it comes.
fn actions(parts: &Parts) -> &'static [Action] {
    let is_opaque = parts.headers.get(header::ORIGIN).is_none_or(|origin| origin == "null");
    match parts.method {
        Method::GET | Method::HEAD => &[Action::Show],
        _ if is_opaque => &[Action::Request, Action::OpaqueRequest],
        _ => &[Action::Request],
    }
}

/// The other end of the connection; `None`: the socket beside the database.
fn peer(extensions: &Extensions) -> Option<Peer> {
    let tcp = extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| Peer::Tcp(peer.ip()));
    tcp.or_else(|| extensions.get::<Peer>().copied())
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Ok(Address(address)) = Address::from_request_parts(parts, app).await;
        let config = app.config.of(&mut parts.extensions);
        let actions = actions(parts);
        let charged = parts.extensions.get::<Local>().is_none().then_some(Charged { config, actions });
        let agent = parts.headers.get(header::USER_AGENT).map(|agent| String::from_utf8_lossy(agent.as_bytes()));
        let caller = Self { address, agent: agent.unwrap_or_default().into_owned(), charged };
        caller.charge(app, 1)?;
        Ok(caller)
    }
}
