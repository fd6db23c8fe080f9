//! `gema openapi`.

use endpoint::app;

/// Prints the document.
pub(crate) fn run() -> anyhow::Result<()> {
    println!("{}", app::openapi().to_pretty_json()?);
    Ok(())
}
