//! `gema`: the endpoint's command line.

/// What each command does.
mod cli;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use cli::{article::Article, holder::Database, serve::Serve};
use tracing_subscriber::EnvFilter;

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
    /// Puts, lists, shows and removes articles, beside a running gema or without one.
    #[command(subcommand)]
    Article(Article),
    /// Lets the running gema read its configuration again.
    Reload(Database),
}

fn main() -> ExitCode {
    let filter = EnvFilter::try_from_env("GEMA_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let colours = std::io::IsTerminal::is_terminal(&std::io::stderr());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colours).init();
    let result = match Cli::parse().command {
        Command::Serve(options) => serve(options),
        Command::Article(article) => ask(cli::article::run(article)),
        Command::Reload(database) => ask(cli::reload::run(database)),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("gema: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn serve(options: Serve) -> anyhow::Result<()> {
    cli::serve::run(options).await
}

#[tokio::main(flavor = "current_thread")]
async fn ask(answer: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    answer.await
}
