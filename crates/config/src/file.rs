/// Collecting all errors of a file.
mod faults;
/// Detection of unquoted names of sites.
mod unquoted;

use std::{
    collections::BTreeMap,
    fmt,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, de};
use wire::{Network, SiteId};

use super::{
    Amounts, Articles, Bots, Config, Connections, DEFAULT_CACHE_BYTES, DEFAULT_DATABASE, DEFAULT_LISTEN, KeyPattern,
    Listen, Lists, Origin, PollRule, ReactionOption, Reads, Secret, Site, TrustedProxy, proxy::are_everybodys,
};
use crate::networks;
use faults::Faults;
use text::section::section;
use unquoted::unquoted_sites;

/// Why the configuration is invalid: the file, and for each error the line, field and remedy.
#[derive(Debug)]
pub struct Error {
    path: PathBuf,
    faults: Vec<String>,
}

impl Error {
    /// The error of a reload without a file.
    pub(super) fn no_file() -> Self {
        let what = "was not there when gema started. Restart gema to use one";
        Self { path: super::DEFAULT_FILE.into(), faults: vec![what.into()] }
    }

    /// The errors without the file's name.
    pub fn faults(&self) -> &[String] {
        &self.faults
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.faults.join("\n\n"))
    }
}

impl std::error::Error for Error {}

/// Reads and validates a file.
pub(super) fn read(path: &Path) -> Result<Config, Error> {
    let error = |faults| Error { path: path.into(), faults };
    let text = std::fs::read_to_string(path)
        .map_err(|e| error(vec![format!("cannot be read ({e}). Name another one with --config FILE")]))?;
    parse(&text).map_err(error)
}

/// The database in a file, whatever else is in it.
pub(super) fn database(path: &Path) -> Option<String> {
    #[derive(Deserialize)]
    struct Database {
        database: String,
    }
    toml::from_str::<Database>(&std::fs::read_to_string(path).ok()?).ok().map(|file| file.database)
}

/// Validates a whole file, or returns all its errors.
pub(super) fn parse(text: &str) -> Result<Config, Vec<String>> {
    let mut faults = Faults(unquoted_sites(text));
    let Some(file) = faults::read::<File>(text, &mut faults) else { return Err(faults.0) };
    // Sites that were left out have an error already.
    if file.sites.is_empty() && faults.0.is_empty() {
        faults.0.push("no site. Add one: [sites.NAME] with origins = [\"https://news.example\"]".into());
    }
    if are_everybodys(&file.trusted_proxies) {
        faults.0.push(
            "`trusted_proxies` trusts everybody, who can then be anybody: name the networks of the proxies".into(),
        );
    }
    if file.metrics.is_some_and(|metrics| file.listen == Listen::Tcp(metrics)) {
        faults.0.push("`metrics` is the address of `listen`, where readers are answered: name another port".into());
    }
    let connections = faults.keep(file.connections.or("connections", Connections::ALL));
    let live = faults.keep(file.live.or("live", Connections::LIVE));
    let limits = limits(file.limits, &mut faults);
    let sites = file.sites.into_iter().filter_map(|(id, section)| {
        let site = faults.keep(section.check(&id))?;
        site.faults(&mut faults);
        Some((id, Arc::new(site)))
    });
    let sites = sites.collect();
    match (connections, live, limits) {
        (Some(connections), Some(live), Some(limits)) if faults.0.is_empty() => Ok(Config {
            listen: file.listen,
            metrics: file.metrics,
            database: file.database,
            bots: file.bots,
            trusted_proxies: file.trusted_proxies,
            connections,
            live,
            cache_bytes: file.cache_bytes,
            front_page: file.front_page,
            limits: Some(limits),
            sites,
            demo: false,
        }),
        _ => Err(faults.0),
    }
}

/// Validates `[limits]`, each entry separately first, to report all errors.
fn limits(said: BTreeMap<String, BTreeMap<String, toml::Value>>, faults: &mut Faults) -> Option<Amounts> {
    let before = faults.0.len();
    for (group, limits) in &said {
        for (name, value) in limits {
            let alone = BTreeMap::from([(name.clone(), value.clone())]);
            faults.keep(Amounts::parse(BTreeMap::from([(group.clone(), alone)])));
        }
    }
    if faults.0.len() > before { None } else { faults.keep(Amounts::parse(said)) }
}

/// The contents of `gema.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    listen: Listen,
    metrics: Option<SocketAddr>,
    database: String,
    bots: Bots,
    trusted_proxies: Vec<TrustedProxy>,
    connections: Room,
    live: Room,
    cache_bytes: u64,
    front_page: bool,
    limits: BTreeMap<String, BTreeMap<String, toml::Value>>,
    sites: BTreeMap<SiteId, Section>,
}

impl Default for File {
    fn default() -> Self {
        let (listen, database) = (DEFAULT_LISTEN.into(), DEFAULT_DATABASE.into());
        let (connections, live, cache_bytes) = (Room::default(), Room::default(), DEFAULT_CACHE_BYTES);
        let (bots, trusted_proxies) = (Bots::default(), Vec::new());
        let (limits, sites) = (BTreeMap::new(), BTreeMap::new());
        Self {
            listen,
            metrics: None,
            database,
            bots,
            trusted_proxies,
            connections,
            live,
            cache_bytes,
            front_page: true,
            limits,
            sites,
        }
    }
}

/// `[connections]` and `[live]`, with defaults for absent fields.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Room {
    max: Option<usize>,
    per_address: Option<usize>,
}

impl Room {
    fn or(self, section: &str, default: Connections) -> Result<Connections, String> {
        let room = |name: &str, given: Option<usize>, default| match given {
            Some(0) => Err(format!(
                "[{section}] `{name}` lets nobody in: leave it out for {default}, or write a number above 0"
            )),
            given => Ok(given.unwrap_or(default)),
        };
        Ok(Connections {
            max: room("max", self.max, default.max)?,
            per_address: room("per_address", self.per_address, default.per_address)?,
        })
    }
}

/// `[sites.NAME]`, with defaults of [`Site::new`] for absent fields.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Section {
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
    networks: Option<Vec<Network>>,
    #[serde(default)]
    labels: BTreeMap<String, toml::Table>,
    #[serde(default)]
    reads: Reads,
    #[serde(default)]
    poll: PollRule,
    poll_closes_after_days: Option<u32>,
    noscript_votes: Option<bool>,
    live: Option<bool>,
    key: Option<Secret>,
}

impl Section {
    /// Applies defaults, and checks what depends on several fields.
    fn check(self, id: &SiteId) -> Result<Site, String> {
        let default = Site::new(id.clone());
        let languages = self.languages.unwrap_or(default.languages);
        let first = languages.first().cloned().ok_or_else(|| field(id, "languages", "needs at least one language"))?;
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
            networks: self.networks.unwrap_or(default.networks),
            labels: self.labels,
            reads: self.reads,
            poll: self.poll,
            poll_closes_after_days: self.poll_closes_after_days,
            noscript_votes: self.noscript_votes.unwrap_or(default.noscript_votes),
            live: self.live.unwrap_or(default.live),
            key: self.key,
        })
    }
}

impl Site {
    /// Checks combinations of options that are valid separately.
    fn faults(&self, faults: &mut Faults) {
        let mut error = |name: &str, what: String| faults.0.push(field(&self.id, name, &what));
        if !self.languages.contains(&self.default_language) {
            let listed = self.languages.join(", ");
            error("default_language", format!("must be one of `languages` ({listed})"));
        }
        if let Some(twice) = first_twice(self.reactions.iter().map(|option| &option.key)) {
            error("reactions", format!("has `{twice}` twice: remove one"));
        }
        if let Some(twice) = first_twice(self.networks.iter()) {
            error("networks", format!("has `{twice}` twice: remove one"));
        }
        if let Some(unknown) = self.networks.iter().find(|network| !networks::is_known(network)) {
            error("networks", format!("has `{unknown}`, which is not known. Known: {}", networks::known()));
        }
        if let Some(wrong) = self.key.as_ref().and_then(Secret::weakness) {
            error("key", format!("{wrong}. Take one from `openssl rand -hex 20`"));
        }
        faults.keep(self.check_words().map_err(|what| format!("{} {what}", section(self.id.as_str()))));
    }
}

fn field(site: &SiteId, name: &str, what: &str) -> String {
    format!("{} `{name}` {what}", section(site.as_str()))
}

fn first_twice<T: PartialEq>(names: impl Iterator<Item = T> + Clone) -> Option<T> {
    names.clone().enumerate().find(|(at, name)| names.clone().take(*at).any(|earlier| earlier == *name)).map(|(_, n)| n)
}

fn time_zone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<TimeZone>, D::Error> {
    let name = String::deserialize(deserializer)?;
    let unknown =
        |_| de::Error::custom(format!("`{name}` is not a time zone: write an IANA name such as \"Asia/Jakarta\""));
    TimeZone::get(&name).map(Some).map_err(unknown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LIMITS;

    #[test]
    fn a_site_needs_no_more_than_its_origins() {
        let config = parse("[sites.setneg]\norigins = [\"https://www.setneg.go.id\"]").unwrap();
        let site = &config.sites[&SiteId::parse("setneg").unwrap()];
        assert_eq!(site.default_language, "id");
        assert_eq!(site.reactions.len(), 5);
        assert!(!config.demo);
    }

    #[test]
    fn the_documented_options_are_all_of_them_at_their_defaults() {
        let documentation = include_str!("../../../docs/gema.toml");
        let documented = parse(documentation).unwrap();
        let id = SiteId::parse("example").unwrap();
        let (site, default) = (&documented.sites[&id], Site::new(id.clone()));
        assert_eq!((documented.listen, &*documented.database), (DEFAULT_LISTEN.into(), DEFAULT_DATABASE));
        assert!(documented.trusted_proxies.is_empty());
        assert_eq!((documented.connections, documented.live), (Connections::ALL, Connections::LIVE));
        assert!(documented.front_page);
        assert_eq!((documented.cache_bytes, site.live), (DEFAULT_CACHE_BYTES, default.live));
        assert_eq!(documented.limits, Some(Amounts::default()));
        for limit in &LIMITS {
            let section = documentation.split(&format!("[limits.{}]", limit.name.0)).nth(1).unwrap_or_default();
            let section = section.split("\n[").next().unwrap_or_default();
            let name = limit.name.1;
            assert!(section.contains(&format!("\n{name} = ")), "docs/gema.toml is silent on {}", limit.full_name);
        }
        assert_eq!((site.articles, site.noscript_votes), (default.articles, default.noscript_votes));
        assert_eq!((&site.ignore, site.lists), (&default.ignore, default.lists));
        assert_eq!((site.opaque_origins, &site.languages), (default.opaque_origins, &default.languages));
        assert_eq!((&site.default_language, &site.time_zone), (&default.default_language, &default.time_zone));
        assert_eq!((&site.reactions, site.reads, site.poll), (&default.reactions, default.reads, default.poll));

        for unknown in ["x = 1", "[sites.a]\norigins = []\nx = 1"].map(|file| parse(file).unwrap_err().join("\n")) {
            for field in unknown.split('`').skip(3).step_by(2) {
                assert!(documentation.contains(field), "docs/gema.toml is silent on {field}");
            }
        }
    }

    #[test]
    fn errors_name_line_field_and_remedy() {
        let site = |lines: &str| format!("[sites.a]\norigins = [\"https://a.example\"]\n{lines}");
        for (file, says) in [
            ("".into(), vec!["no site", "[sites.NAME]"]),
            ("[sites.a]".into(), vec!["line 1", "origins"]),
            ("listen = \"unix:gema.sock\"".into(), vec!["line 1", "absolute", "unix:/run/gema/gema.sock"]),
            ("listem = \"127.0.0.1:1\"".into(), vec!["line 1", "listem", "listen"]),
            ("[sites.a]\norigins = [\"a.example\"]".into(), vec!["line 2", "origins", "https://news.example"]),
            (
                "[sites.news.xn--bcher-kva.example]\norigins = []".into(),
                vec!["in quotes", "[sites.\"news.xn--bcher-kva.example\"]"],
            ),
            ("trusted_proxies = [\"localhost\"]".into(), vec!["line 1", "localhost", "10.0.0.0/8"]),
            (site("[limits.reads]\nper_adress = 5"), vec!["limits.reads", "per_adress", "reads.per_address"]),
            (site("[limits.reads]\nper_address = { burst = 5 }"), vec!["limits.reads", "per_address", "a number"]),
            (site("[limits.reactions]\nper_article = 5"), vec!["limits.reactions", "burst = 100"]),
            (
                site("[limits.reactions]\nper_article = { burst = 0, per_hour = 1 }"),
                vec!["limits.reactions", "per_article", "neither of them 0"],
            ),
            (site("articles = \"closed\""), vec!["line 3", "registered"]),
            (site("lists = \"none\""), vec!["line 3", "none", "known"]),
            (site("ignore = \"/p/*\""), vec!["line 3", "ignore"]),
            (site("ignore = [\"/p/*\", \"*\"]"), vec!["line 3", "ignore", "every article", "/p/*"]),
            (site("time_zone = \"Jakarta\""), vec!["line 3", "Asia/Jakarta"]),
            (site("default_language = \"fr\""), vec!["sites.a", "default_language", "id, en"]),
            (site("languages = []"), vec!["sites.a", "languages", "at least one"]),
            (site("poll = \"shut\""), vec!["line 3", "shut", "closed"]),
            (site("key = \"short\""), vec!["sites.a", "`key`", "20 characters", "openssl"]),
            (site("key = \"aaaaaaaaaaaaaaaaaaaaaaaa\""), vec!["sites.a", "`key`", "different", "openssl"]),
            (site("key = \"0123456789abcdef 0123\""), vec!["sites.a", "`key`", "header", "openssl"]),
            (site("[connections]\nmax = 0"), vec!["[connections]", "`max`", "10000"]),
            (site("[live]\nper_address = 0"), vec!["[live]", "`per_address`", "500"]),
            ("trusted_proxies = [\"0.0.0.0/1\", \"128.0.0.0/1\"]".into(), vec!["trusts everybody", "of the proxy"]),
            (
                "trusted_proxies = [\"10.0.0.0/8\", \"11.0.0.0/8\"]\n[sites.a]\norigins = []".into(),
                vec!["trusts everybody", "of the proxies"],
            ),
            ("[sites.a]\norigins = [\"https://*.co.id\"]".into(), vec!["line 2", "co.id", "https://*.news.co.id"]),
            (
                "[sites.a]\norigins = [\"https://bücher.example\"]".into(),
                vec!["line 2", "write it as \"https://xn--bcher-kva.example\""],
            ),
            (
                "[sites.a]\norigins = [\"https://*.github.io\"]".into(),
                vec!["line 2", "belong to others", "news.github.io"],
            ),
            (site("networks = [\"whatsapp\", \"whatsapp\"]"), vec!["sites.a", "networks", "whatsapp", "twice"]),
            (site("networks = [\"orkut\"]"), vec!["sites.a", "networks", "orkut", "Known: "]),
            (site("reactions = [{ key = \"Happy\" }]"), vec!["line 3", "a-z"]),
        ] {
            let errors = parse(&file).unwrap_err();
            let is_told = errors.iter().any(|error| says.iter().all(|word| error.contains(word)));
            assert!(is_told, "{file:?} should say {says:?}: {errors:?}");
        }
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let errors = parse(
            "listen = 8787\ncache_bites = 1\ntrusted_proxies = [\"localhost\", \"10.0.0.0/8\", \"0.0.0.0/0\"]\n\
             [connections]\nmax = 0\n[live]\nmax = 0\n[limits.reads]\nper_adress = 1\nper_address = \"x\"\n\
             [sites.a]\norigins = [\"a.example\", \"https://*.co.id\"]\ntime_zone = \"Jakarta\"\nkey = \"short\"\n\
             networks = [\"orkut\"]\n[sites.b]\nlanguages = []\n[sites.c]\norigins = []\nlanguages = []\n",
        )
        .unwrap_err();
        for words in [
            vec!["line 1", "listen"],
            vec!["line 2", "cache_bites"],
            vec!["line 3", "`localhost` is not a network"],
            vec!["line 3", "`0.0.0.0/0` trusts"],
            vec!["[connections] `max`"],
            vec!["[live] `max`"],
            vec!["per_adress"],
            vec!["[limits.reads] `per_address`"],
            vec!["line 12", "`a.example` is not an origin"],
            vec!["line 12", "names below co.id"],
            vec!["line 13", "Jakarta"],
            vec!["[sites.a] `key`"],
            vec!["[sites.a] `networks`"],
            vec!["line 16", "origins"],
            vec!["[sites.c] `languages`"],
        ] {
            let told = errors.iter().filter(|error| words.iter().all(|word| error.contains(word))).count();
            assert_eq!(told, 1, "{words:?} in {errors:#?}");
        }
        assert_eq!(errors.len(), 15, "{errors:#?}");
    }

    #[test]
    fn a_file_that_is_no_toml_is_told_with_its_lines() {
        let errors = parse("listen = \nbots = \"ignore\nx").unwrap_err();
        assert!(errors.iter().all(|error| error.contains("at line ")), "{errors:?}");
    }

    #[test]
    fn no_error_quotes_a_key_or_a_password() {
        let site = |lines: &str| format!("[sites.a]\norigins = [\"https://a.example\"]\n{lines}");
        for (file, place) in [
            (site("key = T0pSecretT0pSecret42"), "line 3"),
            (site("key = \"T0pSecretT0pSecret42"), "line 3"),
            (site("key = T0pSecretT0pSecret42\""), "line 3"),
            (site("key = [\"T0pSecretT0pSecret42\"]"), "line 3, column 7, in `sites.a.key`"),
            (site("key = { T0pSecretT0pSecret42 }"), "line 3"),
            (site("key = \"\\T0pSecretT0pSecret42\""), "line 3"),
            (site("key \"T0pSecretT0pSecret42\""), "line 3"),
            (site("keys = \"T0pSecretT0pSecret42\""), "line 3"),
            (site("key = \"T0pSecret\""), "[sites.a] `key`"),
            (site("key = \"T0pSecretT0pSecret42\"\nkey = \"T0pSecretT0pSecret43\""), "line 4"),
            (site("poll = \"T0pSecretT0pSecret42\""), "line 3"),
            (site("reads = \"T0pSecretT0pSecret42\""), "line 3"),
            (site("noscript_votes = \"T0pSecretT0pSecret42\""), "line 3"),
            (site("[limits.reads]\nper_address = \"T0pSecretT0pSecret42\""), "per_address"),
            ("database = \"redis://u:T0pSecret@h\nlisten = \"127.0.0.1:1\"".into(), "line 1"),
            ("database = redis://u:T0pSecret@h".into(), "line 1"),
            ("database = [\"redis://u:T0pSecret@h\"]".into(), "line 1"),
            ("listen = \"redis://u:T0pSecret@h\"".into(), "line 1"),
        ] {
            let errors = parse(&file).unwrap_err();
            assert!(!errors.iter().any(|error| error.contains("T0pSecret")), "{file}: {errors:#?}");
            assert!(errors.iter().any(|error| error.contains(place)), "{file}: {errors:#?}");
        }
        let number = site("key = 1234567890987654321");
        assert!(!parse(&number).unwrap_err().join("").contains("67890"));
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = read(Path::new("/nowhere/gema.toml")).unwrap_err().to_string();
        assert!(error.contains("/nowhere/gema.toml") && error.contains("--config"), "{error}");
    }
}
