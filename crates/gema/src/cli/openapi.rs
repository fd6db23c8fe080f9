//! `gema openapi`.

use server::app;

use super::print;

/// Prints the document.
pub(crate) fn run() -> anyhow::Result<()> {
    print::out(&(app::openapi().to_pretty_json()? + "\n"))
}
