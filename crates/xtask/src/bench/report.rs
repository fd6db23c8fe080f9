//! What was measured, as a table, and in docs/performance.md.

use std::fmt::Write;
use std::time::Duration;

use anyhow::{Context, Result};

use super::disk::Disk;
use super::targets::{Ask, Host};
use super::{Cell, machine, plot};
use crate::{repo, say};

/// All that a run has shown.
pub(crate) struct Report<'a> {
    pub(crate) cells: &'a [Cell],
    pub(crate) disk: Disk,
    /// The endpoint's resident memory at the end, in MiB.
    pub(crate) memory: f64,
    pub(crate) rounds: usize,
    pub(crate) time: Duration,
}

/// Between these two lines docs/performance.md has what was measured.
const BEGIN: &str = "<!-- measured: written by `cargo xtask bench endpoint` -->\n";
const END: &str = "<!-- end of what was measured -->\n";

impl Report<'_> {
    /// A line a cell, in Markdown.
    pub(crate) fn table(&self) -> String {
        let mut text = String::from(
            "| | connections | a second | a CPU second | of nginx | p50, ms | p99, ms |\n|---|--:|--:|--:|--:|--:|--:|\n",
        );
        for cell in self.cells {
            let per_second = cell.median(super::Run::per_second);
            let per_cpu = cell.median(super::Run::per_cpu_second);
            let ratio = self.of_nginx(cell).map_or(String::new(), |ratio| format!("{ratio:.2}"));
            let (p50, p99) = (cell.median(|run| run.p50) / 1e3, cell.median(|run| run.p99) / 1e3);
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
            self.memory
        );
        text
    }

    /// Requests a second of the server's processor, as a part of what nginx does beside it: the median over the rounds. An
    /// event is compared with nginx's file of the view.
    fn of_nginx(&self, cell: &Cell) -> Option<f64> {
        if cell.target.host == Host::Nginx {
            return None;
        }
        let asked = |other: &Cell| match (cell.target.ask, other.target.ask) {
            (Ask::Get(path), Ask::Get(same)) => path == same,
            (Ask::Event { .. }, Ask::Get(path)) => path == super::targets::VIEW,
            _ => false,
        };
        let nginx = self
            .cells
            .iter()
            .find(|other| other.target.host == Host::Nginx && other.connections == cell.connections && asked(other))?;
        let ratios = cell.runs.iter().zip(&nginx.runs).map(|(ours, its)| ours.per_cpu_second() / its.per_cpu_second());
        Some(super::median(ratios.collect()))
    }

    /// Puts it into docs/performance.md, with its picture.
    pub(crate) fn write(&self) -> Result<()> {
        let file = repo::root().join("docs/performance.md");
        let text = std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let (before, rest) =
            text.split_once(BEGIN).context("docs/performance.md has no place for what was measured")?;
        let (_, after) = rest.split_once(END).context("docs/performance.md has no end of what was measured")?;
        let measured = format!(
            "Medians of {} runs of {} s, on {}.\n\n![Requests a CPU second](performance.svg)\n\n{}",
            self.rounds,
            self.time.as_secs(),
            machine::line(),
            self.table()
        );
        std::fs::write(&file, format!("{before}{BEGIN}{measured}{END}{after}"))?;
        std::fs::write(file.with_extension("svg"), plot::bars(self.cells, 64))?;
        say::line("written to docs/performance.md");
        Ok(())
    }
}
