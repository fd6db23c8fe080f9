use std::{
    fmt,
    marker::PhantomData,
    sync::atomic::{AtomicU64, Ordering},
};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{MetricType, gauge::ConstGauge},
};

use super::Label;

/// Gauges for all values of a label. Zeros are not exported.
pub struct Gauges<A> {
    name: &'static str,
    help: &'static str,
    /// The bits of each `f64`.
    cells: Box<[AtomicU64]>,
    label: PhantomData<fn(A)>,
}

impl<A: Label> Gauges<A> {
    /// All gauges at 0.
    pub fn new(name: &'static str, help: &'static str) -> Self {
        let cells = A::VALUES.iter().map(|_| AtomicU64::new(0)).collect();
        Self {
            name,
            help,
            cells,
            label: PhantomData,
        }
    }

    /// Sets each gauge to the maximum of its numbers, and the others to 0.
    pub fn set(&self, numbers: impl Iterator<Item = (A, f64)>) {
        let mut greatest = vec![0.0_f64; self.cells.len()];
        for (value, number) in numbers {
            let known = &mut greatest[value.index()];
            *known = known.max(number);
        }
        for (cell, number) in self.cells.iter().zip(greatest) {
            cell.store(number.to_bits(), Ordering::Relaxed);
        }
    }
}

impl<A: Label> Collector for Gauges<A> {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut family =
            encoder.encode_descriptor(self.name, self.help, None, MetricType::Gauge)?;
        for (value, cell) in A::VALUES.iter().zip(&self.cells) {
            let number = f64::from_bits(cell.load(Ordering::Relaxed));
            if number > 0.0 {
                ConstGauge::new(number).encode(family.encode_family(&[(A::NAME, *value)])?)?;
            }
        }
        Ok(())
    }
}

impl<A> fmt::Debug for Gauges<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
