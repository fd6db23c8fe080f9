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

/// The rounds, each with the loads of all pages.
pub(crate) struct PageReport {
    /// The pages' widgets, in the order of a round; the first is ours.
    pub(crate) widgets: Vec<Widget>,
    pub(crate) rounds: Vec<Vec<Load>>,
}

impl PageReport {
    /// A Markdown table, one row per measure; the ratios are medians over the rounds.
    pub(crate) fn table(&self) -> String {
        let names = self.widgets.iter().map(|widget| widget.name().to_owned());
        let ratios = self
            .compared()
            .map(|(_, widget)| format!("Gema / {}", widget.name()));
        let header: Vec<String> = names.chain(ratios).collect();
        let mut text = format!(
            "| | {} |\n|---|{}\n",
            header.join(" | "),
            "--:|".repeat(header.len())
        );
        for Measure {
            name,
            of,
            unit,
            decimals,
            shown_in,
        } in MEASURES
        {
            let number = |nth| match self.median(nth, of) / unit {
                number if number.is_finite() => format!("{number:.decimals$}"),
                _ => String::new(),
            };
            let ratio = |(nth, _)| {
                if shown_in == ShownIn::Alone {
                    String::new()
                } else {
                    self.ratio(nth, of)
                }
            };
            let numbers = (0..self.widgets.len()).map(number);
            let row: Vec<String> = numbers.chain(self.compared().map(ratio)).collect();
            // Writing to a String cannot fail.
            let _ = writeln!(text, "| {name} | {} |", row.join(" | "));
        }
        text
    }

    /// The widgets that ours is compared with, and their places in a round.
    fn compared(&self) -> impl Iterator<Item = (usize, Widget)> {
        let widgets = self.widgets.iter().copied().enumerate().skip(1);
        widgets.filter(|(_, widget)| *widget != Widget::Bare)
    }

    fn median(&self, nth: usize, of: fn(&Load) -> f64) -> f64 {
        median(self.rounds.iter().map(|round| of(&round[nth])).collect())
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
                let ours = self.widgets.iter().copied().enumerate().take(1);
                let bar = move |(nth, widget): (usize, Widget)| Bar {
                    name: format!(
                        "{}: {}",
                        measure.name.trim_end_matches(", s"),
                        widget.name()
                    ),
                    value: self.median(nth, of),
                    colour: if widget == Widget::Gema {
                        OWN_COLOUR
                    } else {
                        OTHER_COLOUR
                    },
                };
                ours.chain(self.compared()).map(bar)
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

    fn load(counts: f64) -> Load {
        Load {
            counts,
            steal_percent: 2.0,
            ..Load::default()
        }
    }

    #[test]
    fn ratios_are_of_the_same_round() {
        let round = |ours, plain| vec![load(ours), load(plain), load(1000.0), load(f64::NAN)];
        let table = PageReport {
            widgets: Widget::measured(false),
            rounds: vec![
                round(1000.0, 500.0),
                round(3000.0, 1500.0),
                round(2000.0, 4000.0),
            ],
        }
        .table();
        assert!(
            table.starts_with(
                "| | Gema | by hand | Waline | no widget | Gema / by hand | Gema / Waline |\n\
                 |---|--:|--:|--:|--:|--:|--:|\n"
            ),
            "{table}"
        );
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

    #[test]
    fn another_build_has_a_column_and_a_ratio() {
        let table = PageReport {
            widgets: Widget::measured(true),
            rounds: vec![
                [3000.0, 2000.0, 1000.0, 1500.0, f64::NAN]
                    .map(load)
                    .to_vec(),
            ],
        }
        .table();
        let header = "| | Gema | other build | by hand | Waline | no widget | Gema / other build | Gema / by hand | Gema / Waline |\n";
        assert!(table.starts_with(header), "{table}");
        let row = "| counts visible, s | 3.00 | 2.00 | 1.00 | 1.50 |  | 1.50 | 3.00 | 2.00 |";
        assert!(table.contains(row), "{table}");
    }
}
