//! The results as tables, and in docs/performance.md.

use std::fmt::Write;
use std::time::Duration;

use anyhow::Result;

use super::Cell;
use super::disk::Disk;
use super::load::Run;
use super::targets::{BenchRequest, CountedEvent, Host, VIEW};
use crate::document;
use crate::plot::{self, Bar, OTHER_COLOUR, OWN_COLOUR};

/// All results of a benchmark, for the tables and pictures.
pub(crate) struct EndpointReport<'a> {
    pub(crate) cells: &'a [Cell],
    pub(crate) disk: Disk,
    /// The servers' resident memory at the end, in MiB.
    pub(crate) memory: Vec<(Host, f64)>,
    pub(crate) rounds: usize,
    pub(crate) time: Duration,
}

/// The number of connections that is drawn: the highest at which requests do not queue for long.
const DRAWN_CONNECTIONS: usize = 64;

impl EndpointReport<'_> {
    /// The endpoint and nginx as a Markdown table, one row per cell.
    pub(crate) fn table(&self) -> String {
        let mut text = String::from(
            "| | connections | a second | a CPU second | of nginx | p50, ms | p99, ms |\n|---|--:|--:|--:|--:|--:|--:|\n",
        );
        for cell in self.of(&[Host::Gema, Host::Nginx]) {
            let per_second = cell.median(Run::per_second);
            let per_cpu = cell.median(Run::per_cpu_second);
            let ratio = self
                .of_nginx(cell)
                .map_or(String::new(), |ratio| format!("{ratio:.2}"));
            let p50 = cell.median(|run| run.p50) / 1e3;
            let p99 = cell.median(|run| run.p99) / 1e3;
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "| {} | {} | {per_second:.0} | {per_cpu:.0} | {ratio} | {p50:.2} | {p99:.2} |",
                cell.target.name, cell.connections
            );
        }
        let Disk { p50, p99 } = self.disk;
        let _ = writeln!(
            text,
            "\nA bare `fdatasync` of 4 KiB took {:.2} ms (median) and {:.2} ms (99 of 100). The endpoint's memory at the end: \
             {:.0} MiB.",
            p50 / 1e3,
            p99 / 1e3,
            self.memory_of(Host::Gema)
        );
        text
    }

    /// The votes counted by each server, as a Markdown table, one row per cell.
    pub(crate) fn competitors(&self) -> String {
        let mut text = String::from(
            "| a vote | connections | acknowledged a second | a CPU second | ours, times | counted of what was acknowledged | ours, \
             times | p50, ms |\n|---|--:|--:|--:|--:|--:|--:|--:|\n",
        );
        for cell in self.votes() {
            let is_competitor = cell.target.host != Host::Gema;
            let times = |of: fn(&Run) -> f64| match self.ours(cell).filter(|_| is_competitor) {
                Some(ours) => format!("{:.0}", ours.times(cell, of)),
                None => String::new(),
            };
            let of_runs = |of: fn(&Run) -> u64| cell.runs.iter().map(of).sum::<u64>();
            let acknowledged = of_runs(|run| run.requests);
            let counted = of_runs(|run| run.counted.unwrap_or(0));
            let _ = writeln!(
                text,
                "| {} | {} | {:.0} | {:.0} | {} | {counted} of {acknowledged} | {} | {:.2} |",
                cell.target.name,
                cell.connections,
                cell.median(Run::per_second),
                cell.median(Run::per_cpu_second),
                times(Run::per_cpu_second),
                times(Run::counted_per_cpu_second),
                cell.median(|run| run.p50) / 1e3,
            );
        }
        let memory = |host| self.memory_of(host);
        let _ = writeln!(
            text,
            "\nMemory at the end: ours {:.0} MiB, Waline {:.0} MiB, Isso {:.0} MiB.",
            memory(Host::Gema),
            memory(Host::Waline),
            memory(Host::Isso)
        );
        text
    }

    /// A table in Markdown with a row for each cell: this build beside the other one. Ratios are medians over the rounds.
    pub(crate) fn builds(&self) -> String {
        let mut text = String::from(
            "| | connections | a CPU second | other build | ratio | p99, ms | other build | ratio |\n|---|--:|--:|--:|--:|--:|--:|--:|\n",
        );
        let others = self.of(&[Host::OtherBuild]);
        for (ours, other) in self.of(&[Host::Gema]).zip(others) {
            let per_cpu = |cell: &Cell| cell.median(Run::per_cpu_second);
            let p99 = |cell: &Cell| cell.median(|run| run.p99) / 1e3;
            let _ = writeln!(
                text,
                "| {} | {} | {:.0} | {:.0} | {:.2} | {:.2} | {:.2} | {:.2} |",
                ours.target.name,
                ours.connections,
                per_cpu(ours),
                per_cpu(other),
                ours.times(other, Run::per_cpu_second),
                p99(ours),
                p99(other),
                ours.times(other, |run| run.p99),
            );
        }
        let [ours, other] = [Host::Gema, Host::OtherBuild].map(|host| self.memory_of(host));
        let _ = writeln!(
            text,
            "\nMemory at the end: {ours:.0} MiB, other build {other:.0} MiB."
        );
        text
    }

    fn of<'a>(&'a self, hosts: &'a [Host]) -> impl Iterator<Item = &'a Cell> {
        self.cells
            .iter()
            .filter(|cell| hosts.contains(&cell.target.host))
    }

    /// Our reactions and the competitors' equivalents.
    fn votes(&self) -> impl Iterator<Item = &Cell> {
        self.of(&[Host::Gema, Host::Waline, Host::Isso])
            .filter(|cell| matches!(cell.target.request, BenchRequest::Post { what, .. } if what != CountedEvent::Read))
    }

    /// Our reaction with the same number of articles and connections as the peer's cell.
    fn ours(&self, peer: &Cell) -> Option<&Cell> {
        let BenchRequest::Post { articles: its, .. } = peer.target.request else {
            return None;
        };
        let same = |request| matches!(request, BenchRequest::Post { what: CountedEvent::React, articles } if articles == its);
        self.cells
            .iter()
            .find(|cell| cell.connections == peer.connections && same(cell.target.request))
    }

    /// Requests per second of processor time, relative to nginx in the same round: the median over the rounds. An
    /// event is compared with nginx's file of the view.
    fn of_nginx(&self, cell: &Cell) -> Option<f64> {
        if cell.target.host == Host::Nginx {
            return None;
        }
        let is_same_request = |other: &Cell| match (cell.target.request, other.target.request) {
            (BenchRequest::Get(path), BenchRequest::Get(same)) => path == same,
            (BenchRequest::Post { .. }, BenchRequest::Get(path)) => path == VIEW,
            _ => false,
        };
        let nginx = self
            .of(&[Host::Nginx])
            .find(|other| other.connections == cell.connections && is_same_request(other))?;
        Some(cell.times(nginx, Run::per_cpu_second))
    }

    fn memory_of(&self, host: Host) -> f64 {
        self.memory
            .iter()
            .find(|(its, _)| *its == host)
            .map_or(f64::NAN, |(_, memory)| *memory)
    }

    /// Writes the results and their pictures into docs/performance.md.
    pub(crate) fn write(&self, with_competitors: bool) -> Result<()> {
        let how = format!(
            "Medians of {} runs of {} s",
            self.rounds,
            self.time.as_secs()
        );
        let draw = |what: &str, cells: Vec<&Cell>| {
            let heading =
                format!("{what} a CPU second of the server, {DRAWN_CONNECTIONS} connections");
            let bar = |cell: &&Cell| Bar {
                name: cell.target.name.to_owned(),
                value: cell.median(Run::per_cpu_second),
                colour: if cell.target.host == Host::Gema {
                    OWN_COLOUR
                } else {
                    OTHER_COLOUR
                },
            };
            plot::bars(
                &heading,
                &cells
                    .iter()
                    .filter(|cell| cell.connections == DRAWN_CONNECTIONS)
                    .map(bar)
                    .collect::<Vec<_>>(),
            )
        };
        let beside_nginx = draw("Requests", self.of(&[Host::Gema, Host::Nginx]).collect());
        document::put(
            "bench endpoint",
            &how,
            &self.table(),
            ("endpoint", &beside_nginx),
        )?;
        if with_competitors {
            let votes = draw("Votes", self.votes().collect());
            document::put(
                "bench endpoint --peers",
                &how,
                &self.competitors(),
                ("peers", &votes),
            )?;
        }
        Ok(())
    }
}
