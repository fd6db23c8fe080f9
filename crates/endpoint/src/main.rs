//! `gema`: the endpoint's command line.

use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use endpoint::config::{Bots, Config, Overrides};

/// Share bar, read counter and reaction poll for news articles: the endpoint that keeps the counts.
#[derive(Parser)]
#[command(name = "gema", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves the sites of gema.toml; without one, the demo on this machine.
    Serve(Serve),
}

#[derive(clap::Args)]
struct Serve {
    /// Address and port to listen on (port 0: any free one). Default: 127.0.0.1:8787.
    #[arg(long, env = "GEMA_LISTEN", value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// `sqlite:PATH` or a plain path. Default: gema.db.
    #[arg(long, env = "GEMA_DATABASE", value_name = "URL")]
    database: Option<String>,
    /// The configuration. Default: gema.toml if it is there.
    #[arg(long, env = "GEMA_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// What to do with reads of known bots. Default: ignore.
    #[arg(long, env = "GEMA_BOTS", value_enum)]
    bots: Option<Bots>,
}

fn main() -> ExitCode {
    let Command::Serve(serve) = Cli::parse().command;
    let overrides = Overrides { listen: serve.listen, database: serve.database, bots: serve.bots };
    match Config::load(serve.config.as_deref(), overrides) {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("gema: {error}");
            ExitCode::FAILURE
        }
    }
}
