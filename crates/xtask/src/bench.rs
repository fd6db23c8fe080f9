//! `cargo xtask bench endpoint`: how fast the endpoint is, beside nginx serving the same bytes, in one run: the server on one
//! core, the load on another. What is written to docs/performance.md is what was measured.

mod disk;
mod load;
mod machine;
mod plot;
mod report;
mod served;
mod targets;

use std::time::Duration;

use anyhow::{Result, bail};

use crate::setup::{self, Scope};
use crate::{demo, dist, say};
use load::Run;
use served::Served;
use targets::{Host, TARGETS, Target};

/// How thorough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Medians of five, at four numbers of connections; writes docs/performance.md.
    Full,
    /// One short round, which shows that it can be measured, and that nothing is lost while it is.
    Quick,
}

impl Extent {
    fn rounds(self) -> usize {
        if self == Self::Full { 5 } else { 1 }
    }

    fn connections(self) -> &'static [usize] {
        if self == Self::Full { &[1, 16, 64, 256] } else { &[16] }
    }

    fn time(self) -> Duration {
        Duration::from_millis(if self == Self::Full { 3000 } else { 500 })
    }
}

/// One target at one number of connections.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    target: &'static Target,
    connections: usize,
    runs: Vec<Run>,
}

impl Cell {
    /// The median of what each run says.
    fn median(&self, of: impl Fn(&Run) -> f64) -> f64 {
        median(self.runs.iter().map(of).collect())
    }
}

/// The middle one.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Sets up, builds and measures.
pub(crate) fn run(extent: Extent) -> Result<()> {
    let toolchain = setup::run(Scope::Bench)?;
    if extent == Extent::Full {
        dist::run(&toolchain)?;
    }
    demo::build_endpoint()?;
    measure(extent)
}

/// Measures the release build that is there.
pub(crate) fn measure(extent: Extent) -> Result<()> {
    say::heading("How fast the endpoint is");
    if std::thread::available_parallelism()?.get() < 2 {
        bail!("a core for the server and one for the load are needed: this machine has one");
    }
    let mut served = Served::start()?;
    let disk = disk::fdatasync(&served.dir)?;
    let mut cells: Vec<Cell> = extent
        .connections()
        .iter()
        .flat_map(|connections| TARGETS.iter().map(|target| Cell { target, connections: *connections, runs: vec![] }))
        .collect();
    for round in 0..extent.rounds() {
        for cell in &mut cells {
            let run = served.run(cell.target, cell.connections, extent.time())?;
            say::line(format!("round {}: {:<28} {:>3}  {run}", round + 1, cell.target.name, cell.connections));
            cell.runs.push(run);
        }
    }
    served.nothing_is_lost(&cells)?;
    let memory = served.memory_mib(Host::Gema)?;
    let report = report::Report { cells: &cells, disk, memory, rounds: extent.rounds(), time: extent.time() };
    println!("\n{}", report.table());
    if extent == Extent::Full { report.write() } else { Ok(()) }
}
