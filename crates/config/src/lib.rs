//! Every option of the endpoint in one place: `gema.toml`, flags and environment become a `Config`
//! whose parts cannot be wrong. Opens nothing but that one file.

/// What `gema.toml` may say, and how it is read.
mod file;
/// Articles of which nothing counts.
mod ignore;
/// What may be done how often.
mod limits;
/// Where readers are served.
mod listen;
/// The options in force, which can be read again.
mod live;
/// The buttons of the share bar: one table.
pub mod networks;
/// Which pages a site's events may come from.
mod origin;
/// Whose word for a client's address is taken.
mod proxy;
/// One news site.
mod site;
/// Choices with a price.
mod warnings;
/// What a site says in each of its languages.
mod words;

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    path::Path,
    sync::Arc,
};

pub use file::Error;
pub use ignore::KeyPattern;
pub use limits::{Action, Amount, Amounts, Key, LIMIT_NAMES, LIMITS, Limit, Rate};
pub use listen::Listen;
pub use live::{Live, Reloaded};
pub use origin::Origin;
pub use proxy::TrustedProxy;
pub use site::{Articles, Bots, Lists, PollRule, ReactionOption, Reads, Secret, Site};
use text::printable::printable;
pub use wire::Identity;
use wire::SiteId;

/// Where the endpoint listens if nobody says otherwise.
pub const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8787);

/// The database if nobody says otherwise: a file in the working directory.
pub const DEFAULT_DATABASE: &str = "gema.db";

/// The file that is read if it is there and no other one is named.
pub const DEFAULT_FILE: &str = "gema.toml";

/// Where the database is said to be, as far as a file tells that may be wrong in everything else.
pub fn database(file: Option<&Path>, named: Option<String>) -> String {
    let file = file.unwrap_or(Path::new(DEFAULT_FILE));
    named.or_else(|| file::database(file)).unwrap_or_else(|| DEFAULT_DATABASE.into())
}

/// Room for some thousand answers.
pub const DEFAULT_CACHE_BYTES: u64 = 16 << 20;

/// How many connections may be open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connections {
    /// In all.
    pub max: usize,
    /// Of one address (IPv6: one /64), if it is no proxy: one that is trusted, or on this machine.
    pub per_address: usize,
}

impl Connections {
    /// Of all kinds, if nobody says otherwise. One more is closed unanswered.
    pub const ALL: Self = Self { max: 10_000, per_address: 1_000 };

    /// Of readers who watch counts change, if nobody says otherwise. One more is told to come back later.
    pub const LIVE: Self = Self { max: 5_000, per_address: 500 };
}

/// Everything that an operator may choose.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen: an address and port, or a unix socket.
    pub listen: Listen,
    /// Address and port of the operator's own listener, for metrics. None: there is none.
    pub metrics: Option<SocketAddr>,
    /// `sqlite:PATH`, or a plain path. The scheme is the choice of engine.
    pub database: String,
    /// What to do with the reads of known bots.
    pub bots: Bots,
    /// Proxies whose word for their clients' addresses is taken.
    pub trusted_proxies: Vec<TrustedProxy>,
    /// How many connections there may be.
    pub connections: Connections,
    /// How many of them may be of readers who watch counts change.
    pub live: Connections,
    /// How many bytes of answers may be kept to be given again.
    pub cache_bytes: u64,
    /// Whether the endpoint's front page shows each site's tag and `origins`.
    pub front_page: bool,
    /// What may be done how often; `None`: whatever comes is taken.
    pub limits: Option<Amounts>,
    /// The sites that are served, by name.
    pub sites: BTreeMap<SiteId, Arc<Site>>,
    /// Whether this is the demo, because nothing is configured.
    pub demo: bool,
}

/// What flags and environment say: each stands above the file.
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
    /// Whether [`Config::limits`] hold.
    pub limits: Option<Switch>,
}

/// Whether something is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Switch {
    /// It is.
    On,
    /// It is not.
    Off,
}

impl Config {
    /// Reads the file that was named, or `gema.toml` if it is there. With neither, this is the demo.
    ///
    /// # Errors
    /// [`Error`] names the file, the line, the field and the remedy.
    pub fn load(named: Option<&Path>, overrides: Overrides) -> Result<Self, Error> {
        let config = match named {
            Some(path) => file::read(path)?,
            None if Path::new(DEFAULT_FILE).exists() => file::read(Path::new(DEFAULT_FILE))?,
            None => Self::demo(),
        };
        Ok(Self {
            listen: overrides.listen.unwrap_or(config.listen),
            metrics: overrides.metrics.or(config.metrics),
            database: overrides.database.unwrap_or(config.database),
            bots: overrides.bots.unwrap_or(config.bots),
            limits: config.limits.filter(|_| overrides.limits != Some(Switch::Off)),
            ..config
        })
    }

    /// What is served when nothing is configured: the site `demo` for pages of this machine, in every language, to be tried.
    pub fn demo() -> Self {
        let site = Site { languages: locale::languages().map(str::to_owned).collect(), ..Site::demo() };
        Self {
            listen: DEFAULT_LISTEN.into(),
            metrics: None,
            database: DEFAULT_DATABASE.into(),
            bots: Bots::default(),
            trusted_proxies: Vec::new(),
            connections: Connections::ALL,
            live: Connections::LIVE,
            cache_bytes: DEFAULT_CACHE_BYTES,
            front_page: true,
            limits: Some(Amounts::default()),
            sites: BTreeMap::from([(site.id.clone(), Arc::new(site))]),
            demo: true,
        }
    }

    /// That there is no file, and what holds instead; nothing where there is one.
    pub fn defaults_used(&self) -> Option<String> {
        self.demo.then(|| {
            let here = std::env::current_dir().map_or_else(|_| "this directory".into(), |dir| printable(&dir.display().to_string()));
            let database = &self.database;
            format!(
                "there is no {DEFAULT_FILE} in {here}: the defaults hold (site demo for pages of this machine, database {database}). \
                 Name your configuration with --config FILE, or GEMA_CONFIG"
            )
        })
    }

    /// Whether that is a proxy's address, behind which everybody is: of one that is trusted, or on this machine. What connects to
    /// the unix socket has none, which is written as 0.0.0.0.
    pub fn is_proxy(&self, peer: IpAddr) -> bool {
        peer.is_loopback() || peer.is_unspecified() || self.trusted_proxies.iter().any(|trusted| trusted.contains(peer))
    }

    /// The site of that name.
    pub fn site(&self, id: &SiteId) -> Option<&Arc<Site>> {
        self.sites.get(id)
    }
}
