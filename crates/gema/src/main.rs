//! `gema`: the endpoint's command line.

/// What each command does.
mod cli;
/// The site that is served when nothing is configured.
mod demo;

use std::process::ExitCode;

/// Requests make many small things on one thread and drop them on another, which the system's own is slow at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use clap::{Parser, Subcommand};
use cli::{
    alias::Alias, article::Article, backup::Backup, check::Check, doctor::Doctor, export::Export, holder::Database,
    import::Import, log::LogFormat, migrate::Migrate, restore::Restore, serve::Serve,
};

/// Share bar, read counter and reaction poll for news articles: the endpoint that keeps the counts.
#[derive(Parser)]
#[command(name = "gema", version)]
struct Cli {
    /// How the log on stderr is written. GEMA_LOG says how much of it: error, warn, info, debug
    #[arg(long, env = "GEMA_LOG_FORMAT", value_enum, default_value_t, global = true)]
    log_format: LogFormat,
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
    /// Lets an article answer for the key that it had before; without keys, lists them.
    Alias(Alias),
    /// Looks whether the configuration is right, and the database: whether every sum holds and the file is sound.
    Check(Check),
    /// Writes all that the database holds to one file, beside a running gema or without one.
    Backup(Backup),
    /// Puts a backup in the place of the database, while gema is stopped.
    Restore(Restore),
    /// Writes all that is counted to standard output, beside a running gema or without one.
    Export(Export),
    /// Takes over what was exported, beside a running gema or without one.
    Import(Import),
    /// Moves everything to another database, beside a running gema or without one, and compares every total.
    Migrate(Migrate),
    /// Looks at a page as a reader's browser would, and says what is wrong with its tag and what to write.
    Doctor(Doctor),
    /// Lets the running gema read its configuration again.
    Reload(Database),
    /// Prints the OpenAPI document of what is answered over HTTP.
    Openapi,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    cli::log::start(cli.log_format);
    let result = match cli.command {
        Command::Serve(options) => serve(options),
        Command::Article(article) => ask(cli::article::run(article)),
        Command::Alias(alias) => ask(cli::alias::run(alias)),
        Command::Check(check) => ask(cli::check::run(check)),
        Command::Backup(backup) => ask(cli::backup::run(backup)),
        Command::Restore(restore) => ask(cli::restore::run(restore)),
        Command::Export(export) => ask(cli::export::run(export)),
        Command::Import(import) => ask(cli::import::run(import)),
        Command::Migrate(migrate) => ask(cli::migrate::run(migrate)),
        Command::Doctor(doctor) => return cli::doctor::run(&doctor),
        Command::Reload(database) => ask(cli::reload::run(database)),
        Command::Openapi => cli::openapi::run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            cli::print::note(&format!("gema: {error:#}"));
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
