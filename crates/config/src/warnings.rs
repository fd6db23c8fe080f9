//! Warnings about risky settings, each with the remedy. They never prevent a start.

use std::{collections::BTreeMap, fs, net::IpAddr, path::Path};

use ipnet::IpNet;

use super::{
    Amount, Amounts, Bots, Config, Listen, Origin, Rate, Site, TrustedProxy, site::KEY_COMMAND,
};
use text::section::section;

/// A smaller cache holds only some tens of responses.
const MIN_SENSIBLE_CACHE_BYTES: u64 = 1 << 20;

/// A larger amount of a limit is none: no site has as many readers.
const MAX_SENSIBLE_AMOUNT: u32 = 1_000_000_000;

/// No process may open more connections: Linux's own limit of open files.
const MAX_SENSIBLE_CONNECTIONS: usize = 1 << 20;

/// The largest part of the machine's memory that a cache leaves room beside.
const MAX_MEMORY_PART: u64 = 2;

/// No reader looks at an article for longer without leaving it: ten minutes.
const MAX_SENSIBLE_READ_MS: u32 = 600_000;

/// Shortest plausible prefix of a CDN's public networks, for IPv4 and IPv6, according to what CDNs publish.
const MIN_PUBLIC_PREFIX_BITS: (u8, u8) = (12, 28);

/// The largest plausible share of the public networks of one address family that a newsroom's proxies have together.
const MAX_PUBLIC_SHARE: f64 = 1.0 / 256.0;

impl Config {
    /// All warnings. `file`: the file that the options were read from.
    pub fn warnings(&self, file: Option<&Path>) -> Vec<String> {
        // The demo is deliberately open.
        if self.demo {
            return Vec::new();
        }
        let mut all = Vec::new();
        all.extend(self.warn_of_listen());
        all.extend(self.trusted_proxies.iter().filter_map(warn_of_proxy));
        all.extend(self.warn_of_proxies_together());
        all.extend(self.warn_of_metrics());
        all.extend(self.warn_of_amounts());
        all.extend(self.limits.iter().flat_map(warn_of_limits));
        all.extend(self.warn_of_database());
        all.extend(self.sites.values().flat_map(|site| warn_of_site(site)));
        all.extend(self.warn_of_keys());
        all.extend(file.and_then(|file| self.warn_of_file(file)));
        all
    }

    fn warn_of_listen(&self) -> Option<String> {
        let trusts_socket = self.trusted_proxies.contains(&TrustedProxy::Unix);
        match &self.listen {
            Listen::Unix(_) if !trusts_socket => Some(
                "`listen` is a unix socket, whose proxy is not trusted, so that all readers have one address, and share its \
                 limits: write trusted_proxies = [\"unix\"], and let the proxy set X-Forwarded-For"
                    .into(),
            ),
            Listen::Tcp(_) if trusts_socket => {
                Some("`trusted_proxies` has \"unix\", but `listen` is not a unix socket: name the proxy's network".into())
            }
            Listen::Tcp(address) if !address.ip().is_loopback() && self.trusted_proxies.is_empty() => Some(format!(
                "`listen` ({address}) can be reached by other machines, without TLS, and no proxy is trusted: put a proxy with \
                 TLS in front, and name its network in `trusted_proxies`"
            )),
            Listen::Unix(_) | Listen::Tcp(_) => None,
        }
    }

    fn warn_of_metrics(&self) -> Option<String> {
        let address = self.metrics.filter(|address| !is_private(address.ip()))?;
        Some(format!(
            "`metrics` ({address}) can be read by whoever reaches that address: name one of this machine, such as \
             \"127.0.0.1:{}\", or of a private network",
            address.port()
        ))
    }

    fn warn_of_amounts(&self) -> Vec<String> {
        let mut all = Vec::new();
        if self.bots == Bots::Count {
            all.push("`bots` counts the reads of bots: for tests only; leave it out".into());
        }
        if self.live.max >= self.connections.max {
            all.push(format!(
                "[live] `max` ({}) leaves no connection to readers who only read: [connections] `max` is {}",
                self.live.max, self.connections.max
            ));
        }
        if self.cache_bytes < MIN_SENSIBLE_CACHE_BYTES {
            all.push(format!(
                "`cache_bytes` ({}) keeps hardly an answer, so that each view is made again: leave it out",
                self.cache_bytes
            ));
        }
        if self.connections.max > MAX_SENSIBLE_CONNECTIONS {
            all.push(format!(
                "[connections] `max` ({}) is more than a process may open: leave it out",
                self.connections.max
            ));
        }
        let room = memory_bytes().map(|memory| memory / MAX_MEMORY_PART);
        if let Some(room) = room.filter(|room| self.cache_bytes > *room) {
            all.push(format!(
                "`cache_bytes` ({}) is more than half of this machine's memory: leave it out, or name at most {room}",
                self.cache_bytes
            ));
        }
        all
    }

    fn warn_of_database(&self) -> Vec<String> {
        let options = self
            .database
            .split_once('?')
            .map_or("", |(_, options)| options);
        let has = |option: &str| options.split('&').any(|one| one == option);
        let mut all = Vec::new();
        if has("unsafe=1") {
            all.push("`database` has unsafe=1: servers are taken that may lose counts. See docs/operating.md".into());
        }
        if has("replicas_acknowledged=0") && self.database.starts_with("redis+cluster:") {
            all.push(
                "`database` has replicas_acknowledged=0: events are acknowledged before a replica has them, and are lost with their \
                 master: leave it out"
                    .into(),
            );
        }
        all
    }

    /// Warns of networks of proxies that are small each, but together a large part of the internet.
    fn warn_of_proxies_together(&self) -> Option<String> {
        let public = |network: &IpNet| !is_private(network.addr());
        let networks: Vec<IpNet> = self
            .trusted_proxies
            .iter()
            .filter_map(TrustedProxy::network)
            .filter(public)
            .collect();
        let share: f64 = IpNet::aggregate(&networks)
            .iter()
            .map(|network| (-f64::from(network.prefix_len())).exp2())
            .fold(0.0, |sum, share| sum + share);
        (networks.len() > 1 && share > MAX_PUBLIC_SHARE).then(|| {
            "`trusted_proxies` trusts a large part of the internet, and each of its addresses can claim any client address: name only the \
             networks of the proxies"
                .into()
        })
    }

    /// A key that two sites share gives access to both; one that can be guessed, to anybody.
    fn warn_of_keys(&self) -> Vec<String> {
        let keyed: Vec<_> = self
            .sites
            .values()
            .filter_map(|site| Some((&site.id, site.key.as_ref()?)))
            .collect();
        let twins = keyed.iter().enumerate().filter_map(|(at, (id, key))| {
            let (twin, _) = keyed[..at].iter().find(|(_, other)| other.is_same(key))?;
            Some(format!(
                "{} `key` is that of {}, so that either newsroom writes for both: take another",
                section(id.as_str()),
                section(twin.as_str())
            ))
        });
        let guessable = keyed.iter().filter(|(_, key)| key.is_guessable());
        let guessable = guessable.map(|(id, _)| {
            format!(
                "{} `key` can be guessed: take a random one, such as the output of `{KEY_COMMAND}`",
                section(id.as_str())
            )
        });
        twins.chain(guessable).collect()
    }

    /// Warns if every user of the machine can read the keys.
    #[cfg(unix)]
    fn warn_of_file(&self, file: &Path) -> Option<String> {
        use std::os::unix::fs::PermissionsExt;
        let has_secret =
            self.database.contains('@') || self.sites.values().any(|site| site.key.is_some());
        let mode = fs::metadata(file).ok()?.permissions().mode();
        (has_secret && mode & 0o004 != 0).then(|| {
            format!(
                "every user of this machine can read it, and it holds keys: chmod 640 {}",
                file.display()
            )
        })
    }

    #[cfg(not(unix))]
    fn warn_of_file(&self, _: &Path) -> Option<String> {
        None
    }
}

/// The machine's memory; `None`: it is not known.
fn memory_bytes() -> Option<u64> {
    let told = fs::read_to_string("/proc/meminfo").ok()?;
    let total = told
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kilobytes: u64 = total.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

fn warn_of_proxy(proxy: &TrustedProxy) -> Option<String> {
    let network = proxy.network()?;
    if let Some(mapped) = maps_ipv4(&network) {
        return Some(format!(
            "`trusted_proxies` trusts {network}, which has {mapped}: name the proxies' own networks"
        ));
    }
    let widest = if network.addr().is_ipv4() {
        MIN_PUBLIC_PREFIX_BITS.0
    } else {
        MIN_PUBLIC_PREFIX_BITS.1
    };
    (network.prefix_len() < widest && !is_private(network.addr())).then(|| {
        format!(
            "`trusted_proxies` trusts all of {network}, and each of its addresses can claim any client address: name only the \
             networks of the proxies"
        )
    })
}

/// IPv6 networks that contain every IPv4 address: mapped, compatible and translated ones, NAT64, Teredo and 6to4.
const NETWORKS_WITH_IPV4: [&str; 7] = [
    "::ffff:0:0/96",
    "::/96",
    "::ffff:0:0:0/96",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "2001::/32",
    "2002::/16",
];

/// What a network has, if it contains every IPv4 address, or is contained in one that does.
fn maps_ipv4(network: &IpNet) -> Option<&'static str> {
    let is_related = |text: &&str| {
        text.parse::<IpNet>().is_ok_and(|whole| {
            whole.contains(network) && network.prefix_len() <= 96 || network.contains(&whole)
        })
    };
    NETWORKS_WITH_IPV4
        .iter()
        .any(is_related)
        .then_some("the IPv4 addresses of all the internet")
}

/// Warns of daily limits that refuse everybody or nobody, and of networks that may do less than one address.
fn warn_of_limits(amounts: &Amounts) -> Vec<String> {
    let mut all = Vec::new();
    let per_day: BTreeMap<_, _> = amounts
        .iter()
        .map(|(_, limit, amount)| {
            let most = match amount {
                Amount::Day(most) => most,
                Amount::Rate(rate) => rate.burst.get(),
            };
            (limit.name, (limit.full_name, most, amount))
        })
        .collect();
    for ((group, name), (full_name, most, amount)) in &per_day {
        match amount {
            Amount::Day(0) => all.push(format!(
                "[limits] `{full_name}` is 0, so that nothing is counted: leave it out"
            )),
            _ if is_no_limit(*amount) => all.push(format!(
                "[limits] `{full_name}` is no limit any more: leave it out, or name what an honest day needs"
            )),
            Amount::Day(_) | Amount::Rate(_) => {}
        }
        if name.ends_with("_network")
            && let Some((of_address, more, _)) = per_day.get(&(*group, "per_address"))
            && most < more
            && *more <= MAX_SENSIBLE_AMOUNT
        {
            all.push(format!(
                "[limits] `{full_name}` ({most}) is less than `{of_address}` ({more}): one reader stops a whole network; name more"
            ));
        }
    }
    all
}

/// Whether an amount is one that no readers reach.
fn is_no_limit(amount: Amount) -> bool {
    let most = match amount {
        Amount::Day(most) => most,
        Amount::Rate(Rate { burst, per_hour }) => burst.max(per_hour).get(),
    };
    most > MAX_SENSIBLE_AMOUNT
}

fn warn_of_site(site: &Site) -> Vec<String> {
    let mut all = Vec::new();
    let mut say = |what: &str| all.push(format!("{} {what}", section(site.id.as_str())));
    if site.origins.is_empty() && !site.opaque_origins {
        say(
            "`origins` is empty, so that nothing is counted: name the pages' origin, such as \"https://news.example\"",
        );
    }
    if site.opaque_origins {
        say(
            "`opaque_origins` accepts events of pages that do not reveal their origin, so that any page of the web can make its \
             visitors vote: leave it out, unless this site's own pages have no origin",
        );
    }
    if site.origins.contains(&Origin::Loopback) {
        say("`origins` has \"loopback\", any page of a reader's own machine: for tests only");
    }
    if let Some(origin) = site.origins.iter().find(|origin| origin.is_below_address()) {
        say(&format!(
            "`origins` has \"{origin}\", but an IP address has no names below it: write the address without \"*.\""
        ));
    }
    if site.reads.after_ms > MAX_SENSIBLE_READ_MS {
        say(&format!(
            "`reads.after_ms` ({}) is longer than anybody reads, so that no read counts: leave it out",
            site.reads.after_ms
        ));
    }
    if let Some(pattern) = site.ignore.iter().find(|pattern| pattern.has_all_paths()) {
        say(&format!(
            "`ignore` has \"{pattern}\", which every path matches, so that no page counts: name the paths that are no articles, such as \"/p/*\""
        ));
    }
    if site.clients.take_reactions() && !site.noscript_votes {
        say(
            "`clients` names options of the poll, but `noscript_votes` is false, so that no client's reaction counts: leave one of \
             them out",
        );
    }
    if site.poll_closes_after_days == Some(0) {
        say(
            "`poll_closes_after_days` is 0, so that no poll is ever open: leave it out, or write poll = \"closed\"",
        );
    }
    all
}

/// Whether it is an address of this machine or of a private network.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            v4.is_loopback() || v4.is_private() || v4.is_link_local() || is_shared(v4.into())
        }
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

/// Carrier-grade NAT: 100.64.0.0/10 (RFC 6598).
fn is_shared(address: IpAddr) -> bool {
    IpNet::new([100, 64, 0, 0].into(), 10).is_ok_and(|network| network.contains(&address))
}

#[cfg(test)]
mod tests;
