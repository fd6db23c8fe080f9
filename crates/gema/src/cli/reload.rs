//! `gema reload`.

use std::path::Path;

use anyhow::{Context, bail};
use axum::http::Method;
use config::{Config, Overrides};
use serde_json::Value;

use super::{admin_client::DatabaseArgs, output, socket_client::SocketClient};

/// Makes the running gema reload its configuration, and prints the result.
pub(crate) async fn run(database: DatabaseArgs) -> anyhow::Result<()> {
    let DatabaseArgs {
        database: named,
        config: file,
    } = database;
    if file.is_none() && named.is_none() && !Path::new(config::DEFAULT_FILE).exists() {
        output::note_defaults(&Config::demo());
    }
    let database = config::database(file.as_deref(), named);
    let Some(running) = SocketClient::connect(&database).await? else {
        // If the file is invalid, report that first: it may be why the database was not found.
        Config::load(file.as_deref(), Overrides::default())?;
        let database = store::redacted_url(&database);
        bail!(
            "no gema runs beside {database}: name the database of the one that runs with --database"
        );
    };
    let answer = running
        .ask(Method::POST, "/admin/reload", Value::Null)
        .await
        .context("nothing has changed")?;
    let names = |field: &str| -> Vec<String> {
        let answer = answer.as_ref().and_then(|answer| answer[field].as_array());
        answer
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    };
    let mut text = format!("read again; sites: {}\n", names("sites").join(", "));
    let restart = names("needs_restart");
    if !restart.is_empty() {
        text += &format!("restart gema to change: {}\n", restart.join(", "));
    }
    output::out(&text)
}
