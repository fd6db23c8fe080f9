//! `gema check`: checks the configuration and the database.

use std::path::PathBuf;

use anyhow::{Context, bail};
use axum::http::Method;
use config::{Config, DEFAULT_FILE, Overrides};
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    admin_client::{AdminClient, DatabaseArgs},
    output,
    serve::listen_conflict,
};

/// Checks the configuration, then the consistency of the database, with or without a running gema
///
/// For the configuration, it reports every error, which `gema serve` refuses, and warns about risky settings, with the
/// remedy. A database that only the configuration names, or the default one, need not exist yet.
///
/// Exit status: 0 if there are no errors (warnings are ignored), 1 if there is one.
#[derive(clap::Args)]
pub(crate) struct Check {
    #[command(flatten)]
    database: DatabaseArgs,
    /// Checks only the configuration, and opens no database
    #[arg(long)]
    config_only: bool,
    /// Prints the findings as JSON
    #[arg(long)]
    json: bool,
}

/// Findings about the configuration.
#[derive(Serialize)]
struct ConfigCheck {
    /// The file; `None` if there is none and the defaults apply.
    file: Option<PathBuf>,
    errors: Vec<String>,
    warnings: Vec<String>,
    #[serde(skip)]
    read: Option<Config>,
}

/// Prints the findings, and fails if there are errors.
pub(crate) async fn run(check: Check) -> anyhow::Result<()> {
    let configuration = ConfigCheck::read(&check.database);
    if !check.json {
        output::out(&configuration.text())?;
    }
    let is_valid = configuration.errors.is_empty();
    let counts = match is_valid && !check.config_only && has_database(&check, &configuration)? {
        true => Some(DatabaseCheck::of(&check.database).await?),
        false => None,
    };
    if check.json {
        let database = counts.as_ref().map(|counts| &counts.answer);
        let both = json!({ "config": configuration, "database": database });
        output::out(&output::json(&both)?)?;
    }
    if !is_valid {
        bail!(
            "errors in the configuration: {}; the database was not checked",
            configuration.errors.len()
        );
    }
    counts.map_or(Ok(()), |counts| counts.report(!check.json))
}

/// Whether there is a database to check. One that the command line names must exist.
fn has_database(check: &Check, configuration: &ConfigCheck) -> anyhow::Result<bool> {
    let Some(config) = &configuration.read else {
        return Ok(false);
    };
    let is_there = store::file_path(&config.database).is_none_or(std::path::Path::exists);
    let need_not_be = check.database.database.is_none() && configuration.file.is_some();
    if !is_there && need_not_be {
        output::note(&format!(
            "there is no database {} yet: only the configuration was looked at",
            config.database
        ));
    }
    // If it must exist, opening it reports the error.
    Ok(is_there || !need_not_be)
}

impl ConfigCheck {
    fn read(database: &DatabaseArgs) -> Self {
        let overrides = Overrides {
            database: database.database.clone(),
            ..Overrides::default()
        };
        let named = database.config.clone();
        let default = || Some(PathBuf::from(DEFAULT_FILE)).filter(|file| file.exists());
        match Config::load(named.as_deref(), overrides) {
            Ok(config) => {
                let file = named.or_else(default).filter(|_| !config.demo);
                let wrong_url = engines::check_url(&config.database).err();
                let errors = wrong_url
                    .map(|error| format!("`database` is wrong: {error}"))
                    .into_iter()
                    .chain(listen_conflict(&config))
                    .collect();
                let warnings = config.warnings(file.as_deref());
                Self {
                    file,
                    errors,
                    warnings,
                    read: Some(config),
                }
            }
            Err(error) => {
                let errors = error.faults().to_vec();
                Self {
                    file: named.or_else(default),
                    errors,
                    warnings: Vec::new(),
                    read: None,
                }
            }
        }
    }

    fn text(&self) -> String {
        let Some(file) = self
            .file
            .as_ref()
            .map(|file| output::printable(&file.display().to_string()))
        else {
            return String::new();
        };
        let lines = |kind: &str, all: &[String]| -> String {
            all.iter()
                .map(|what| format!("{file}: {kind}: {}\n", output::printable_lines(what)))
                .collect()
        };
        let counted = match (self.errors.len(), self.warnings.len()) {
            (0, 0) => "nothing wrong".into(),
            (errors, warnings) => format!("{errors} errors, {warnings} warnings"),
        };
        lines("error", &self.errors)
            + &lines("warning", &self.warnings)
            + &format!("{file}: {counted}\n")
    }
}

/// Findings about the database.
struct DatabaseCheck {
    answer: Value,
    is_file: bool,
}

impl DatabaseCheck {
    async fn of(database: &DatabaseArgs) -> anyhow::Result<Self> {
        let client = AdminClient::of(database)?;
        let is_file = store::file_path(client.database()).is_some();
        let answer = client
            .command(Method::GET, "check", Value::Null)
            .await?
            .context("an empty answer: is the running gema of another version?")?;
        Ok(Self { answer, is_file })
    }

    fn report(&self, is_printed: bool) -> anyhow::Result<()> {
        let articles = &self.answer["articles"];
        let found = self.answer["found"]
            .as_u64()
            .context("an answer without `found`")?;
        if is_printed {
            output::out(&output::findings(&self.answer))?;
        }
        if found > 0 {
            let remedy = if self.is_file {
                "; a backup can take its place: gema restore FILE"
            } else {
                ""
            };
            bail!("{found} found wrong, looking at {articles} articles{remedy}");
        }
        let sound = if self.is_file {
            ", and the file is sound"
        } else {
            ""
        };
        if is_printed {
            output::out(&format!("{articles} articles: every sum holds{sound}\n"))?;
        }
        Ok(())
    }
}
