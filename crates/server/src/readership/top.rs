use std::{cmp::Reverse, collections::BinaryHeap};

/// The indexes with the highest scores so far.
pub(super) struct Highest {
    count: usize,
    /// The lowest first. The bits of positive numbers are in the order of the numbers.
    heap: BinaryHeap<Reverse<(u64, Reverse<u32>)>>,
}

impl Highest {
    pub(super) fn new(count: usize) -> Self {
        Self {
            count,
            heap: BinaryHeap::with_capacity(count),
        }
    }

    /// Adds an index. Scores that are not above 0 are left out.
    pub(super) fn add(&mut self, index: u32, score: f64) {
        if score <= 0.0 || score.is_nan() {
            return;
        }
        let scored = Reverse((score.to_bits(), Reverse(index)));
        if self.heap.len() < self.count {
            self.heap.push(scored);
        } else if let Some(mut lowest) = self.heap.peek_mut()
            && scored < *lowest
        {
            *lowest = scored;
        }
    }

    /// The highest first; of equal scores, the lower index first.
    pub(super) fn sorted(self) -> Vec<(u32, f64)> {
        let sorted = self.heap.into_sorted_vec().into_iter();
        sorted
            .map(|Reverse((score, Reverse(index)))| (index, f64::from_bits(score)))
            .collect()
    }
}

/// The indexes with the highest scores.
pub(super) fn highest(count: usize, scores: impl Iterator<Item = (u32, f64)>) -> Vec<(u32, f64)> {
    let mut highest = Highest::new(count);
    for (index, score) in scores {
        highest.add(index, score);
    }
    highest.sorted()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn highest_scores_come_first_and_zero_never() {
        let scores = [(0, 1.0), (1, 3.0), (2, 0.0), (3, 3.0), (4, 2.0)];
        assert_eq!(
            highest(3, scores.into_iter()),
            [(1, 3.0), (3, 3.0), (4, 2.0)]
        );
        assert_eq!(highest(9, scores.into_iter()).len(), 4);
    }
}
