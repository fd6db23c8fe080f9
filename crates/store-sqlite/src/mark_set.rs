use visitor::Digest;

/// A mark: uniformly distributed, since it is a part of a keyed hash.
pub(super) type Mark = u64;

/// The part of a digest by which it is found in a set: its last 64 bits. At ten million reads a day, two of a window have
/// the same ones about once in 370,000 days.
pub(super) fn mark(digest: &Digest) -> Mark {
    let [.., a, b, c, d, e, f, g, h] = *digest;
    Mark::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// Mean number of marks in a bucket at which the number of buckets doubles.
const MAX_MEAN_MARKS: usize = 96;

/// A set of marks in sorted buckets by their first bits: 8 bytes a mark, and a quarter more for growth. A hash table
/// would need twice that while it grows.
pub(super) struct MarkSet {
    /// A power of two.
    buckets: Vec<Vec<Mark>>,
    len: usize,
}

impl Default for MarkSet {
    fn default() -> Self {
        Self::with_capacity(0)
    }
}

impl MarkSet {
    /// An empty set with room for this number of marks.
    pub(super) fn with_capacity(marks: usize) -> Self {
        let buckets = marks.div_ceil(MAX_MEAN_MARKS).next_power_of_two();
        let mean = marks / buckets;
        Self {
            buckets: (0..buckets).map(|_| Vec::with_capacity(mean)).collect(),
            len: 0,
        }
    }

    pub(super) fn contains(&self, mark: Mark) -> bool {
        self.buckets[self.bucket(mark)].binary_search(&mark).is_ok()
    }

    /// Adds the mark. False: it was there.
    pub(super) fn insert(&mut self, mark: Mark) -> bool {
        let bucket = self.bucket(mark);
        let marks = &mut self.buckets[bucket];
        let Err(at) = marks.binary_search(&mark) else {
            return false;
        };
        if marks.len() == marks.capacity() {
            // Less than `Vec` would reserve.
            marks.reserve_exact(marks.len() / 4 + 4);
        }
        marks.insert(at, mark);
        self.len += 1;
        if self.len > self.buckets.len() * MAX_MEAN_MARKS {
            self.split();
        }
        true
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn remove(&mut self, mark: Mark) {
        let bucket = self.bucket(mark);
        let marks = &mut self.buckets[bucket];
        if let Ok(at) = marks.binary_search(&mark) {
            marks.remove(at);
            self.len -= 1;
        }
    }

    fn bucket(&self, mark: Mark) -> usize {
        let bits = self.buckets.len().trailing_zeros();
        // Shifting by all 64 bits is an overflow.
        mark.checked_shr(Mark::BITS - bits).unwrap_or(0) as usize
    }

    /// Doubles the number of buckets.
    fn split(&mut self) {
        let middle = Mark::BITS - 1 - self.buckets.len().trailing_zeros();
        let halves = |mut marks: Vec<Mark>| {
            let upper = marks.partition_point(|mark| mark >> middle & 1 == 0);
            let upper = marks.split_off(upper);
            marks.shrink_to_fit();
            [marks, upper]
        };
        self.buckets = std::mem::take(&mut self.buckets)
            .into_iter()
            .flat_map(halves)
            .collect();
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn spread(number: u64) -> Mark {
        number.wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    #[test]
    fn a_large_set_has_each_mark_once_and_no_other() {
        let mut set = MarkSet::default();
        for number in 0..50_000 {
            assert!(set.insert(spread(number)) && !set.insert(spread(number)));
        }
        assert!((0..50_000).all(|number| set.contains(spread(number))));
        assert!((50_000..100_000).all(|number| !set.contains(spread(number))));
        let capacity: usize = set.buckets.iter().map(Vec::capacity).sum();
        assert!(
            capacity < 50_000 * 5 / 4 + 4 * set.buckets.len(),
            "{capacity}"
        );
    }

    proptest! {
        #[test]
        fn mark_set_equals_the_models_set(steps in proptest::collection::vec((0..400_u64, 0..4_u8), 1..2000)) {
            let mut set = MarkSet::default();
            let mut model = BTreeSet::new();
            for (number, step) in steps {
                let mark = spread(number);
                match step {
                    0 => { set.remove(mark); model.remove(&mark); }
                    1 => prop_assert_eq!(set.contains(mark), model.contains(&mark)),
                    _ => prop_assert_eq!(set.insert(mark), model.insert(mark)),
                }
            }
            prop_assert_eq!(set.len(), model.len());
            let all: Vec<Mark> = set.buckets.concat();
            prop_assert_eq!(all, Vec::from_iter(model));
        }
    }
}
