//! One measurement, with the processor time of every process involved.

use std::path::Path;
use std::time::Duration;

use anyhow::{Result, bail};

use super::{CONNECTIONS, EngineTarget, Newsroom, StoreKind};
use crate::endpoint::targets::BenchRequest;
use crate::endpoint::{counted, load};
use crate::median;
use crate::process;

/// One target on one engine, with its runs.
#[derive(Clone, Debug)]
pub(crate) struct EngineCell {
    pub(crate) target: EngineTarget,
    pub(crate) name: &'static str,
    pub(crate) store_kind: StoreKind,
    pub(crate) runs: Vec<EngineRun>,
}

impl EngineCell {
    /// The median of `of` over the runs.
    pub(crate) fn median(&self, of: impl Fn(&EngineRun) -> f64) -> f64 {
        median(self.runs.iter().map(of).collect())
    }

    /// The ratio of each run to the other cell's run of the same round: the median over the rounds.
    pub(crate) fn times(&self, other: &Self, of: impl Fn(&EngineRun) -> f64) -> f64 {
        median(
            self.runs
                .iter()
                .zip(&other.runs)
                .map(|(run, other)| of(run) / of(other))
                .collect(),
        )
    }
}

/// The result of one run.
#[derive(Clone, Debug)]
pub(crate) struct EngineRun {
    pub(crate) load: load::Run,
    /// Processor time of each master, in seconds.
    pub(crate) masters: Vec<f64>,
    /// Processor time of all replicas together, in seconds.
    pub(crate) replicas: f64,
}

impl EngineRun {
    /// Puts load on the endpoint.
    ///
    /// # Errors
    /// If an acknowledged event was not counted, or one was counted twice.
    pub(crate) fn of(
        newsroom: &Newsroom,
        target: EngineTarget,
        dir: &Path,
        time: Duration,
    ) -> Result<Self> {
        let Newsroom {
            endpoint,
            url,
            servers,
        } = newsroom;
        let EngineTarget { what, articles, .. } = target;
        let counted = || counted::settled(url, what, articles);
        let cpu = process::cpu_of_group;
        let of_servers = || -> Result<(Vec<f64>, Vec<f64>)> {
            Ok((
                servers.masters().map(cpu).collect::<Result<_>>()?,
                servers.replicas().map(cpu).collect::<Result<_>>()?,
            ))
        };
        let before = counted()?;
        let was = of_servers()?;
        let load = load::run(
            dir,
            url,
            BenchRequest::Post { what, articles },
            CONNECTIONS,
            time,
            || cpu(endpoint.id()),
        )?;
        let is = of_servers()?;
        let after = counted()?;
        let more = after.saturating_sub(before);
        if !(load.requests..=load.requests + CONNECTIONS as u64).contains(&more) {
            bail!(
                "{}: {} were acknowledged, and {more} are counted",
                target.name,
                load.requests
            );
        }
        let since = |is: &[f64], was: &[f64]| {
            is.iter()
                .zip(was)
                .map(|(is, was)| is - was)
                .collect::<Vec<_>>()
        };
        Ok(Self {
            load,
            masters: since(&is.0, &was.0),
            replicas: since(&is.1, &was.1).iter().sum(),
        })
    }

    /// Events per second of processor time of the busiest master: what the masters together could take if each had a
    /// core and the endpoints were never the limit.
    pub(crate) fn per_busiest(&self) -> f64 {
        self.load.requests as f64 / self.masters.iter().copied().fold(f64::NAN, f64::max)
    }

    /// Processor time of all servers together per event, in µs.
    pub(crate) fn of_servers(&self) -> f64 {
        (self.masters.iter().sum::<f64>() + self.replicas) * 1e6 / self.load.requests as f64
    }
}
