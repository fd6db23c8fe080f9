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

/// A counter for each pair of two labels' values, or for each value of one label. All of them are there from the start, so that
/// counting neither locks nor allocates.
pub struct Counters<A, B = ()> {
    name: &'static str,
    help: &'static str,
    /// Values of the second label whose counts are told even while they are 0; `None`: all are.
    told_at_zero: Option<&'static [&'static str]>,
    cells: Box<[AtomicU64]>,
    labels: PhantomData<fn(A, B)>,
}

impl<A: Label, B: Label> Counters<A, B> {
    /// All at zero. The text calls them `NAME_total`.
    pub fn new(name: &'static str, help: &'static str) -> Self {
        let cells = (0..A::VALUES.len() * B::VALUES.len()).map(|_| AtomicU64::new(0)).collect();
        Self { name, help, told_at_zero: None, cells, labels: PhantomData }
    }

    /// The same, but of most pairs there will be none: the text leaves them out, except those with one of these values of the
    /// second label. What an alert looks at must be one of them: Prometheus sees no increase in a series that begins at 1.
    pub fn sparse(name: &'static str, help: &'static str, told_at_zero: &'static [&'static str]) -> Self {
        Self { told_at_zero: Some(told_at_zero), ..Self::new(name, help) }
    }

    /// Counts so many of that pair.
    pub fn add_pair(&self, a: A, b: B, many: u64) {
        self.cells[a.index() * B::VALUES.len() + b.index()].fetch_add(many, Ordering::Relaxed);
    }
}

impl<A: Label> Counters<A> {
    /// How many there have been of that value.
    pub fn get(&self, a: A) -> u64 {
        self.cells[a.index()].load(Ordering::Relaxed)
    }

    /// Counts one.
    pub fn add(&self, a: A) {
        self.add_pair(a, (), 1);
    }
}

impl<A: Label, B: Label> Collector for Counters<A, B> {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut family = encoder.encode_descriptor(self.name, self.help, None, MetricType::Counter)?;
        let pairs = A::VALUES.iter().flat_map(|a| B::VALUES.iter().map(move |b| [(A::NAME, *a), (B::NAME, *b)]));
        for (labels, cell) in pairs.zip(&self.cells) {
            let count = cell.load(Ordering::Relaxed);
            let [_, (_, second)] = labels;
            if count == 0 && self.told_at_zero.is_some_and(|told| !told.contains(&second)) {
                continue;
            }
            // The second label may be none.
            let named = if B::NAME.is_empty() { &labels[..1] } else { &labels[..] };
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
