//! The results as a table, and in docs/performance.md.

use std::fmt::Write;
use std::time::Duration;

use anyhow::Result;

use super::measured::{Cell, Run};
use super::{Kept, TARGETS};
use crate::bench::document;
use crate::bench::plot::{self, Bar, OTHERS, OURS};

fn per_endpoint(run: &Run) -> f64 {
    run.load.per_cpu_second()
}

/// A Markdown table, one row per cell.
pub(crate) fn table(cells: &[Cell]) -> String {
    let mut text = String::from(
        "| an event | kept in | a second | a CPU second of the endpoint | of SQLite's | servers' CPU an event, µs | a CPU second of the \
         busiest master | of one master's | p50, ms | p99, ms |\n|---|---|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for cell in cells {
        let of = |kept: Kept, what: fn(&Run) -> f64| {
            let other = cells.iter().find(|other| other.target == cell.target && other.kept == kept);
            other.filter(|_| cell.kept != kept).map_or(String::new(), |other| format!("{:.2}", cell.times(other, what)))
        };
        let (servers, busiest, times) = match cell.kept {
            Kept::File => Default::default(),
            kept => (
                format!("{:.0}", cell.median(Run::of_servers)),
                format!("{:.0}", cell.median(Run::per_busiest)),
                if kept == Kept::Redis { String::new() } else { of(Kept::Cluster(1), Run::per_busiest) },
            ),
        };
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "| {} | {} | {:.0} | {:.0} | {} | {servers} | {busiest} | {times} | {:.1} | {:.1} |",
            cell.target.name,
            cell.name,
            cell.median(|run| run.load.per_second()),
            cell.median(per_endpoint),
            of(Kept::File, per_endpoint),
            cell.median(|run| run.load.p50) / 1e3,
            cell.median(|run| run.load.p99) / 1e3,
        );
    }
    text
}

/// Writes the results and their picture into docs/performance.md.
pub(crate) fn write(cells: &[Cell], table: &str, rounds: usize, time: Duration) -> Result<()> {
    let drawn = TARGETS[0];
    let bar = |cell: &Cell| Bar {
        name: cell.name.to_owned(),
        value: cell.median(per_endpoint),
        colour: if cell.kept == Kept::File { OTHERS } else { OURS },
    };
    let bars: Vec<_> = cells.iter().filter(|cell| cell.target == drawn).map(bar).collect();
    let picture = plot::bars(&format!("A CPU second of the endpoint: {}", drawn.name), &bars);
    let how = format!("Medians of {rounds} runs of {} s", time.as_secs());
    document::put("bench engines", &how, table, ("engines", &picture))
}
