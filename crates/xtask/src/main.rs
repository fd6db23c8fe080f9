//! The repository's tasks: `cargo xtask VERB`. One module per verb; none of them is a shell script.

mod bench;
#[cfg(test)]
mod circles;
mod demo;
mod dev;
mod dist;
mod documents;
#[cfg(test)]
mod names;
mod package;
mod robots;
mod setup;
mod size;
mod soak;
mod test;
mod toolchain;
mod tools;

use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use lexopt::prelude::*;

use bench::{BenchOptions, Beside};
use demo::Profile;
use devtools::{chromium, exec, progress, repo, supervise};
use package::version::PreRelease;
use setup::Scope;

const HELP: &str = "\
cargo xtask VERB

  demo [--listen ADDRESS]   set up, build and serve the demo at http://127.0.0.1:8787 (--release: with the endpoint's release build)
  test [STEP [-- WORDS]]    set up what tests need and run them all, or one step (with words for its test runner)
  dev                       serve the demo, rebuilt and reloaded on every change
  setup [--test]            install what builds (and tests) need
  dist                      make dist/, the smallest release build of the widget
  documents                 regenerate the tables of theming properties (documents, demo) and the picture of crates (ARCHITECTURE.md)
  robots                    refresh the lists of robots, from PyPI
  freeze                    rebuild the loader that is frozen within a major version, and publish its hash
  bench endpoint            how fast the endpoint is, beside nginx (--peers: and beside Waline and Isso;
                            --beside FILE: beside another build of gema; --quick: one short round)
  bench engines             what an event costs in SQLite, in Redis, and in clusters of one, two and three masters (--quick: one round)
  bench page                how soon a slow phone has the widget, beside Waline's and one by hand (--quick: one round;
                            --beside FILE: and beside the widget of another build of gema)
  package                   make the packages with which people install gema, in target/package (--binary FILE: with this program;
                            --pre-release rc.1: of a version before the one in Cargo.toml)
  soak [NAME]               run what takes longer than a test should: crash rounds, long histories
  size                      what a reader downloads, and its budget
  help                      this text

Tools are kept in ~/.cache/gema (or $XDG_CACHE_HOME/gema, or $GEMA_CACHE).";

fn main() -> ExitCode {
    progress::start();
    match parse(lexopt::Parser::from_env()).and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Command {
    Demo {
        listen: SocketAddr,
        profile: Profile,
    },
    Dev,
    Test {
        step: Option<String>,
        args: Vec<String>,
    },
    Setup {
        scope: Scope,
    },
    Dist,
    Documents,
    Robots,
    Freeze,
    Package(package::Options),
    Soak {
        name: Option<String>,
    },
    Bench(BenchOptions),
    Size,
    Help,
}

fn run(command: Command) -> Result<()> {
    match command {
        Command::Demo { listen, profile } => demo::run(listen, profile),
        Command::Dev => dev::run(),
        Command::Test { step, args } => test::run(step.as_deref(), &args),
        Command::Setup { scope } => setup::run(scope).map(|_| progress::line("all is there")),
        Command::Dist => dist::run(&setup::run(Scope::Build)?),
        Command::Documents => documents::run(),
        Command::Robots => robots::run(),
        Command::Freeze => setup::run(Scope::Build).and_then(|_| dist::pinned_loader::run()),
        Command::Package(options) => package::run(options),
        Command::Soak { name } => soak::run(name.as_deref()),
        Command::Bench(options) => bench::run(options),
        Command::Size => size::check(),
        Command::Help => {
            println!("{HELP}");
            Ok(())
        }
    }
}

fn parse(mut args: lexopt::Parser) -> Result<Command> {
    let mut command = match args.next()? {
        Some(Value(command)) => match &*command.string()? {
            "demo" => Command::Demo {
                listen: repo::ADDRESS.parse()?,
                profile: Profile::Quick,
            },
            "dev" => Command::Dev,
            "test" => Command::Test {
                step: None,
                args: Vec::new(),
            },
            "setup" => Command::Setup {
                scope: Scope::Build,
            },
            "dist" => Command::Dist,
            "documents" => Command::Documents,
            "robots" => Command::Robots,
            "freeze" => Command::Freeze,
            "package" => Command::Package(package::Options::default()),
            "soak" => Command::Soak { name: None },
            "bench" => Command::Bench(BenchOptions::default()),
            "size" => Command::Size,
            "help" => Command::Help,
            other => bail!("no verb `{other}`\n\n{HELP}"),
        },
        Some(Long("help") | Short('h')) | None => Command::Help,
        Some(other) => return Err(other.unexpected().into()),
    };
    while let Some(word) = args.next()? {
        match (word, &mut command) {
            (Long("help") | Short('h'), _) => return Ok(Command::Help),
            (Long("release"), Command::Demo { profile, .. }) => *profile = Profile::Release,
            (Long("listen"), Command::Demo { listen, .. }) => {
                *listen = args
                    .value()?
                    .parse()
                    .context("--listen takes an address and a port, such as 127.0.0.1:8788")?;
            }
            (Long("binary"), Command::Package(options)) => {
                options.binary = Some(args.value()?.into())
            }
            (Long("pre-release"), Command::Package(options)) => {
                options.pre = Some(PreRelease::parse(&args.value()?.string()?)?);
            }
            (Long("quick"), Command::Bench(options)) => options.is_quick = true,
            (Long("peers"), Command::Bench(options)) => options.beside = Beside::Competitors,
            (Long("beside"), Command::Bench(options)) => {
                options.beside = Beside::OtherBuild(args.value()?.into())
            }
            (Value(name), Command::Bench(options)) if options.name.is_none() => {
                options.name = Some(name.string()?)
            }
            (Long("test"), Command::Setup { scope }) => *scope = Scope::Test,
            (
                Value(name),
                Command::Test {
                    step: step @ None, ..
                },
            ) => *step = Some(name.string()?),
            (Value(soak), Command::Soak { name: name @ None }) => *name = Some(soak.string()?),
            (Value(word), Command::Test { args, .. }) => args.push(word.string()?),
            (other, _) => return Err(other.unexpected().into()),
        }
    }
    Ok(command)
}

#[cfg(test)]
mod tests;
