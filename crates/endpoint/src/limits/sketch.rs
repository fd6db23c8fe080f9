/// How many cells a key has.
const HASHES: usize = 4;

/// Readings of any number of keys in memory that never grows: a count-min sketch with conservative update (Estan and
/// Varghese 2002), for readings that only rise. A key that meets others in all its cells reads too high, never too low:
/// a meter that is overrun gets strict, not blind. Keys are hashes with a secret, so that nobody can aim at another's cells,
/// and no key is kept.
#[derive(Debug)]
pub(super) struct Sketch {
    cells: Box<[u64]>,
}

impl Sketch {
    /// With 2^`room` cells, all 0. Memory that is never touched is none.
    pub(super) fn new(room: u32) -> Self {
        Self { cells: vec![0; 1 << room.max(2)].into_boxed_slice() }
    }

    /// The key's reading; 0 if it has none.
    pub(super) fn get(&self, key: u64) -> u64 {
        self.places(key).map(|place| self.cells[place]).into_iter().min().unwrap_or(0)
    }

    /// Raises the key's reading. Tells which cells have changed, and what was in them.
    pub(super) fn raise(&mut self, key: u64, to: u64, mut changed: impl FnMut(usize, u64)) {
        for place in self.places(key) {
            let cell = &mut self.cells[place];
            if *cell < to {
                changed(place, *cell);
                *cell = to;
            }
        }
    }

    /// Puts back what was in a cell.
    pub(super) fn restore(&mut self, place: usize, was: u64) {
        self.cells[place] = was;
    }

    pub(super) fn bytes(&self) -> usize {
        size_of_val(&*self.cells)
    }

    /// Four different cells, by two halves of one hash (Kirsch and Mitzenmacher 2006).
    fn places(&self, key: u64) -> [usize; HASHES] {
        let (start, step) = (key as usize, (key >> 32) as usize | 1);
        std::array::from_fn(|turn| start.wrapping_add(step.wrapping_mul(turn)) & (self.cells.len() - 1))
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
        let mut sketch = Sketch::new(8);
        for reading in 1..1000 {
            sketch.raise(key(7), reading, |_, _| {});
            assert_eq!(sketch.get(key(7)), reading);
        }
    }

    /// As many for each cell as a million for the meter of reads.
    #[test]
    fn many_more_keys_than_cells_leave_room_for_one_more() {
        let mut sketch = Sketch::new(14);
        for number in 0..62_500 {
            let reading = sketch.get(key(number)) + 1;
            sketch.raise(key(number), reading, |_, _| {});
        }
        let fresh = (100_000..101_000).map(|number| sketch.get(key(number))).max().unwrap();
        assert!(fresh <= 10, "{fresh}");
        assert_eq!(sketch.bytes(), 8 << 14);
    }

    proptest! {
        #[test]
        fn no_key_is_ever_read_too_low(steps in proptest::collection::vec((0..40_u64, 0..50_u64), 1..200)) {
            let (mut sketch, mut model) = (Sketch::new(4), HashMap::<u64, u64>::new());
            for (number, rise) in steps {
                let reading = sketch.get(key(number)) + rise;
                sketch.raise(key(number), reading, |_, _| {});
                *model.entry(number).or_default() += rise;
            }
            for (number, reading) in model {
                prop_assert!(sketch.get(key(number)) >= reading);
            }
        }

        #[test]
        fn what_is_undone_backwards_never_was(steps in proptest::collection::vec((0..40_u64, 0..50_u64), 1..200)) {
            let (mut sketch, mut undo) = (Sketch::new(4), Vec::new());
            sketch.raise(key(1), 9, |_, _| {});
            let before = sketch.cells.clone();
            for (number, rise) in steps {
                let reading = sketch.get(key(number)) + rise;
                sketch.raise(key(number), reading, |place, was| undo.push((place, was)));
            }
            for (place, was) in undo.into_iter().rev() {
                sketch.restore(place, was);
            }
            prop_assert_eq!(before, sketch.cells);
        }
    }
}
