//! The results as a table, and in docs/performance.md.

use std::fmt::Write;

use anyhow::Result;

use super::load::{Load, Widget};
use crate::plot::{self, Bar, OTHER_COLOUR, OWN_COLOUR};
use crate::{document, median};

/// One row of the table.
struct Measure {
    name: &'static str,
    of: fn(&Load) -> f64,
    /// The divisor for the unit shown, and the number of decimals.
    unit: f64,
    decimals: usize,
    shown_in: ShownIn,
}

const MEASURES: [Measure; 10] = [
    Measure {
        name: "counts visible, s",
        of: |load| load.counts,
        unit: 1e3,
        decimals: 2,
        shown_in: ShownIn::Drawn,
    },
    Measure {
        name: "an option to press, s",
        of: |load| load.pressable,
        unit: 1e3,
        decimals: 2,
        shown_in: ShownIn::Compared,
    },
    Measure {
        name: "first reaction accepted, s",
        of: |load| load.accepted,
        unit: 1e3,
        decimals: 2,
        shown_in: ShownIn::Drawn,
    },
    Measure {
        name: "all in charge, s",
        of: |load| load.charge,
        unit: 1e3,
        decimals: 2,
        shown_in: ShownIn::Drawn,
    },
    Measure {
        name: "downloaded, KB",
        of: |load| load.bytes,
        unit: 1e3,
        decimals: 1,
        shown_in: ShownIn::Compared,
    },
    Measure {
        name: "main thread blocked, ms",
        of: |load| load.blocking,
        unit: 1.0,
        decimals: 0,
        shown_in: ShownIn::Compared,
    },
    Measure {
        name: "taken by the host, %",
        of: |load| load.steal_percent,
        unit: 1.0,
        decimals: 1,
        shown_in: ShownIn::Alone,
    },
    Measure {
        name: "by the processor's time, ms",
        of: |load| load.busy,
        unit: 1.0,
        decimals: 0,
        shown_in: ShownIn::Compared,
    },
    Measure {
        name: "layout shift (CLS)",
        of: |load| load.shift,
        unit: 1.0,
        decimals: 3,
        shown_in: ShownIn::Compared,
    },
    Measure {
        name: "heap, MB",
        of: |load| load.heap,
        unit: 1e6,
        decimals: 1,
        shown_in: ShownIn::Compared,
    },
];

/// Where a measure is shown in addition to its row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ShownIn {
    /// As a bar, and in ratios.
    Drawn,
    /// In ratios.
    Compared,
    /// Nowhere: it describes the machine, not the page.
    Alone,
}

/// The rounds, each with the loads of all pages in the order of `Widget::ALL`.
pub(crate) struct PageReport {
    pub(crate) rounds: Vec<[Load; 4]>,
}

impl PageReport {
    /// A Markdown table, one row per measure; the ratios are medians over the rounds.
    pub(crate) fn table(&self) -> String {
        let mut text = String::from(
            "| | Gema | by hand | Waline | no widget | Gema / by hand | Gema / Waline |\n|---|--:|--:|--:|--:|--:|--:|\n",
        );
        for Measure {
            name,
            of,
            unit,
            decimals,
            shown_in,
        } in MEASURES
        {
            let number = |widget| match self.median(widget, of) / unit {
                number if number.is_finite() => format!("{number:.decimals$}"),
                _ => String::new(),
            };
            let [gema, plain, waline, bare] = Widget::ALL.map(number);
            let ratio = |other| {
                if shown_in == ShownIn::Alone {
                    String::new()
                } else {
                    self.ratio(other, of)
                }
            };
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "| {name} | {gema} | {plain} | {waline} | {bare} | {} | {} |",
                ratio(1),
                ratio(2)
            );
        }
        text
    }

    fn median(&self, widget: Widget, of: fn(&Load) -> f64) -> f64 {
        median(
            self.rounds
                .iter()
                .map(|round| of(&round[widget as usize]))
                .collect(),
        )
    }

    /// Our value divided by the other's; empty if that is not a number.
    fn ratio(&self, other: usize, of: fn(&Load) -> f64) -> String {
        let ratio = median(
            self.rounds
                .iter()
                .map(|round| of(&round[0]) / of(&round[other]))
                .collect(),
        );
        if ratio.is_finite() {
            format!("{ratio:.2}")
        } else {
            String::new()
        }
    }

    /// Writes the results and their picture into docs/performance.md.
    pub(crate) fn write(&self) -> Result<()> {
        let bars: Vec<Bar> = MEASURES
            .iter()
            .filter(|measure| measure.shown_in == ShownIn::Drawn)
            .flat_map(|measure| {
                let of = measure.of;
                let named = |(widget, who): (Widget, &str)| Bar {
                    name: format!("{}: {who}", measure.name.trim_end_matches(", s")),
                    value: self.median(widget, of),
                    colour: if widget == Widget::Gema {
                        OWN_COLOUR
                    } else {
                        OTHER_COLOUR
                    },
                };
                Widget::ALL
                    .into_iter()
                    .zip(["Gema", "by hand", "Waline"])
                    .map(named)
                    .collect::<Vec<_>>()
            })
            .collect();
        let how = format!("Medians of {} rounds", self.rounds.len());
        let picture = plot::bars(
            "Milliseconds from the start of the navigation, Slow 4G, processor 4 times slower",
            &bars,
        );
        document::put("bench page", &how, &self.table(), ("page", &picture))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_of_the_same_round() {
        let load = |counts| Load {
            counts,
            steal_percent: 2.0,
            ..Load::default()
        };
        let round = |ours, plain| [load(ours), load(plain), load(1000.0), load(f64::NAN)];
        let table = PageReport {
            rounds: vec![
                round(1000.0, 500.0),
                round(3000.0, 1500.0),
                round(2000.0, 4000.0),
            ],
        }
        .table();
        assert!(
            table.contains("| counts visible, s | 2.00 | 1.50 | 1.00 |  | 2.00 | 2.00 |"),
            "{table}"
        );
        assert!(
            table.contains("| taken by the host, % | 2.0 | 2.0 | 2.0 | 2.0 |  |  |"),
            "{table}"
        );
        assert!(
            table.contains("| main thread blocked, ms | 0 | 0 | 0 | 0 |  |  |"),
            "{table}"
        );
    }
}
