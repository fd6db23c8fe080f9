use std::time::Duration;

use super::beside::Loads;

/// The times of a page.
pub(super) struct PageTimes {
    pub(super) name: &'static str,
    /// Right after the start.
    pub(super) first: Duration,
    pub(super) median: Duration,
    pub(super) p99: Duration,
}

/// What was measured with an engine.
pub(super) struct Measured {
    pub(super) engine: &'static str,
    pub(super) pages: Vec<PageTimes>,
    /// Readers' requests beside ten editors, and without.
    pub(super) views: Loads,
    pub(super) reads: Loads,
    /// In KB: before the first user, after each page, the most until then, and the most with ten editors.
    pub(super) memory: [u64; 4],
}

/// Prints the tables of docs/newsroom.md as they are there, with a column or more for each engine.
pub(super) fn print_tables(engines: &[Measured]) {
    println!("\ntables of docs/newsroom.md, \"How fast it is\":\n");
    print_pages(engines);
    println!();
    print_beside_editors(engines);
    println!();
}

fn print_pages(engines: &[Measured]) {
    let heads = engines.iter().map(|measured| {
        let engine = measured.engine;
        format!(" {engine}: right after the start | median | 99th percentile |")
    });
    println!("| page |{}", heads.collect::<String>());
    println!("|---|{}", "--:|--:|--:|".repeat(engines.len()));
    for (at, page) in engines[0].pages.iter().enumerate() {
        let times = engines.iter().map(|measured| {
            let PageTimes {
                first, median, p99, ..
            } = &measured.pages[at];
            format!(" {} | {} | {} |", ms(*first), ms(*median), ms(*p99))
        });
        println!("| {} |{}", page.name, times.collect::<String>());
    }
}

fn print_beside_editors(engines: &[Measured]) {
    let heads = engines.iter().map(|measured| measured.engine.to_owned());
    print_row("while ten editors look", heads);
    println!("|---|{}", "--:|".repeat(engines.len()));
    let ratio = |of: fn(&Measured) -> f64| {
        engines
            .iter()
            .map(move |measured| format!("{:.2}", of(measured)))
    };
    print_row(
        "readers' views in a second, of those without editors",
        ratio(|of| of.views.rate()),
    );
    print_row(
        "their 99th percentile, of that without",
        ratio(|of| of.views.p99()),
    );
    print_row(
        "readers' reads in a second, of those without editors",
        ratio(|of| of.reads.rate()),
    );
    print_row(
        "their 99th percentile, of that without",
        ratio(|of| of.reads.p99()),
    );
    let before = engines.iter().map(|measured| mb(measured.memory[0]));
    print_row("memory of the process before the first user", before);
    let more = |at: usize| {
        engines.iter().map(move |measured| {
            let more = measured.memory[at].saturating_sub(measured.memory[0]);
            format!("+{}", mb(more))
        })
    };
    print_row("after each page was shown", more(1));
    print_row("at most while each page was computed", more(2));
    print_row("at most while ten editors looked", more(3));
}

fn print_row(head: &str, cells: impl Iterator<Item = String>) {
    println!("| {head} | {} |", cells.collect::<Vec<_>>().join(" | "));
}

fn mb(kb: u64) -> String {
    format!("{} MB", kb >> 10)
}

/// A time as the documents write it.
fn ms(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1000.0;
    match ms {
        ms if ms < 10.0 => format!("{ms:.1} ms"),
        ms => format!("{ms:.0} ms"),
    }
}
