//! `gema`: the endpoint's command line.

/// The memory allocator.
mod allocator;
/// The commands.
mod cli;
/// The demo site, served if nothing is configured.
mod demo;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use cli::{
    admin_client::DatabaseArgs,
    alias::Alias,
    article::Article,
    audit::Audit,
    backup::Backup,
    check::Check,
    demo::Demo,
    doctor::Doctor,
    export::Export,
    generate::{Completions, Man},
    import::Import,
    log::LogFormat,
    migrate::Migrate,
    restore::Restore,
    serve::Serve,
    user::User,
};

/// Share bar, read counter and reaction poll for news articles: the endpoint that keeps the counts.
#[derive(Parser)]
#[command(name = "gema", version)]
struct Cli {
    /// Format of the log on stderr. GEMA_LOG sets its level: error, warn, info, debug or trace
    #[arg(
        long,
        env = "GEMA_LOG_FORMAT",
        value_enum,
        default_value_t,
        global = true
    )]
    log_format: LogFormat,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves the sites of gema.toml; without one, the demo on this machine.
    Serve(Serve),
    /// Serves the demo, with counts that end with it.
    Demo(Demo),
    /// Puts, lists, shows and removes articles, with or without a running gema.
    #[command(subcommand)]
    Article(Article),
    /// Makes one key an alias of another; without keys, lists the aliases.
    Alias(Alias),
    /// Checks the configuration, and the consistency of the database.
    Check(Check),
    /// Writes a backup of the database to a file, with or without a running gema.
    Backup(Backup),
    /// Replaces the database with a backup, while gema is stopped.
    Restore(Restore),
    /// Exports all data to standard output, with or without a running gema.
    Export(Export),
    /// Imports an export, with or without a running gema.
    Import(Import),
    /// Moves all data to another database, with or without a running gema, and compares every total.
    Migrate(Migrate),
    /// Examines a page as a reader's browser would see it, and reports what is wrong with its tag and how to fix it.
    Doctor(Doctor),
    /// Tests how a running gema counts: double clicks as COUNTER tests them, and the lists of robots.
    Audit(Audit),
    /// Makes the running gema reload its configuration.
    Reload(DatabaseArgs),
    /// Adds, lists and removes the users of the newsroom's pages.
    #[command(subcommand)]
    User(User),
    /// Prints the OpenAPI document of the HTTP API.
    Openapi,
    /// Prints the completions for a shell.
    Completions(Completions),
    /// Writes the manual pages, one for each command, into a directory.
    Man(Man),
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return unusable(&error),
    };
    cli::log::start(cli.log_format);
    let result = match cli.command {
        Command::Serve(options) => serve(cli::serve::run(options)),
        Command::Demo(options) => serve(cli::demo::run(options)),
        Command::Article(article) => ask(cli::article::run(article)),
        Command::Alias(alias) => ask(cli::alias::run(alias)),
        Command::Check(check) => ask(cli::check::run(check)),
        Command::Backup(backup) => ask(cli::backup::run(backup)),
        Command::Restore(restore) => ask(cli::restore::run(restore)),
        Command::Export(export) => ask(cli::export::run(export)),
        Command::Import(import) => ask(cli::import::run(import)),
        Command::Migrate(migrate) => ask(cli::migrate::run(migrate)),
        Command::Doctor(doctor) => return cli::doctor::run(&doctor),
        Command::Audit(audit) => return cli::audit::run(&audit),
        Command::Reload(database) => ask(cli::reload::run(database)),
        Command::User(user) => ask(cli::user::run(user)),
        Command::Openapi => cli::openapi::run(),
        Command::Completions(options) => cli::generate::completions(&options, Cli::command()),
        Command::Man(options) => cli::generate::man(&options, Cli::command()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A reason may quote the database or a file, which others may have written.
            cli::output::note(&format!(
                "gema: {}",
                cli::output::printable_lines(&format!("{error:#}"))
            ));
            ExitCode::FAILURE
        }
    }
}

/// Prints help, or why the arguments are invalid. An error quotes them, and they may come from elsewhere.
fn unusable(error: &clap::Error) -> ExitCode {
    if error.use_stderr() {
        cli::output::note(&cli::output::printable_lines(&error.to_string()));
    } else {
        // Nothing can be done if the terminal is gone.
        let _ = error.print();
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

#[tokio::main]
async fn serve(serving: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    serving.await
}

#[tokio::main(flavor = "current_thread")]
async fn ask(answer: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    answer.await
}
