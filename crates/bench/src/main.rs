//! Benchmarks of Gema beside comparable software, in the same run. `cargo xtask bench …` builds what they need and
//! starts them. The results are written to docs/performance.md.

mod cpu_steal;
mod document;
mod endpoint;
mod engines;
mod http;
mod machine;
mod page;
mod plot;
mod process;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use devtools::{exec, progress, supervise::Server};
use endpoint::{Beside, Competitors};
use lexopt::prelude::*;
use page::Programs;

/// A benchmark and its options.
#[derive(Debug)]
enum Benchmark {
    Endpoint(Beside),
    Engines,
    Page(Programs),
}

fn main() -> ExitCode {
    progress::start();
    match parse(lexopt::Parser::from_env()).and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nbench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run((benchmark, extent): (Benchmark, Extent)) -> Result<()> {
    match benchmark {
        Benchmark::Endpoint(beside) => endpoint::run(extent, &beside),
        Benchmark::Engines => engines::run(extent),
        Benchmark::Page(programs) => page::run(extent, &programs),
    }
}

fn parse(mut args: lexopt::Parser) -> Result<(Benchmark, Extent)> {
    let mut name = None;
    let mut extent = Extent::Full;
    let mut files = Files::default();
    while let Some(word) = args.next()? {
        let file = match word {
            Value(word) if name.is_none() => {
                name = Some(word.string()?);
                continue;
            }
            Long("quick") => {
                extent = Extent::Quick;
                continue;
            }
            Long("beside") => &mut files.other_build,
            Long("waline") => &mut files.waline,
            Long("isso-python") => &mut files.isso_python,
            Long("browser") => &mut files.browser,
            Long("waline-client") => &mut files.waline_client,
            Long("element") => &mut files.element,
            other => return Err(other.unexpected().into()),
        };
        *file = Some(args.value()?.into());
    }
    let benchmark = match name.as_deref() {
        Some("endpoint") => Benchmark::Endpoint(files.beside()),
        Some("engines") => Benchmark::Engines,
        Some("page") => Benchmark::Page(files.programs()?),
        _ => bail!("there is: bench endpoint, bench engines, bench page"),
    };
    Ok((benchmark, extent))
}

/// The files that `cargo xtask bench` names.
#[derive(Default)]
struct Files {
    other_build: Option<PathBuf>,
    waline: Option<PathBuf>,
    isso_python: Option<PathBuf>,
    browser: Option<PathBuf>,
    waline_client: Option<PathBuf>,
    element: Option<PathBuf>,
}

impl Files {
    fn beside(self) -> Beside {
        match (self.other_build, self.waline, self.isso_python) {
            (Some(program), ..) => Beside::OtherBuild(program),
            (None, Some(waline), Some(isso_python)) => Beside::Competitors(Competitors {
                waline,
                isso_python,
            }),
            _ => Beside::Nothing,
        }
    }

    fn programs(self) -> Result<Programs> {
        Ok(Programs {
            other_build: self.other_build,
            browser: self.browser.context("--browser is missing")?,
            waline_client: self.waline_client.context("--waline-client is missing")?,
            element: self.element.context("--element is missing")?,
        })
    }
}

/// How thorough a benchmark is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Medians of several rounds; writes docs/performance.md.
    Full,
    /// One short round, which only shows that the benchmark works; writes nothing.
    Quick,
}

/// The median: the upper one of an even number of values; NaN if there are none.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// A command that runs a program pinned to this core.
fn on_core(core: u8, program: impl AsRef<Path>) -> Command {
    let mut command = exec::program("taskset");
    command
        .args(["-c", &core.to_string()])
        .arg(program.as_ref());
    command
}

/// Starts the endpoint with this command and database, without limits. Gives the server and its address.
fn serve(mut gema: Command, database: impl AsRef<OsStr>) -> Result<(Server, String)> {
    gema.args([
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--bots",
        "count",
        "--limits",
        "off",
        "--database",
    ]);
    Server::start_endpoint(gema.arg(database))
}
