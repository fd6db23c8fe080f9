//! Admin client: sends requests to the running endpoint on the socket beside the database, or, if none is running,
//! opens the database and handles them in this process with the same routes.

use std::{path::PathBuf, sync::Arc};

use anyhow::{Context, bail};
use axum::{
    body::Body,
    http::{Method, Request},
    response::Response,
};
use config::{Config, ConfigHandle, Overrides};
use jiff::tz::TimeZone;
use limits::Limits;
use serde_json::Value;
use server::{app::local_router, state::App};
use tower::ServiceExt;
use wire::{ArticleKey, SiteId};

use super::{
    output,
    response::{Answer, answer, request},
    socket_client::SocketClient,
};

/// The database, and the configuration of its sites.
#[derive(clap::Args)]
pub(crate) struct DatabaseArgs {
    /// The database of the endpoint, running or not: `sqlite:PATH`, a plain path, `redis://HOST` or
    /// `redis+cluster://HOST,HOST` [default: gema.db]
    #[arg(
        long,
        env = "GEMA_DATABASE",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub(super) database: Option<String>,
    /// The configuration [default: gema.toml if it exists]
    #[arg(long, env = "GEMA_CONFIG", value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

pub(super) struct AdminClient {
    config: Config,
}

impl AdminClient {
    /// A client for commands that only need the database.
    pub(super) fn of(database: &DatabaseArgs) -> anyhow::Result<Self> {
        let client = Self::load(database)?;
        if database.database.is_none() {
            output::note_defaults(&client.config);
        }
        Ok(client)
    }

    /// A client for commands that also need the sites.
    pub(super) fn of_sites(database: &DatabaseArgs) -> anyhow::Result<Self> {
        let client = Self::load(database)?;
        output::note_defaults(&client.config);
        Ok(client)
    }

    fn load(database: &DatabaseArgs) -> anyhow::Result<Self> {
        let overrides = Overrides {
            database: database.database.clone(),
            ..Overrides::default()
        };
        Ok(Self {
            config: Config::load(database.config.as_deref(), overrides)?,
        })
    }

    /// The database's URL.
    pub(super) fn database(&self) -> &str {
        &self.config.database
    }

    /// The named site, or the only one.
    pub(super) fn site(&self, named: Option<&SiteId>) -> anyhow::Result<SiteId> {
        let mut sites = self.config.sites.keys();
        match (named, sites.next(), sites.next()) {
            (Some(named), _, _) => Ok(named.clone()),
            (None, Some(only), None) => Ok(only.clone()),
            _ => bail!("there are several sites: name one with --site"),
        }
    }

    /// The site's time zone; `None` if the site is not configured here.
    pub(super) fn time_zone(&self, site: &SiteId) -> Option<&TimeZone> {
        self.config.sites.get(site).map(|site| &site.time_zone)
    }

    /// Sends a request about articles of a site.
    ///
    /// # Errors
    /// The endpoint's error, as a sentence.
    pub(super) async fn ask(
        &self,
        method: Method,
        site: &SiteId,
        query: &Query,
        body: Value,
    ) -> anyhow::Result<Answer> {
        self.send(request(
            method,
            &format!("/v1/sites/{site}/articles{}", query.0),
            body.to_string(),
        )?)
        .await
    }

    async fn send(&self, request: Request<Body>) -> anyhow::Result<Answer> {
        match SocketClient::connect(&self.config.database).await? {
            Some(running) => running.answer_within_timeout(request).await,
            None => self.answer(request).await,
        }
    }

    /// Sends an operator command, without a timeout.
    ///
    /// # Errors
    /// The endpoint's error, as a sentence.
    pub(super) async fn command(
        &self,
        method: Method,
        command: &str,
        body: Value,
    ) -> anyhow::Result<Answer> {
        let request = request(method, &admin_path(command), body.to_string())?;
        match SocketClient::connect(&self.config.database).await? {
            Some(running) => running.answer(request).await,
            None => self.answer(request).await,
        }
    }

    /// Like [`command`](Self::command), with a streamed body; the database need not exist yet.
    ///
    /// # Errors
    /// The endpoint's error, as a sentence.
    pub(super) async fn send_file(
        &self,
        method: Method,
        command: &str,
        body: Body,
    ) -> anyhow::Result<Answer> {
        answer(
            self.response(request(method, &admin_path(command), body)?)
                .await?,
        )
        .await
    }

    /// Like [`command`](Self::command), with a streamed response.
    ///
    /// # Errors
    /// The endpoint's error, as a sentence.
    pub(super) async fn stream(
        &self,
        method: Method,
        command: &str,
        body: Body,
    ) -> anyhow::Result<Body> {
        let request = request(method, &admin_path(command), body)?;
        let response = match SocketClient::connect(&self.config.database).await? {
            Some(running) => running.response(request).await?,
            None => {
                self.require_database()?;
                self.respond(request).await?
            }
        };
        if response.status().is_success() {
            return Ok(response.into_body());
        }
        Err(answer(response).await.err().context("no answer")?)
    }

    async fn response(&self, request: Request<Body>) -> anyhow::Result<Response> {
        match SocketClient::connect(&self.config.database).await? {
            Some(running) => running.response(request).await,
            None => self.respond(request).await,
        }
    }

    /// Handles the request in this process, because no endpoint is running.
    async fn answer(&self, request: Request<Body>) -> anyhow::Result<Answer> {
        if request.method() != Method::PUT {
            self.require_database()?;
        }
        answer(self.respond(request).await?).await
    }

    async fn respond(&self, request: Request<Body>) -> anyhow::Result<Response> {
        let database = &self.config.database;
        let store = engines::open(database)
            .with_context(|| format!("cannot open {}", store::redacted_url(database)))?;
        let config = Arc::new(ConfigHandle::from(self.config.clone()));
        let app = App::new(
            config,
            store,
            engines::open,
            Limits::new(super::monotonic()),
            jiff::Timestamp::now,
        );
        Ok(local_router(app).oneshot(request).await?)
    }

    /// Fails if the database's file does not exist, so that a mistyped name does not create one.
    pub(super) fn require_database(&self) -> anyhow::Result<()> {
        let database = &self.config.database;
        if store::file_path(database).is_some_and(|file| !file.exists()) {
            bail!("there is no database {database}: name it with --database");
        }
        Ok(())
    }
}

fn admin_path(command: &str) -> String {
    format!("/admin/{command}")
}

/// The query of a request about articles.
pub(super) struct Query(String);

impl Query {
    pub(super) fn everything() -> Self {
        Self(String::new())
    }

    pub(super) fn article(key: &ArticleKey) -> Self {
        Self(format!("?article={}", encoded(key)))
    }

    pub(super) fn article_and_counts(key: &ArticleKey) -> Self {
        Self(format!("?article={}&counts=1", encoded(key)))
    }

    pub(super) fn after(key: &str) -> Self {
        Self(format!("?after={}", encoded_text(key)))
    }
}

fn encoded(key: &ArticleKey) -> String {
    encoded_text(key.as_str())
}

pub(super) fn encoded_text(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
