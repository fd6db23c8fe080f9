/// Number of cells per key.
const CELLS_PER_KEY: usize = 4;

/// Minimum number of cells, as a power of two.
const MIN_CELLS_LOG2: u32 = 2;

/// The value of a cell: a reading that only rises.
pub(super) trait Cell: Copy + Default + Ord + Into<u64> {}

impl Cell for u32 {}
impl Cell for u64 {}

/// A count-min sketch with conservative update (Estan and Varghese 2002): readings of any number of keys in bounded
/// memory, for readings that only rise. Collisions make a reading too high, never too low, so an overloaded meter errs
/// on the strict side. Keys are keyed hashes, so nobody can target another's cells, and no key is stored.
#[derive(Debug)]
pub(super) struct Sketch<C> {
    cells: Vec<C>,
    /// Approximate number of keys: how often a key was raised whose reading was not above `noise`.
    keys: usize,
    /// The reading of an unused key when the sketch last grew.
    noise: C,
    /// Sum of all cells.
    sum: u64,
}

impl<C: Cell> Sketch<C> {
    /// Creates 2^`cells_log2` zeroed cells. The system allocates their memory on first use.
    pub(super) fn new(cells_log2: u32) -> Self {
        Self {
            cells: vec![C::default(); 1 << cells_log2.max(MIN_CELLS_LOG2)],
            keys: 0,
            noise: C::default(),
            sum: 0,
        }
    }

    /// The key's reading; 0 if it was never raised.
    pub(super) fn get(&self, key: u64) -> C {
        self.cell_indices(key)
            .map(|index| self.cells[index])
            .into_iter()
            .min()
            .unwrap_or_default()
    }

    /// The key's reading minus the noise from collisions at the last growth; may be too low.
    pub(super) fn estimate(&self, key: u64) -> u64 {
        self.get(key).into().saturating_sub(self.noise.into())
    }

    /// Raises the key's reading. Reports each changed cell with its old value.
    pub(super) fn raise(&mut self, key: u64, to: C, mut changed: impl FnMut(usize, C)) {
        self.keys += usize::from(self.get(key) <= self.noise);
        for index in self.cell_indices(key) {
            let cell = self.cells[index];
            if cell < to {
                changed(index, cell);
                self.set(index, to);
            }
        }
    }

    /// Restores the old value of a cell.
    pub(super) fn restore(&mut self, index: usize, old: C) {
        self.set(index, old);
    }

    /// Whether there is a key for every eighth cell: with 39 of 100 cells used, one new key in forty collides in all of
    /// its four.
    pub(super) fn is_crowded(&self) -> bool {
        self.keys >= self.cells.len() / (2 * CELLS_PER_KEY)
    }

    /// Doubles the cells. Readings stay the same, and new keys collide less.
    pub(super) fn grow(&mut self) {
        // A key reads the minimum of its four cells, so only one unused key in sixteen reads more than the median.
        let mut cells = self.cells.clone();
        let middle = cells.len() / 2;
        self.noise = *cells.select_nth_unstable(middle).1;
        self.cells.extend_from_within(..);
        self.sum *= 2;
    }

    /// Mean of the cells: approximates the reading of an unused key.
    pub(super) fn level(&self) -> f64 {
        self.sum as f64 / self.cells.len() as f64
    }

    pub(super) fn bytes(&self) -> usize {
        size_of_val(&*self.cells)
    }

    fn set(&mut self, index: usize, to: C) {
        self.sum = self
            .sum
            .wrapping_sub(self.cells[index].into())
            .wrapping_add(to.into());
        self.cells[index] = to;
    }

    /// Four different cells, by double hashing with the two halves of one hash (Kirsch and Mitzenmacher 2006). After
    /// doubling, a key's cell has the same index, or that index in the new half.
    fn cell_indices(&self, key: u64) -> [usize; CELLS_PER_KEY] {
        let start = key as usize;
        let step = (key >> 32) as usize | 1;
        std::array::from_fn(|turn| {
            start.wrapping_add(step.wrapping_mul(turn)) & (self.cells.len() - 1)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::HashMap, hash::BuildHasher};

    use proptest::prelude::*;

    use super::*;

    fn key(number: u64) -> u64 {
        std::hash::BuildHasherDefault::<std::hash::DefaultHasher>::default().hash_one(number)
    }

    #[test]
    fn a_key_alone_is_read_exactly() {
        let mut sketch = Sketch::<u64>::new(8);
        for reading in 1..1000 {
            sketch.raise(key(7), reading, |_, _| {});
            assert_eq!(sketch.get(key(7)), reading);
        }
    }

    #[test]
    fn many_more_keys_than_cells_leave_room_for_one_more() {
        let mut sketch = Sketch::<u32>::new(14);
        for number in 0..62_500 {
            let reading = sketch.get(key(number)) + 1;
            sketch.raise(key(number), reading, |_, _| {});
        }
        let fresh = (100_000..101_000)
            .map(|number| sketch.get(key(number)))
            .max()
            .unwrap();
        assert!(fresh <= 10, "{fresh}");
        assert_eq!(sketch.bytes(), 4 << 14);
        assert!((sketch.level() - 9.0).abs() < 3.0, "{}", sketch.level());
    }

    #[test]
    fn a_sketch_that_grows_in_time_hardly_knows_collisions() {
        let mut sketch = Sketch::<u32>::new(6);
        for number in 0..100_000 {
            if sketch.is_crowded() {
                sketch.grow();
            }
            let reading = sketch.get(key(number)) + 1;
            sketch.raise(key(number), reading, |_, _| {});
        }
        assert_eq!(sketch.bytes(), 4 << 20, "a cell for every tenth of a key");
        let fresh = (200_000..201_000)
            .map(|number| sketch.get(key(number)))
            .max()
            .unwrap();
        assert!(fresh <= 4, "{fresh}");
    }

    proptest! {
        #[test]
        fn no_key_is_ever_read_too_low(steps in proptest::collection::vec((0..40_u64, 0..50_u64, any::<bool>()), 1..200)) {
            let mut sketch = Sketch::<u64>::new(4);
            let mut model = HashMap::<u64, u64>::new();
            for (number, rise, is_grown) in steps {
                let reading = sketch.get(key(number)) + rise;
                sketch.raise(key(number), reading, |_, _| {});
                *model.entry(number).or_default() += rise;
                if is_grown && sketch.bytes() < 1 << 12 {
                    sketch.grow();
                }
            }
            for (number, reading) in model {
                prop_assert!(sketch.get(key(number)) >= reading);
            }
            prop_assert_eq!(sketch.sum, sketch.cells.iter().sum::<u64>());
        }

        #[test]
        fn restoring_cells_backwards_undoes_raises(steps in proptest::collection::vec((0..40_u64, 0..50_u64), 1..200)) {
            let mut sketch = Sketch::<u64>::new(4);
            let mut undo = Vec::new();
            sketch.raise(key(1), 9, |_, _| {});
            let before = sketch.cells.clone();
            for (number, rise) in steps {
                let reading = sketch.get(key(number)) + rise;
                sketch.raise(key(number), reading, |index, was| undo.push((index, was)));
            }
            for (index, was) in undo.into_iter().rev() {
                sketch.restore(index, was);
            }
            prop_assert_eq!(before, sketch.cells);
        }
    }
}
