//! `gema demo`.

use anyhow::Context;
use config::{ConfigHandle, Listen, Overrides};

use super::serve::serve;

#[derive(clap::Args)]
pub(crate) struct Demo {
    /// Address and port to listen on (port 0: any free one) [default: 127.0.0.1:8787]
    #[arg(long, env = "GEMA_LISTEN", value_name = "ADDRESS")]
    listen: Option<Listen>,
}

/// Serves the demo from a temporary directory until SIGTERM or Ctrl-C, then removes the directory.
pub(crate) async fn run(options: Demo) -> anyhow::Result<()> {
    let directory = tempfile::Builder::new()
        .prefix("gema-demo-")
        .tempdir()
        .context("cannot make a temporary directory")?;
    let database = directory.path().join("gema.db");
    let overrides = Overrides {
        listen: options.listen,
        database: Some(database.display().to_string()),
        ..Overrides::default()
    };
    tracing::info!(
        "the demo's counts are in {}, until it stops",
        directory.path().display()
    );
    serve(ConfigHandle::demo(overrides)).await?;
    directory
        .close()
        .context("cannot remove the temporary directory")
}
