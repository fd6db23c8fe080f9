//! Configuration: `gema.toml`, flags and environment variables are validated into a `Config`. Opens no file but that
//! one.

/// Clients of other counters.
mod clients;
/// Whether a poll's options stand side by side.
pub mod columns;
/// The drawn faces of the poll.
mod faces;
/// Parsing and validation of `gema.toml`.
mod file;
/// Patterns of ignored articles.
mod ignore;
/// A site's texts in each of its languages.
mod labels;
/// Rate and daily limits.
mod limits;
/// Listening addresses.
mod listen;
/// The marks of the share bar.
mod marks;
/// What a newsroom says about its counts.
mod method;
/// The networks of the share bar.
pub mod networks;
/// The newsroom's pages.
mod newsroom;
/// Allowed origins of a site's events.
mod origin;
/// Trusted proxies.
mod proxy;
/// The current configuration, which can be reloaded.
mod reload;
/// The configuration of one site.
mod site;
/// Removal of values from error messages.
mod value;
/// Warnings about risky settings.
mod warnings;

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    path::Path,
    sync::Arc,
};

pub use clients::{Clients, WalineReaction};
pub use faces::Faces;
pub use file::Error;
pub use ignore::KeyPattern;
pub use limits::{Action, Amount, Amounts, LIMIT_NAMES, LIMITS, Limit, LimitScope, Rate};
pub use listen::Listen;
pub use method::{DatedNote, MethodNotes};
pub use newsroom::Newsroom;
pub use origin::Origin;
pub use proxy::TrustedProxy;
pub use reload::{ConfigHandle, Reloaded};
pub use site::{Articles, Bots, Lists, PollRule, ReactionOption, Reads, Secret, Site};
use text::printable::printable;
pub use wire::ReadDedup;
use wire::SiteId;

/// Default address to listen on.
pub const DEFAULT_LISTEN: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8787);

/// Default database: a file in the working directory.
pub const DEFAULT_DATABASE: &str = "gema.db";

/// Default configuration file, read if it exists.
pub const DEFAULT_FILE: &str = "gema.toml";

/// The database's URL, read leniently: other errors in the file are ignored.
pub fn database(file: Option<&Path>, named: Option<String>) -> String {
    let file = file.unwrap_or(Path::new(DEFAULT_FILE));
    named
        .or_else(|| file::database(file))
        .unwrap_or_else(|| DEFAULT_DATABASE.into())
}

/// Default size of the response cache: some thousand responses.
pub const DEFAULT_CACHE_BYTES: u64 = 16 << 20;

/// Limits on concurrent connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// Total.
    pub max: usize,
    /// Limit per address (IPv6: per /64). Proxies are exempt: trusted ones, and those on this machine.
    pub per_address: usize,
}

impl ConnectionLimits {
    /// Default for all connections. Connections beyond it are closed without a response.
    pub const DEFAULT_TOTAL: Self = Self {
        max: 10_000,
        per_address: 1_000,
    };

    /// Default for subscriptions to live counts. Requests beyond it get status 503 with a time to retry.
    pub const DEFAULT_LIVE: Self = Self {
        max: 5_000,
        per_address: 500,
    };
}

/// All options.
#[derive(Clone, Debug)]
pub struct Config {
    /// The listening address: address and port, or a unix socket.
    pub listen: Listen,
    /// Address and port of a separate listener for metrics; `None`: no metrics.
    pub metrics: Option<SocketAddr>,
    /// `sqlite:PATH`, a plain path, or the URL of another engine.
    pub database: String,
    /// How to treat reads of known bots.
    pub bots: Bots,
    /// Proxies whose headers about the client's address are trusted.
    pub trusted_proxies: Vec<TrustedProxy>,
    /// Limits on all connections.
    pub connections: ConnectionLimits,
    /// Limits on subscriptions to live counts.
    pub live: ConnectionLimits,
    /// Size of the response cache, in bytes.
    pub cache_bytes: u64,
    /// Whether the endpoint's front page shows each site's tag and `origins`.
    pub front_page: bool,
    /// Rate and daily limits; `None`: unlimited.
    pub limits: Option<Amounts>,
    /// The newsroom's pages.
    pub newsroom: Newsroom,
    /// The sites by id.
    pub sites: BTreeMap<SiteId, Arc<Site>>,
    /// Whether the demo is served, because nothing is configured.
    pub demo: bool,
}

/// Options from flags and environment variables, which override the file.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// See [`Config::listen`].
    pub listen: Option<Listen>,
    /// See [`Config::metrics`].
    pub metrics: Option<SocketAddr>,
    /// See [`Config::database`].
    pub database: Option<String>,
    /// See [`Config::bots`].
    pub bots: Option<Bots>,
    /// Whether [`Config::limits`] are enforced.
    pub limits: Option<Switch>,
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Switch {
    /// Enabled.
    On,
    /// Disabled.
    Off,
}

impl Config {
    /// Reads the named file, or `gema.toml` if it exists. Without either, returns the demo.
    ///
    /// # Errors
    /// [`Error`] names the file, the line, the field and the remedy.
    pub fn load(named: Option<&Path>, overrides: Overrides) -> Result<Self, Error> {
        let config = match named {
            Some(path) => file::read(path)?,
            None if Path::new(DEFAULT_FILE).exists() => file::read(Path::new(DEFAULT_FILE))?,
            None => Self::demo(),
        };
        Ok(config.with(overrides))
    }

    fn with(self, overrides: Overrides) -> Self {
        Self {
            listen: overrides.listen.unwrap_or(self.listen),
            metrics: overrides.metrics.or(self.metrics),
            database: overrides.database.unwrap_or(self.database),
            bots: overrides.bots.unwrap_or(self.bots),
            limits: self
                .limits
                .filter(|_| overrides.limits != Some(Switch::Off)),
            ..self
        }
    }

    /// The configuration of the demo: the site `demo` for pages on this machine, in every language.
    pub fn demo() -> Self {
        let site = Site {
            languages: locale::languages().map(str::to_owned).collect(),
            ..Site::demo()
        };
        Self {
            listen: DEFAULT_LISTEN.into(),
            metrics: None,
            database: DEFAULT_DATABASE.into(),
            bots: Bots::default(),
            trusted_proxies: Vec::new(),
            connections: ConnectionLimits::DEFAULT_TOTAL,
            live: ConnectionLimits::DEFAULT_LIVE,
            cache_bytes: DEFAULT_CACHE_BYTES,
            front_page: true,
            limits: Some(Amounts::default()),
            newsroom: Newsroom::default(),
            sites: BTreeMap::from([(site.id.clone(), Arc::new(site))]),
            demo: true,
        }
    }

    /// A note that there is no file and what the defaults are; `None` if there is one. `database`: its address without a
    /// password.
    pub fn defaults_used(&self, database: &str) -> Option<String> {
        self.demo.then(|| {
            let here = std::env::current_dir().map_or_else(|_| "this directory".into(), |dir| printable(&dir.display().to_string()));
            let database = printable(database);
            format!(
                "there is no {DEFAULT_FILE} in {here}: the defaults hold (site demo for pages of this machine, database {database}). \
                 Name your configuration with --config FILE, or GEMA_CONFIG"
            )
        })
    }

    /// Whether the address belongs to a proxy (trusted, or on this machine), which carries many clients. A peer on the
    /// unix socket has the unspecified address.
    pub fn is_proxy(&self, peer: IpAddr) -> bool {
        peer.is_loopback()
            || peer.is_unspecified()
            || self
                .trusted_proxies
                .iter()
                .any(|trusted| trusted.contains(peer))
    }

    /// The site with that id.
    pub fn site(&self, id: &SiteId) -> Option<&Arc<Site>> {
        self.sites.get(id)
    }
}
