//! `cargo xtask bench endpoint`: the endpoint's throughput beside nginx, which serves the same bytes, and optionally
//! beside Waline and Isso counting votes. Each server runs on one core, the load on another.

pub(super) mod counted;
mod disk;
pub(super) mod load;
mod report;
mod served;
pub(super) mod targets;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;

use super::{Extent, http, machine, median};
use devtools::progress;
use load::Run;
use served::Served;
use targets::{COMPETITORS, Host, OTHER_BUILD, TARGETS, Target};

impl Extent {
    fn rounds(self) -> usize {
        if self == Self::Full { 5 } else { 1 }
    }

    fn connections(self) -> &'static [usize] {
        if self == Self::Full {
            &[1, 16, 64, 256]
        } else {
            &[16]
        }
    }

    fn time(self) -> Duration {
        Duration::from_millis(if self == Self::Full { 3000 } else { 500 })
    }
}

/// Where the competitors are installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Competitors {
    /// The directory of Waline's npm packages.
    pub(crate) waline: PathBuf,
    /// The Python of Isso's virtual environment.
    pub(crate) isso_python: PathBuf,
}

/// Other servers that are measured besides the endpoint, in the same rounds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Beside {
    /// Nothing.
    #[default]
    Nothing,
    /// Waline and Isso.
    Competitors(Competitors),
    /// Another build of the endpoint, instead of nginx: the program's file.
    OtherBuild(PathBuf),
}

impl Beside {
    /// The targets in the order of a round; those to be compared are adjacent.
    fn targets(&self) -> Vec<&'static Target> {
        let ours = TARGETS.iter().filter(|target| target.host == Host::Gema);
        match self {
            Self::Nothing => TARGETS.iter().collect(),
            Self::Competitors(_) => TARGETS.iter().chain(&COMPETITORS).collect(),
            Self::OtherBuild(_) => ours
                .zip(&OTHER_BUILD)
                .flat_map(|(one, other)| [one, other])
                .collect(),
        }
    }
}

/// One target at one number of connections, with its runs.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    target: &'static Target,
    connections: usize,
    runs: Vec<Run>,
}

impl Cell {
    /// The median of `of` over the runs.
    fn median(&self, of: impl Fn(&Run) -> f64) -> f64 {
        median(self.runs.iter().map(of).collect())
    }

    /// The ratio of each run to the other cell's run of the same round: the median over the rounds.
    fn times(&self, other: &Self, of: impl Fn(&Run) -> f64) -> f64 {
        median(
            self.runs
                .iter()
                .zip(&other.runs)
                .map(|(run, other)| of(run) / of(other))
                .collect(),
        )
    }
}

/// Measures.
pub(crate) fn run(extent: Extent, beside: &Beside) -> Result<()> {
    progress::heading("How fast the endpoint is");
    machine::has_two_cores()?;
    let served = Served::start(beside)?;
    let disk = disk::fdatasync(&served.dir)?;
    let mut cells: Vec<Cell> = extent
        .connections()
        .iter()
        .flat_map(|connections| {
            beside.targets().into_iter().map(|target| Cell {
                target,
                connections: *connections,
                runs: vec![],
            })
        })
        .collect();
    for round in 0..extent.rounds() {
        for cell in &mut cells {
            let run = served.run(cell.target, cell.connections, extent.time())?;
            progress::line(format!(
                "round {}: {:<28} {:>3}  {run}",
                round + 1,
                cell.target.name,
                cell.connections
            ));
            cell.runs.push(run);
        }
    }
    counted::nothing_is_lost(&cells)?;
    let memory = served.memory_mib()?;
    let report = report::EndpointReport {
        cells: &cells,
        disk,
        memory,
        rounds: extent.rounds(),
        time: extent.time(),
    };
    if let Beside::OtherBuild(_) = beside {
        println!("\n{}", report.builds());
        return Ok(());
    }
    println!("\n{}", report.table());
    let with_competitors = matches!(beside, Beside::Competitors(_));
    if with_competitors {
        println!("{}", report.competitors());
    }
    if extent == Extent::Full {
        report.write(with_competitors)
    } else {
        Ok(())
    }
}
