//! `cargo xtask bench …`: builds what a benchmark needs, then starts it (crates/bench).

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::dist::minify;
use crate::setup::{Browser, Scope};
use crate::{demo, dist, exec, repo, setup, tools};

/// The options.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct BenchOptions {
    /// The benchmark.
    pub(crate) name: Option<String>,
    /// One short round, which only shows that the benchmark works; it writes nothing.
    pub(crate) is_quick: bool,
    pub(crate) beside: Beside,
}

/// Other programs that the endpoint or the widget is measured beside.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) enum Beside {
    /// nginx.
    #[default]
    Nothing,
    /// nginx, Waline and Isso.
    Competitors,
    /// Another build of the endpoint.
    OtherBuild(PathBuf),
}

/// Sets up, builds and measures.
pub(crate) fn run(options: BenchOptions) -> Result<()> {
    let mut bench = exec::cargo();
    bench.args(["run", "--quiet", "--package", "bench", "--"]);
    match (options.name.as_deref(), options.beside) {
        (Some("endpoint"), beside) => {
            let toolchain = setup::run(if beside == Beside::Competitors {
                Scope::Competitors
            } else {
                Scope::Bench
            })?;
            if !options.is_quick {
                dist::run(&toolchain)?;
            }
            bench.arg("endpoint");
            match beside {
                Beside::Nothing => {}
                Beside::Competitors => {
                    bench.arg("--waline").arg(tools::waline()?);
                    bench.arg("--isso-python").arg(tools::isso()?);
                }
                Beside::OtherBuild(program) => {
                    bench.arg("--beside").arg(program);
                }
            }
        }
        (Some("engines"), Beside::Nothing) => {
            setup::run(Scope::Engines)?;
            bench.arg("engines");
        }
        (Some("page"), beside @ (Beside::Nothing | Beside::OtherBuild(_))) => {
            dist::run(&setup::run(Scope::Page)?)?;
            bench.arg("page");
            if let Beside::OtherBuild(program) = beside {
                bench.arg("--beside").arg(program);
            }
            bench.arg("--browser").arg(Browser::required()?.program());
            bench.arg("--waline-client").arg(tools::waline_client()?);
            bench.arg("--element").arg(minified_element()?);
        }
        _ => bail!(
            "what shall be measured? There is: bench endpoint [--peers | --beside FILE], bench engines, bench page [--beside FILE]"
        ),
    }
    if options.is_quick {
        bench.arg("--quick");
    }
    demo::build_endpoint()?;
    exec::quietly(&mut bench)
}

/// The element written by hand, minified as the widget is.
fn minified_element() -> Result<PathBuf> {
    let file = repo::target().join("bench-element.min.js");
    let element = repo::root().join("crates/bench/src/page/element.js");
    fs::write(&file, minify::module(&element)?)
        .with_context(|| format!("cannot write {}", file.display()))?;
    Ok(file)
}
