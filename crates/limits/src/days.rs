use std::collections::HashMap;

use config::{Amount, Amounts, LIMITS, LimitScope};

use super::sketch::Sketch;

/// Identifies a sketch. Sketches of rates have neither site nor day: their keys include the site, and their readings
/// expire with time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct SketchId {
    pub(super) limit: usize,
    pub(super) site: u64,
    pub(super) day: i32,
}

/// The sketches of all daily limits, with the allocation of memory to sites and days.
pub(super) struct DailySketches {
    /// One sketch per site, so that no site fills another's.
    sketches: HashMap<SketchId, Sketch<u32>>,
    /// Sketches to grow at the next settlement, when nothing can be rolled back.
    crowded: Vec<SketchId>,
    /// Number of sites that share the memory.
    sites: usize,
}

/// Initial and maximum number of cells of a sketch, as powers of two: 16 KB, or 256 KB for addresses, and 8 MB, or 2 MB
/// for networks. A site would need a thousand million different reads in a day before a reader without any reads is
/// refused. A thousand busy addresses would fill most of 4,096 cells, so that each sixth new reader seemed to be busy.
const INITIAL_CELLS_LOG2: u32 = 12;
const INITIAL_ADDRESS_CELLS_LOG2: u32 = 16;
const MAX_CELLS_LOG2: u32 = 21;
const MAX_NETWORK_CELLS_LOG2: u32 = 19;

/// Maximum memory of all sketches, in bytes. Each site gets an equal share for each of the days kept, but at least the
/// last figure for each sketch.
const MAX_TOTAL_BYTES: usize = 128 << 20;
const KEPT_DAYS: usize = 2;
const MIN_SKETCH_BYTES: usize = 4 << 14;

/// Number of daily limits, each of which has a sketch, rounded up.
const SKETCHES_PER_DAY: usize = 16;

impl DailySketches {
    pub(super) fn new() -> Self {
        Self {
            sketches: HashMap::new(),
            crowded: Vec::new(),
            sites: 1,
        }
    }

    /// Sets the number of sites that share the memory.
    pub(super) fn share_among(&mut self, sites: usize) {
        self.sites = sites.max(1);
    }

    /// The key's reading; never too low.
    pub(super) fn reading(&self, sketch_id: &SketchId, key: u64) -> u64 {
        self.sketches
            .get(sketch_id)
            .map_or(0, |sketch| sketch.get(key).into())
    }

    /// The key's reading without the expected share of collisions: see [`Sketch::estimate`].
    pub(super) fn estimate(&self, sketch_id: &SketchId, key: u64) -> u64 {
        self.sketches
            .get(sketch_id)
            .map_or(0, |sketch| sketch.estimate(key))
    }

    /// Raises the key's reading. Reports each changed cell with its old value.
    pub(super) fn raise(
        &mut self,
        sketch_id: SketchId,
        key: u64,
        to: u32,
        changed: impl FnMut(usize, u32),
    ) {
        if !self.sketches.contains_key(&sketch_id) {
            // The current days of two sites differ by at most two (Kiribati and Samoa), those of one site by at most
            // one.
            let most = |known: &SketchId| if known.site == sketch_id.site { 1 } else { 2 };
            self.sketches
                .retain(|known, _| known.day.abs_diff(sketch_id.day) <= most(known));
        }
        let initial = self.initial_cells_log2(sketch_id.limit);
        let sketch = self
            .sketches
            .entry(sketch_id)
            .or_insert_with(|| Sketch::new(initial));
        sketch.raise(key, to, changed);
        if sketch.is_crowded() && !self.crowded.contains(&sketch_id) {
            self.crowded.push(sketch_id);
        }
    }

    /// Initial number of cells of a limit's sketch, as a power of two: within the site's share of the memory.
    fn initial_cells_log2(&self, limit: usize) -> u32 {
        let is_of_addresses = LIMITS
            .get(limit)
            .is_some_and(|limit| matches!(limit.key, LimitScope::Address));
        if !is_of_addresses {
            return INITIAL_CELLS_LOG2;
        }
        let share = MAX_TOTAL_BYTES / KEPT_DAYS / self.sites / SKETCHES_PER_DAY;
        let cells = (share / size_of::<u32>()).max(1);
        cells
            .ilog2()
            .clamp(INITIAL_CELLS_LOG2, INITIAL_ADDRESS_CELLS_LOG2)
    }

    /// Restores the old value of a cell.
    pub(super) fn restore(&mut self, sketch_id: &SketchId, index: usize, old: u32) {
        if let Some(sketch) = self.sketches.get_mut(sketch_id) {
            sketch.restore(index, old);
        }
    }

    /// Enlarges crowded sketches. Must not be called while readings may still be restored, because keys map to other
    /// cells afterwards.
    pub(super) fn grow_crowded(&mut self) {
        while let Some(sketch_id) = self.crowded.pop() {
            self.grow(sketch_id);
        }
    }

    /// Doubles a sketch, if memory allows. Yesterday's sketches do not count against today's share.
    fn grow(&mut self, sketch_id: SketchId) {
        let is_same_day_and_site =
            |known: &SketchId| (known.site, known.day) == (sketch_id.site, sketch_id.day);
        let siblings = self
            .sketches
            .iter()
            .filter(|(known, _)| is_same_day_and_site(known));
        let used: usize = siblings.map(|(_, sketch)| sketch.bytes()).sum();
        let Some(sketch) = self.sketches.get_mut(&sketch_id) else {
            return;
        };
        let bytes = sketch.bytes();
        let is_within =
            used + bytes <= MAX_TOTAL_BYTES / KEPT_DAYS / self.sites || bytes < MIN_SKETCH_BYTES;
        let is_of_networks = LIMITS.get(sketch_id.limit).is_some_and(|limit| {
            matches!(limit.key, LimitScope::Ipv4Network | LimitScope::Ipv6Network)
        });
        let most = if is_of_networks {
            MAX_NETWORK_CELLS_LOG2
        } else {
            MAX_CELLS_LOG2
        };
        if is_within && bytes < size_of::<u32>() << most {
            sketch.grow();
        }
    }

    /// Fill level of each sketch: the reading of a key that was never charged, relative to the limit's amount.
    pub(super) fn fills(&self, amounts: &Amounts) -> Vec<(SketchId, f64)> {
        let most = |limit| match amounts.iter().nth(limit) {
            Some((.., Amount::Day(most))) => Some(f64::from(most.max(1))),
            _ => None,
        };
        let fill = |(sketch_id, sketch): (&SketchId, &Sketch<u32>)| {
            Some((*sketch_id, sketch.level() / most(sketch_id.limit)?))
        };
        self.sketches.iter().filter_map(fill).collect()
    }

    /// Memory of the sketches, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.sketches.values().map(Sketch::bytes).sum()
    }
}

#[cfg(test)]
mod tests;
