//! `cargo xtask bench engines`: the cost of an event with SQLite, with one Redis server, and with clusters of one, two
//! and three masters. The endpoint runs on one core, the servers and the load on another. The cost is processor time,
//! because on one machine a cluster cannot show its throughput.

mod measured;
mod report;
mod servers;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};

use super::endpoint::targets::{CountedEvent, SPREAD_ARTICLES};
use super::{Extent, machine, on_core, serve};
use devtools::supervise::Server;
use devtools::{exec, progress, repo};
use measured::{EngineCell, EngineRun};
use servers::Servers;

/// Where counts are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StoreKind {
    File,
    Redis,
    /// A cluster with this many masters, each with one replica, which has an event before it is acknowledged.
    Cluster(usize),
}

/// The engines, in the order of a round.
const ENGINES: [(&str, StoreKind); 5] = [
    ("SQLite", StoreKind::File),
    ("one Redis", StoreKind::Redis),
    ("a cluster of one master", StoreKind::Cluster(1)),
    ("of two", StoreKind::Cluster(2)),
    ("of three", StoreKind::Cluster(3)),
];

/// The kind of event, and over how many articles it is spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EngineTarget {
    name: &'static str,
    what: CountedEvent,
    articles: u32,
}

const ENGINE_TARGETS: [EngineTarget; 3] = [
    EngineTarget {
        name: "a read, 1,000 articles",
        what: CountedEvent::Read,
        articles: SPREAD_ARTICLES,
    },
    EngineTarget {
        name: "a reaction, 1,000 articles",
        what: CountedEvent::React,
        articles: SPREAD_ARTICLES,
    },
    EngineTarget {
        name: "a read, one hot article",
        what: CountedEvent::Read,
        articles: 1,
    },
];

/// Number of the load's connections: enough for transactions and pipelines of a medium size.
const CONNECTIONS: usize = 64;

/// An endpoint with its store.
pub(crate) struct Newsroom {
    endpoint: Server,
    url: String,
    servers: Servers,
}

impl Newsroom {
    fn start(store_kind: StoreKind, dir: PathBuf) -> Result<Self> {
        std::fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
        let servers = Servers::start(store_kind, &dir)?;
        let (endpoint, url) = serve(on_core(0, repo::gema()), servers.url(&dir))?;
        Ok(Self {
            endpoint,
            url,
            servers,
        })
    }
}

/// Measures.
pub(crate) fn run(extent: Extent) -> Result<()> {
    progress::heading("What an event costs, by where it is kept");
    machine::has_two_cores()?;
    let dir = repo::target().join("bench-engines");
    // Remove what an earlier run left.
    let _ = std::fs::remove_dir_all(&dir);
    let newsrooms: Vec<_> = ENGINES
        .iter()
        .enumerate()
        .map(|(number, (_, store_kind))| Newsroom::start(*store_kind, dir.join(number.to_string())))
        .collect::<Result<_>>()?;
    let mut cells: Vec<_> = ENGINE_TARGETS
        .iter()
        .flat_map(|target| {
            ENGINES.map(|(name, store_kind)| EngineCell {
                target: *target,
                name,
                store_kind,
                runs: Vec::new(),
            })
        })
        .collect();
    let (rounds, time) = if extent == Extent::Full {
        (5, Duration::from_secs(2))
    } else {
        (1, Duration::from_secs(1))
    };
    for round in 0..rounds {
        for (number, cell) in cells.iter_mut().enumerate() {
            let run = EngineRun::of(&newsrooms[number % ENGINES.len()], cell.target, &dir, time)?;
            progress::line(format!(
                "round {}: {:<26} {:<24} {}",
                round + 1,
                cell.target.name,
                cell.name,
                run.load
            ));
            cell.runs.push(run);
        }
    }
    let table = report::table(&cells);
    println!("\n{table}");
    if extent == Extent::Full {
        report::write(&cells, &table, rounds, time)
    } else {
        Ok(())
    }
}

/// A program of Redis that runs in this directory, on the core of the load.
fn redis(program: &str, dir: &Path) -> std::process::Command {
    let mut command = on_core(1, exec::which(program).unwrap_or_else(|| program.into()));
    command.current_dir(dir);
    command
}
