/// Collecting all errors of a file.
mod faults;
/// The sections of the file, and their defaults.
mod shape;
/// Detection of unquoted names of sites.
mod unquoted;

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::Deserialize;
use text::section::section;
use url::Url;
use wire::SiteId;

use super::{
    Amounts, Config, ConnectionLimits, Listen, Newsroom, Secret, Site, proxy::trust_everybody,
    site::KEY_COMMAND,
};
use crate::{faces, networks};
use faults::Faults;
use shape::ConfigFile;
use unquoted::unquoted_sites;

/// Why the configuration is invalid: the file, and for each error the line, field and remedy.
#[derive(Debug)]
pub struct Error {
    path: PathBuf,
    faults: Vec<String>,
}

impl Error {
    /// The error of a reload if gema started without a file.
    pub(super) fn no_file() -> Self {
        let what = "was not there when gema started. Restart gema to use one";
        Self {
            path: super::DEFAULT_FILE.into(),
            faults: vec![what.into()],
        }
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
    let error = |faults| Error {
        path: path.into(),
        faults,
    };
    let text = std::fs::read_to_string(path).map_err(|e| {
        error(vec![format!(
            "cannot be read ({e}). Name another one with --config FILE"
        )])
    })?;
    parse(&text).map_err(error)
}

/// The database's URL in a file, read leniently: other errors in the file are ignored.
pub(super) fn database(path: &Path) -> Option<String> {
    #[derive(Deserialize)]
    struct Database {
        database: String,
    }
    toml::from_str::<Database>(&std::fs::read_to_string(path).ok()?)
        .ok()
        .map(|file| file.database)
}

/// Validates a whole file, or returns its errors: at most 50 of the parser's, and all of the checks'.
pub(super) fn parse(text: &str) -> Result<Config, Vec<String>> {
    let mut faults = Faults(unquoted_sites(text));
    let Some(file) = faults::read::<ConfigFile>(text, &mut faults) else {
        return Err(faults.0);
    };
    // If a site was dropped because of an error, that error suffices.
    if file.sites.is_empty() && faults.0.is_empty() {
        faults.0.push(
            "no site. Add one: [sites.NAME] with origins = [\"https://news.example\"]".into(),
        );
    }
    if trust_everybody(&file.trusted_proxies) {
        faults.0.push(
            "`trusted_proxies` trusts everybody, who can then be anybody: name the networks of the proxies".into(),
        );
    }
    if file
        .metrics
        .is_some_and(|metrics| file.listen == Listen::Tcp(metrics))
    {
        faults.0.push(
            "`metrics` is the address of `listen`, where readers are answered: name another port"
                .into(),
        );
    }
    let connections = faults.keep(
        file.connections
            .or("connections", ConnectionLimits::DEFAULT_TOTAL),
    );
    let live = faults.keep(file.live.or("live", ConnectionLimits::DEFAULT_LIVE));
    let limits = limits(file.limits, &mut faults);
    let sites = file.sites.into_iter().filter_map(|(id, section)| {
        let site = faults.keep(section.check(&id))?;
        site.faults(&mut faults);
        Some((id, Arc::new(site)))
    });
    let sites: BTreeMap<_, _> = sites.collect();
    let newsroom = file.newsroom.map_or_else(
        || Ok(Newsroom::default()),
        |section| {
            section.check(
                |site| sites.contains_key(site),
                !file.trusted_proxies.is_empty(),
            )
        },
    );
    let newsroom = newsroom.map_err(|found| faults.0.extend(found)).ok();
    match (connections, live, limits, newsroom) {
        (Some(connections), Some(live), Some(limits), Some(newsroom)) if faults.0.is_empty() => {
            Ok(Config {
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
                newsroom,
                sites,
                demo: false,
            })
        }
        _ => Err(faults.0),
    }
}

/// Validates `[limits]`, each entry separately first, to report all errors.
fn limits(
    given: BTreeMap<String, BTreeMap<String, toml::Value>>,
    faults: &mut Faults,
) -> Option<Amounts> {
    let before = faults.0.len();
    for (group, limits) in &given {
        for (name, value) in limits {
            let alone = BTreeMap::from([(name.clone(), value.clone())]);
            faults.keep(Amounts::parse(BTreeMap::from([(group.clone(), alone)])));
        }
    }
    if faults.0.len() > before {
        None
    } else {
        faults.keep(Amounts::parse(given))
    }
}

impl Site {
    /// Checks combinations of options that are valid separately.
    fn faults(&self, faults: &mut Faults) {
        let mut error = |name: &str, what: String| faults.0.push(field(&self.id, name, &what));
        if !self.languages.contains(&self.default_language) {
            let listed = self.languages.join(", ");
            error(
                "default_language",
                format!("must be one of `languages` ({listed})"),
            );
        }
        if let Some(twice) = first_twice(self.reactions.iter().map(|option| &option.key)) {
            error("reactions", format!("has `{twice}` twice: remove one"));
        }
        let named = self
            .reactions
            .iter()
            .filter_map(|option| option.face.as_deref());
        if let Some(unknown) = named.into_iter().find(|name| !faces::is_known(name)) {
            error(
                "reactions",
                format!(
                    "has face = \"{unknown}\", which is not known. Known: {}",
                    faces::known()
                ),
            );
        }
        let images = self.reactions.iter().filter_map(|option| {
            let image = option.image.as_deref()?;
            (!is_of_image(image)).then_some(image)
        });
        for image in images {
            error(
                "reactions",
                format!(
                    "has image = \"{}\", which is not the address of a picture: write https://…",
                    image.escape_debug()
                ),
            );
        }
        if let Some(twice) = first_twice(self.networks.iter()) {
            error("networks", format!("has `{twice}` twice: remove one"));
        }
        if let Some(unknown) = self
            .networks
            .iter()
            .find(|network| !networks::is_known(network))
        {
            error(
                "networks",
                format!(
                    "has `{unknown}`, which is not known. Known: {}",
                    networks::known()
                ),
            );
        }
        for (name, what) in self.clients.faults(|option| self.has_reaction(option)) {
            error(name, what);
        }
        if let Some(wrong) = self.key.as_ref().and_then(Secret::weakness) {
            error("key", format!("{wrong}. Take one from `{KEY_COMMAND}`"));
        }
        faults.keep(
            self.check_labels()
                .map_err(|what| format!("{} {what}", section(self.id.as_str()))),
        );
    }
}

/// Whether an address can be that of a picture: of the web, relative to the page, or the picture itself.
fn is_of_image(address: &str) -> bool {
    match Url::parse(address) {
        Ok(url) => match url.scheme() {
            "http" | "https" => url.has_host(),
            "data" => url.path().starts_with("image/"),
            _ => false,
        },
        Err(url::ParseError::RelativeUrlWithoutBase) => !address.trim().is_empty(),
        Err(_) => false,
    }
}

fn field(site: &SiteId, name: &str, what: &str) -> String {
    format!("{} `{name}` {what}", section(site.as_str()))
}

fn first_twice<T: PartialEq>(names: impl Iterator<Item = T> + Clone) -> Option<T> {
    names
        .clone()
        .enumerate()
        .find(|(at, name)| names.clone().take(*at).any(|earlier| earlier == *name))
        .map(|(_, n)| n)
}

#[cfg(test)]
mod tests;
