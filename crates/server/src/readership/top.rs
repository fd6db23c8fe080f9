use std::{cmp::Reverse, collections::BinaryHeap};

/// The indexes with the highest scores, the highest first; of equal scores, the lower index first. Scores that are not
/// above 0 are left out.
pub(super) fn highest(count: usize, scores: impl Iterator<Item = (u32, f64)>) -> Vec<(u32, f64)> {
    let mut heap = BinaryHeap::with_capacity(count + 1);
    for (index, score) in scores.filter(|(_, score)| *score > 0.0) {
        // The bits of positive numbers are in the order of the numbers.
        heap.push(Reverse((score.to_bits(), Reverse(index))));
        if heap.len() > count {
            heap.pop();
        }
    }
    let mut found: Vec<_> = heap
        .into_iter()
        .map(|Reverse((score, Reverse(index)))| (index, f64::from_bits(score)))
        .collect();
    found.sort_by(|this, that| that.1.total_cmp(&this.1).then(this.0.cmp(&that.0)));
    found
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
