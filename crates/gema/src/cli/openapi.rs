//! `gema openapi`.

use server::app;

use super::output;

pub(crate) fn run() -> anyhow::Result<()> {
    output::out(&(app::openapi().to_pretty_json()? + "\n"))
}
