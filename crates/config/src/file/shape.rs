//! The shape of `gema.toml`: its sections, with the defaults of absent fields.

use std::{collections::BTreeMap, net::SocketAddr};

use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, de};
use wire::{Network, ShareStyle, SiteId};

use super::field;
use crate::{
    Articles, Bots, Clients, ConnectionLimits, DEFAULT_CACHE_BYTES, DEFAULT_DATABASE,
    DEFAULT_LISTEN, Faces, KeyPattern, Listen, Lists, MethodNotes, Origin, PollRule,
    ReactionOption, Reads, Secret, Site, TrustedProxy, newsroom::NewsroomSection,
};

/// The contents of `gema.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ConfigFile {
    pub(super) listen: Listen,
    pub(super) metrics: Option<SocketAddr>,
    pub(super) database: String,
    pub(super) bots: Bots,
    pub(super) trusted_proxies: Vec<TrustedProxy>,
    pub(super) connections: ConnectionsSection,
    pub(super) live: ConnectionsSection,
    pub(super) cache_bytes: u64,
    pub(super) front_page: bool,
    pub(super) limits: BTreeMap<String, BTreeMap<String, toml::Value>>,
    pub(super) newsroom: Option<NewsroomSection>,
    pub(super) sites: BTreeMap<SiteId, SiteSection>,
}

impl Default for ConfigFile {
    fn default() -> Self {
        Self {
            listen: DEFAULT_LISTEN.into(),
            metrics: None,
            database: DEFAULT_DATABASE.into(),
            bots: Bots::default(),
            trusted_proxies: Vec::new(),
            connections: ConnectionsSection::default(),
            live: ConnectionsSection::default(),
            cache_bytes: DEFAULT_CACHE_BYTES,
            front_page: true,
            limits: BTreeMap::new(),
            newsroom: None,
            sites: BTreeMap::new(),
        }
    }
}

/// `[connections]` and `[live]`, with defaults for absent fields.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConnectionsSection {
    max: Option<usize>,
    per_address: Option<usize>,
}

impl ConnectionsSection {
    /// The limits, with defaults for absent fields.
    pub(super) fn or(
        self,
        section: &str,
        default: ConnectionLimits,
    ) -> Result<ConnectionLimits, String> {
        let limit = |name: &str, given: Option<usize>, default| match given {
            Some(0) => Err(format!(
                "[{section}] `{name}` lets nobody in: leave it out for {default}, or write a number above 0"
            )),
            given => Ok(given.unwrap_or(default)),
        };
        Ok(ConnectionLimits {
            max: limit("max", self.max, default.max)?,
            per_address: limit("per_address", self.per_address, default.per_address)?,
        })
    }
}

/// `[sites.NAME]`, with defaults of [`Site::new`] for absent fields.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SiteSection {
    origins: Vec<Origin>,
    opaque_origins: Option<bool>,
    #[serde(default)]
    articles: Articles,
    #[serde(default)]
    lists: Lists,
    #[serde(default)]
    ignore: Vec<KeyPattern>,
    languages: Option<Vec<String>>,
    default_language: Option<String>,
    #[serde(default, deserialize_with = "time_zone")]
    time_zone: Option<TimeZone>,
    reactions: Option<Vec<ReactionOption>>,
    #[serde(default)]
    faces: Faces,
    show_from: Option<u32>,
    networks: Option<Vec<Network>>,
    #[serde(default)]
    share_style: ShareStyle,
    #[serde(default)]
    labels: BTreeMap<String, toml::Table>,
    #[serde(default)]
    reads: Reads,
    #[serde(default)]
    poll: PollRule,
    poll_closes_after_days: Option<u32>,
    noscript_votes: Option<bool>,
    #[serde(default)]
    clients: Clients,
    live: Option<bool>,
    #[serde(default)]
    method: MethodNotes,
    key: Option<Secret>,
}

impl SiteSection {
    /// Applies defaults, and checks what depends on several fields.
    pub(super) fn check(self, id: &SiteId) -> Result<Site, String> {
        let default = Site::new(id.clone());
        let languages = self.languages.unwrap_or(default.languages);
        let first = languages
            .first()
            .cloned()
            .ok_or_else(|| field(id, "languages", "needs at least one language"))?;
        Ok(Site {
            id: id.clone(),
            origins: self.origins,
            opaque_origins: self.opaque_origins.unwrap_or(default.opaque_origins),
            articles: self.articles,
            lists: self.lists,
            ignore: self.ignore,
            default_language: self.default_language.unwrap_or(first),
            languages,
            time_zone: self.time_zone.unwrap_or(default.time_zone),
            reactions: self.reactions.unwrap_or(default.reactions),
            faces: self.faces,
            show_from: self.show_from.unwrap_or(default.show_from),
            networks: self.networks.unwrap_or(default.networks),
            share_style: self.share_style,
            labels: self.labels,
            reads: self.reads,
            poll: self.poll,
            poll_closes_after_days: self.poll_closes_after_days,
            noscript_votes: self.noscript_votes.unwrap_or(default.noscript_votes),
            clients: self.clients,
            live: self.live.unwrap_or(default.live),
            method: self.method,
            key: self.key,
        })
    }
}

fn time_zone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<TimeZone>, D::Error> {
    let name = String::deserialize(deserializer)?;
    let unknown = |_| {
        de::Error::custom(format!(
            "`{name}` is not a time zone: write an IANA name such as \"Asia/Jakarta\""
        ))
    };
    TimeZone::get(&name).map(Some).map_err(unknown)
}
