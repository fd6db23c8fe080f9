//! The results as a table, and in docs/performance.md.

use std::fmt::Write;
use std::time::Duration;

use anyhow::Result;

use super::measured::{EngineCell, EngineRun};
use super::{ENGINE_TARGETS, StoreKind};
use crate::document;
use crate::plot::{self, Bar, OTHER_COLOUR, OWN_COLOUR};

fn per_endpoint(run: &EngineRun) -> f64 {
    run.load.per_cpu_second()
}

/// A Markdown table, one row per cell.
pub(crate) fn table(cells: &[EngineCell]) -> String {
    let mut text = String::from(
        "| an event | kept in | a second | a CPU second of the endpoint | of SQLite's | servers' CPU an event, µs | a CPU second of the \
         busiest master | of one master's | p50, ms | p99, ms |\n|---|---|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for cell in cells {
        let of = |store_kind: StoreKind, what: fn(&EngineRun) -> f64| {
            let other = cells
                .iter()
                .find(|other| other.target == cell.target && other.store_kind == store_kind);
            other
                .filter(|_| cell.store_kind != store_kind)
                .map_or(String::new(), |other| {
                    format!("{:.2}", cell.times(other, what))
                })
        };
        let (servers, busiest, times) = match cell.store_kind {
            StoreKind::File => Default::default(),
            store_kind => (
                format!("{:.0}", cell.median(EngineRun::of_servers)),
                format!("{:.0}", cell.median(EngineRun::per_busiest)),
                if store_kind == StoreKind::Redis {
                    String::new()
                } else {
                    of(StoreKind::Cluster(1), EngineRun::per_busiest)
                },
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
            of(StoreKind::File, per_endpoint),
            cell.median(|run| run.load.p50) / 1e3,
            cell.median(|run| run.load.p99) / 1e3,
        );
    }
    text
}

/// Writes the results and their picture into docs/performance.md.
pub(crate) fn write(
    cells: &[EngineCell],
    table: &str,
    rounds: usize,
    time: Duration,
) -> Result<()> {
    let drawn = ENGINE_TARGETS[0];
    let bar = |cell: &EngineCell| Bar {
        name: cell.name.to_owned(),
        value: cell.median(per_endpoint),
        colour: if cell.store_kind == StoreKind::File {
            OTHER_COLOUR
        } else {
            OWN_COLOUR
        },
    };
    let bars: Vec<_> = cells
        .iter()
        .filter(|cell| cell.target == drawn)
        .map(bar)
        .collect();
    let picture = plot::bars(
        &format!("A CPU second of the endpoint: {}", drawn.name),
        &bars,
    );
    let how = format!("Medians of {rounds} runs of {} s", time.as_secs());
    document::put("bench engines", &how, table, ("engines", &picture))
}
