//! The repository's tasks: `cargo xtask VERB`. One module per verb; none of them is a shell script.

mod bench;
mod chromium;
#[cfg(test)]
mod circles;
mod demo;
mod dev;
mod dist;
mod documents;
mod exec;
mod package;
mod repo;
mod say;
mod setup;
mod size;
mod soak;
mod supervise;
mod test;
mod toolchain;
mod tools;

use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use lexopt::prelude::*;

use bench::{Extent, endpoint::Beside};
use demo::Profile;
use package::version::PreRelease;
use setup::Scope;

const HELP: &str = "\
cargo xtask VERB

  demo [--listen ADDRESS]   set up, build and serve the demo at http://127.0.0.1:8787 (--release: with the endpoint's release build)
  test [STEP [-- WORDS]]    set up what tests need and run them all, or one step (with words for its test runner)
  dev                       serve the demo, rebuilt and reloaded on every change
  setup [--test]            install what builds (and tests) need
  dist                      make dist/, the smallest release build of the widget
  documents                 regenerate what the documents and the demo say about the theming properties
  freeze                    rebuild the loader that is frozen within a major version, and publish its hash
  bench endpoint            how fast the endpoint is, beside nginx (--peers: and beside Waline and Isso;
                            --beside FILE: beside another build of gema; --quick: one short round)
  bench engines             what an event costs in SQLite, in Redis, and in clusters of one, two and three masters (--quick: one round)
  bench page                how soon a slow phone has the widget, beside Waline's and one by hand (--quick: one round)
  package                   make the packages with which people install gema, in target/package (--binary FILE: with this program;
                            --pre-release rc.1: of a version before the one in Cargo.toml)
  soak [NAME]               run what takes longer than a test should: crash rounds, long histories
  size                      what a reader downloads, and its budget
  help                      this text

Tools are kept in ~/.cache/gema (or $XDG_CACHE_HOME/gema, or $GEMA_CACHE).";

fn main() -> ExitCode {
    say::start();
    match parse(lexopt::Parser::from_env()).and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Verb {
    Demo { listen: SocketAddr, profile: Profile },
    Dev,
    Test { step: Option<String>, words: Vec<String> },
    Setup { scope: Scope },
    Dist,
    Documents,
    Freeze,
    Package(package::Options),
    Soak { name: Option<String> },
    Bench { what: Option<String>, extent: Extent, beside: Beside },
    Size,
    Help,
}

fn run(verb: Verb) -> Result<()> {
    match verb {
        Verb::Demo { listen, profile } => demo::run(listen, profile),
        Verb::Dev => dev::run(),
        Verb::Test { step, words } => test::run(step.as_deref(), &words),
        Verb::Setup { scope } => setup::run(scope).map(|_| say::line("all is there")),
        Verb::Dist => dist::run(&setup::run(Scope::Build)?),
        Verb::Documents => documents::run(),
        Verb::Freeze => setup::run(Scope::Build).and_then(|_| dist::frozen::run()),
        Verb::Package(options) => package::run(options),
        Verb::Soak { name } => soak::run(name.as_deref()),
        Verb::Bench { what: Some(what), extent, beside } if what == "endpoint" => bench::endpoint::run(extent, &beside),
        Verb::Bench { what: Some(what), extent, beside: Beside::Nothing } if what == "engines" => {
            bench::engines::run(extent)
        }
        Verb::Bench { what: Some(what), extent, beside: Beside::Nothing } if what == "page" => bench::page::run(extent),
        Verb::Bench { .. } => {
            bail!(
                "what shall be measured? There is: bench endpoint [--peers | --beside FILE], bench engines, bench page"
            )
        }
        Verb::Size => size::check(),
        Verb::Help => {
            println!("{HELP}");
            Ok(())
        }
    }
}

fn parse(mut words: lexopt::Parser) -> Result<Verb> {
    let mut verb = match words.next()? {
        Some(Value(verb)) => match &*verb.string()? {
            "demo" => Verb::Demo { listen: repo::ADDRESS.parse()?, profile: Profile::Quick },
            "dev" => Verb::Dev,
            "test" => Verb::Test { step: None, words: Vec::new() },
            "setup" => Verb::Setup { scope: Scope::Build },
            "dist" => Verb::Dist,
            "documents" => Verb::Documents,
            "freeze" => Verb::Freeze,
            "package" => Verb::Package(package::Options::default()),
            "soak" => Verb::Soak { name: None },
            "bench" => Verb::Bench { what: None, extent: Extent::Full, beside: Beside::Nothing },
            "size" => Verb::Size,
            "help" => Verb::Help,
            other => bail!("no verb `{other}`\n\n{HELP}"),
        },
        Some(Long("help") | Short('h')) | None => Verb::Help,
        Some(other) => return Err(other.unexpected().into()),
    };
    while let Some(word) = words.next()? {
        match (word, &mut verb) {
            (Long("help") | Short('h'), _) => return Ok(Verb::Help),
            (Long("release"), Verb::Demo { profile, .. }) => *profile = Profile::Release,
            (Long("listen"), Verb::Demo { listen, .. }) => {
                *listen =
                    words.value()?.parse().context("--listen takes an address and a port, such as 127.0.0.1:8788")?;
            }
            (Long("binary"), Verb::Package(options)) => options.binary = Some(words.value()?.into()),
            (Long("pre-release"), Verb::Package(options)) => {
                options.pre = Some(PreRelease::parse(&words.value()?.string()?)?);
            }
            (Long("quick"), Verb::Bench { extent, .. }) => *extent = Extent::Quick,
            (Long("peers"), Verb::Bench { beside, .. }) => *beside = Beside::Peers,
            (Long("beside"), Verb::Bench { beside, .. }) => *beside = Beside::OtherBuild(words.value()?.into()),
            (Value(name), Verb::Bench { what: what @ None, .. }) => *what = Some(name.string()?),
            (Long("test"), Verb::Setup { scope }) => *scope = Scope::Test,
            (Value(name), Verb::Test { step: step @ None, .. }) => *step = Some(name.string()?),
            (Value(soak), Verb::Soak { name: name @ None }) => *name = Some(soak.string()?),
            (Value(word), Verb::Test { words, .. }) => words.push(word.string()?),
            (other, _) => return Err(other.unexpected().into()),
        }
    }
    Ok(verb)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Verb> {
        parse(lexopt::Parser::from_iter(format!("xtask {line}").split_whitespace()))
    }

    #[test]
    fn each_verb_takes_its_own_options() {
        let listen = "127.0.0.1:8788".parse().unwrap();
        let profile = Profile::Quick;
        assert_eq!(parsed("demo --listen 127.0.0.1:8788").unwrap(), Verb::Demo { listen, profile });
        let released = Verb::Demo { listen, profile: Profile::Release };
        assert_eq!(parsed("demo --release --listen 127.0.0.1:8788").unwrap(), released);
        assert_eq!(parsed("test e2e").unwrap(), Verb::Test { step: Some("e2e".into()), words: vec![] });
        let words = vec!["poll".into(), "--nocapture".into()];
        assert_eq!(
            parsed("test native -- poll --nocapture").unwrap(),
            Verb::Test { step: Some("native".into()), words }
        );
        assert_eq!(parsed("setup --test").unwrap(), Verb::Setup { scope: Scope::Test });
        let endpoint = |extent, beside| Verb::Bench { what: Some("endpoint".into()), extent, beside };
        assert_eq!(parsed("bench endpoint --quick --peers").unwrap(), endpoint(Extent::Quick, Beside::Peers));
        let other = Beside::OtherBuild("before/gema".into());
        assert_eq!(parsed("bench endpoint --beside before/gema").unwrap(), endpoint(Extent::Full, other));
        let options = package::Options { binary: Some("gema".into()), pre: Some(PreRelease::parse("rc.1").unwrap()) };
        assert_eq!(parsed("package --binary gema --pre-release rc.1").unwrap(), Verb::Package(options));
        assert_eq!(parsed("soak kill").unwrap(), Verb::Soak { name: Some("kill".into()) });
        assert_eq!(parsed("").unwrap(), Verb::Help);
        assert_eq!(parsed("dist --help").unwrap(), Verb::Help);
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for wrong in [
            "tests",
            "bench widget endpoint",
            "soak kill twice",
            "demo --port 1",
            "demo --listen 8788",
            "test --all",
            "dist now",
            "package --pre-release soon",
        ] {
            assert!(parsed(wrong).is_err(), "{wrong}");
        }
    }
}
