use std::{
    fmt,
    marker::PhantomData,
    sync::atomic::{AtomicU64, Ordering},
};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{MetricType, counter::ConstCounter},
};

use super::Label;

/// Counters for all pairs of two labels' values, or for all values of one label. All exist from the start, so counting
/// neither locks nor allocates.
pub struct Counters<A, B = ()> {
    name: &'static str,
    help: &'static str,
    /// Values of the second label that are exported even at 0; `None`: all.
    exported_at_zero: Option<&'static [&'static str]>,
    cells: Box<[AtomicU64]>,
    labels: PhantomData<fn(A, B)>,
}

impl<A: Label, B: Label> Counters<A, B> {
    /// All counters at zero. They are exported as `NAME_total`.
    pub fn new(name: &'static str, help: &'static str) -> Self {
        let cells = (0..A::VALUES.len() * B::VALUES.len())
            .map(|_| AtomicU64::new(0))
            .collect();
        Self {
            name,
            help,
            exported_at_zero: None,
            cells,
            labels: PhantomData,
        }
    }

    /// Like `new`, but zeros are not exported, except with one of these values of the second label. Values that alerts
    /// use must be among them: Prometheus sees no increase in a series that starts at 1.
    pub fn sparse(
        name: &'static str,
        help: &'static str,
        exported_at_zero: &'static [&'static str],
    ) -> Self {
        Self {
            exported_at_zero: Some(exported_at_zero),
            ..Self::new(name, help)
        }
    }

    /// Adds to the counter of a pair.
    pub fn add_pair(&self, a: A, b: B, many: u64) {
        self.cells[a.index() * B::VALUES.len() + b.index()].fetch_add(many, Ordering::Relaxed);
    }
}

impl<A: Label> Counters<A> {
    /// The counter of a value.
    pub fn get(&self, a: A) -> u64 {
        self.cells[a.index()].load(Ordering::Relaxed)
    }

    /// Adds 1 to the counter of a value.
    pub fn add(&self, a: A) {
        self.add_pair(a, (), 1);
    }
}

impl<A: Label, B: Label> Collector for Counters<A, B> {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut family =
            encoder.encode_descriptor(self.name, self.help, None, MetricType::Counter)?;
        let pairs = A::VALUES.iter().flat_map(|a| {
            B::VALUES
                .iter()
                .map(move |b| [(A::NAME, *a), (B::NAME, *b)])
        });
        for (labels, cell) in pairs.zip(&self.cells) {
            let count = cell.load(Ordering::Relaxed);
            let [_, (_, second)] = labels;
            if count == 0
                && self
                    .exported_at_zero
                    .is_some_and(|exported| !exported.contains(&second))
            {
                continue;
            }
            // With a single label, the second is empty.
            let named = if B::NAME.is_empty() {
                &labels[..1]
            } else {
                &labels[..]
            };
            ConstCounter::new(count).encode(family.encode_family(&named)?)?;
        }
        Ok(())
    }
}

impl<A, B> fmt::Debug for Counters<A, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
