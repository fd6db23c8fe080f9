use std::{path::PathBuf, sync::Arc};

use arc_swap::ArcSwap;
use http::Extensions;
use serde::Serialize;
use wire::SiteId;

use super::{Config, Error, Overrides, Site};

/// The current configuration and its source, so that it can be reloaded while serving.
#[derive(Debug)]
pub struct ConfigHandle {
    current: ArcSwap<Config>,
    source: Option<ConfigSource>,
}

/// The file, and the options that override it.
#[derive(Debug)]
struct ConfigSource {
    file: PathBuf,
    overrides: Overrides,
}

/// Result of a reload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reloaded {
    /// The sites that are now served.
    pub sites: Vec<SiteId>,
    /// Changed options that take effect only after a restart.
    pub needs_restart: Vec<&'static str>,
}

/// Options that take effect only at startup: name, comparison, and how to keep the old value.
const RESTART_ONLY_OPTIONS: [RestartOnly; 6] = [
    RestartOnly {
        name: "listen",
        differs: |a, b| a.listen != b.listen,
        keep: |new, old| new.listen.clone_from(&old.listen),
    },
    RestartOnly {
        name: "metrics",
        differs: |a, b| a.metrics != b.metrics,
        keep: |new, old| new.metrics = old.metrics,
    },
    RestartOnly {
        name: "database",
        differs: |a, b| a.database != b.database,
        keep: |new, old| new.database.clone_from(&old.database),
    },
    RestartOnly {
        name: "connections",
        differs: |a, b| a.connections != b.connections,
        keep: |new, old| new.connections = old.connections,
    },
    RestartOnly {
        name: "live",
        differs: |a, b| a.live != b.live,
        keep: |new, old| new.live = old.live,
    },
    RestartOnly {
        name: "cache_bytes",
        differs: |a, b| a.cache_bytes != b.cache_bytes,
        keep: |new, old| new.cache_bytes = old.cache_bytes,
    },
];

struct RestartOnly {
    name: &'static str,
    differs: fn(&Config, &Config) -> bool,
    keep: fn(&mut Config, &Config),
}

impl ConfigHandle {
    /// Reads the configuration as [`Config::load`] does, and remembers its source.
    ///
    /// # Errors
    /// The errors of [`Config::load`].
    pub fn load(named: Option<PathBuf>, overrides: Overrides) -> Result<Self, Error> {
        let config = Config::load(named.as_deref(), overrides.clone())?;
        let file = named.or_else(|| (!config.demo).then(|| super::DEFAULT_FILE.into()));
        let source = file.map(|file| ConfigSource { file, overrides });
        Ok(Self {
            current: ArcSwap::from_pointee(config),
            source,
        })
    }

    /// The demo's configuration, without a file: no reload changes it.
    pub fn demo(overrides: Overrides) -> Self {
        Self {
            current: ArcSwap::from_pointee(Config::demo().with(overrides)),
            source: None,
        }
    }

    /// Logs the warnings about risky settings.
    pub fn warn(&self) {
        let file = self.source.as_ref().map(|source| source.file.as_path());
        for warning in self.current().warnings(file) {
            tracing::warn!("gema.toml: {warning}");
        }
    }

    /// The current configuration.
    pub fn current(&self) -> Arc<Config> {
        self.current.load_full()
    }

    /// Whether this is the site's current configuration.
    pub fn is_current(&self, site: &Arc<Site>) -> bool {
        let current = self.current.load();
        current
            .site(&site.id)
            .is_some_and(|current| Arc::ptr_eq(current, site))
    }

    /// The configuration of this request: the current one when first called, unaffected by a reload during the
    /// request.
    pub fn of(&self, request: &mut Extensions) -> Arc<Config> {
        Arc::clone(request.get_or_insert_with(|| self.current()))
    }

    /// Reads the file again and applies the whole configuration, or nothing; logs the result.
    ///
    /// # Errors
    /// The errors of the file. Nothing has changed.
    pub fn reload(&self) -> Result<Reloaded, Error> {
        let reloaded = self.reread();
        match &reloaded {
            Ok(Reloaded {
                sites,
                needs_restart,
            }) if needs_restart.is_empty() => {
                tracing::info!(sites = %list(sites), "the configuration was read again");
            }
            Ok(Reloaded {
                sites,
                needs_restart,
            }) => {
                let options = list(needs_restart);
                tracing::warn!(sites = %list(sites), "the configuration was read again; restart gema to change {options}");
            }
            Err(error) => tracing::error!(%error, "the configuration stays as it was"),
        }
        if reloaded.is_ok() {
            self.warn();
        }
        reloaded
    }

    fn reread(&self) -> Result<Reloaded, Error> {
        let Some(ConfigSource { file, overrides }) = &self.source else {
            return Err(Error::no_file());
        };
        let mut config = Config::load(Some(file), overrides.clone())?;
        let old = self.current();
        let mut needs_restart = Vec::new();
        for option in &RESTART_ONLY_OPTIONS {
            if (option.differs)(&old, &config) {
                (option.keep)(&mut config, &old);
                needs_restart.push(option.name);
            }
        }
        let sites = config.sites.keys().cloned().collect();
        self.current.store(Arc::new(config));
        Ok(Reloaded {
            sites,
            needs_restart,
        })
    }
}

/// A configuration without a file, which cannot be reloaded.
impl From<Config> for ConfigHandle {
    fn from(config: Config) -> Self {
        Self {
            current: ArcSwap::from_pointee(config),
            source: None,
        }
    }
}

fn list(names: &[impl std::fmt::Display]) -> String {
    names
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests;
