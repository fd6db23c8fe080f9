//! `gema migrate`.

use admin::{MigrationReport, MigrationTarget};
use anyhow::{Context, bail};
use axum::http::Method;
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};
use visitor::Window;

use super::{output, response::request, socket_client::SocketClient};

/// Maximum number of differing articles to print.
const MAX_PRINTED_DIFFERENCES: usize = 20;

/// Moves all data to another database, of any engine. Every gema that serves the old one refuses events meanwhile and
/// afterwards: restart it with the new one
#[derive(clap::Args)]
pub(crate) struct Migrate {
    /// The old database: `sqlite:PATH`, `redis://HOST` or `redis+cluster://HOST,HOST`
    #[arg(long, value_name = "URL")]
    from: String,
    /// The new database
    #[arg(long, value_name = "URL", required_unless_present = "undo")]
    to: Option<String>,
    /// Merges what the new database has with the old one's counts. Without this, it must be empty
    #[arg(long)]
    merge: bool,
    /// Makes a Redis accept events again after it was migrated. Moves nothing back
    #[arg(long, conflicts_with_all = ["to", "merge"])]
    undo: bool,
}

/// Prints what was moved, and fails if any total differs.
pub(crate) async fn run(
    Migrate {
        from, to, merge, ..
    }: Migrate,
) -> anyhow::Result<()> {
    let Some(to) = to else {
        return undo(&from).await;
    };
    if from == to {
        bail!("both are the same database");
    }
    if store::file_path(&from).is_some_and(|file| !file.exists()) {
        bail!("there is no database {from}");
    }
    let moved = match SocketClient::connect(&from).await? {
        Some(running) => {
            output::note("the running gema refuses events from now on, and browsers keep them");
            let body = json!({ "to": absolute(&to)?, "merge": merge });
            running
                .answer(request(Method::POST, "/admin/migrate", body.to_string())?)
                .await?
                .unwrap_or_default()
        }
        None => serde_json::to_value(migrate_here(&from, &to, merge).await?)?,
    };
    output::out(&output::import_summary(&moved["taken"], false))?;
    let different = moved["different"].as_array().map_or(&[][..], Vec::as_slice);
    if different.is_empty() {
        return output::out(&format!(
            "{} articles compared: every total is the same\n",
            moved["articles"]
        ));
    }
    let word = |value: &Value| output::printable(value.as_str().unwrap_or_default());
    for pair in different.iter().take(MAX_PRINTED_DIFFERENCES) {
        output::out(&format!(
            "{} {}: not the same totals\n",
            word(&pair[0]),
            word(&pair[1])
        ))?;
    }
    bail!(
        "{} of {} articles have other totals there, and the old database counts on: what the new one had counted before stays, and \
         is one such difference. Stop every gema that counts on the new one, and run this again with an empty one",
        different.len(),
        moved["articles"]
    );
}

/// Clears the migration flag, so that events are accepted again.
async fn undo(url: &str) -> anyhow::Result<()> {
    let shown = store::redacted_url(url);
    if store::file_path(url).is_some() {
        bail!(
            "only a Redis keeps a flag after a migration: to continue counting in {shown}, serve it"
        );
    }
    let store = engines::open(url).with_context(|| format!("cannot open {shown}"))?;
    let had_moved = store
        .unblock_writes()
        .await
        .with_context(|| format!("nothing was undone in {shown}"))?;
    output::out(&match had_moved {
        true => format!(
            "{shown} counts again; what was counted elsewhere since is not there until it is moved back\n"
        ),
        false => format!("nothing has moved from {shown}: there is nothing to undo\n"),
    })
}

/// Migrates in this process: no endpoint serves the old database, or it is Redis, where the migration flag blocks all
/// endpoints.
async fn migrate_here(from: &str, to: &str, merge: bool) -> anyhow::Result<MigrationReport> {
    let open = |url: &str| {
        engines::open(url).with_context(|| format!("cannot open {}", store::redacted_url(url)))
    };
    let here = open(from)?;
    let there = open(to)?;
    if store::file_path(from).is_none() {
        let shown = store::redacted_url(from);
        output::note(&format!(
            "every gema on {shown} refuses events from now on, and browsers keep them"
        ));
    }
    let file = tempfile::tempfile()
        .context("there must be room in the directory for temporary files (TMPDIR)")?;
    let day = Window::at(Timestamp::now(), &TimeZone::UTC).day;
    let named = store::redacted_url(&absolute(to)?);
    let target = if merge {
        MigrationTarget::Merged
    } else {
        MigrationTarget::Empty
    };
    let moved = admin::migrate(&*here, (there, &named), target, day, file).await;
    moved.with_context(|| {
        format!(
            "not everything was moved from {}",
            store::redacted_url(from)
        )
    })
}

/// The URL with an absolute path, for a process in another directory.
fn absolute(url: &str) -> anyhow::Result<String> {
    let Some(file) = store::file_path(url) else {
        return Ok(url.to_owned());
    };
    let file = std::path::absolute(file)?;
    Ok(format!(
        "sqlite:{}",
        file.to_str()
            .context("the path of the new database is not UTF-8")?
    ))
}
