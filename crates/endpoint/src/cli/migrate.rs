//! `gema migrate`.

use anyhow::{Context, bail};
use endpoint::{admin, store, visitor::Window};
use jiff::{Timestamp, tz::TimeZone};

use super::print;

/// How many articles that differ are named.
const NAMED: usize = 20;

/// Moves all counts and votes to another database, of this engine or another, while gema is stopped
#[derive(clap::Args)]
pub(crate) struct Migrate {
    /// The database that has them: `sqlite:PATH`, `redis://HOST` or `redis+cluster://HOST,HOST`
    #[arg(long, value_name = "URL")]
    from: String,
    /// The one that gets them
    #[arg(long, value_name = "URL")]
    to: String,
}

/// Says what was moved, and fails if any total is not the same there.
pub(crate) async fn run(Migrate { from, to }: Migrate) -> anyhow::Result<()> {
    if from == to {
        bail!("both are the same database");
    }
    if store::file(&from).is_some_and(|file| !file.exists()) {
        bail!("there is no database {from}");
    }
    let open = |url: &str| store::open(url).with_context(|| format!("cannot open {}", store::shown(url)));
    let (here, there) = (open(&from)?, open(&to)?);
    let file = tempfile::tempfile().context("there must be room in the directory for temporary files (TMPDIR)")?;
    let day = Window::at(Timestamp::now(), &TimeZone::UTC).day;
    let moved = admin::migrate(&*here, there, day, file).await;
    let moved = moved.with_context(|| format!("not everything was moved from {}", store::shown(&from)))?;
    print::out(&print::taken(&serde_json::to_value(&moved.taken)?, false))?;
    if moved.different.is_empty() {
        println!("{} articles compared: every total is the same", moved.articles);
        return Ok(());
    }
    for (site, article) in moved.different.iter().take(NAMED) {
        println!("{site} {article}: not the same totals");
    }
    bail!(
        "{} of {} articles have other totals there: stop every gema that counts on either, and run this again; what the new one \
         had counted by itself before stays, and is one such difference",
        moved.different.len(),
        moved.articles
    );
}
