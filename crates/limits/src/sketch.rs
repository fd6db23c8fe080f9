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
mod tests;
