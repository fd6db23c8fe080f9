//! Tables of marks, stored as many small hashes, which Redis encodes compactly: a third of the memory of one large
//! hash. They grow by one bucket at a time (linear hashing), so that no step is long.

use visitor::Digest;

use super::{
    command::{Command, Script},
    keys::{ArticleKeySet, MarkTable},
};

/// Average number of marks per bucket. Redis keeps hashes of up to 128 fields in its compact encoding.
const MARKS_PER_BUCKET: u64 = 64;

/// Index of a mark's bucket.
pub(super) fn bucket(mark: &Digest, buckets: u32) -> u32 {
    let hash = u32::from_be_bytes([mark[0], mark[1], mark[2], mark[3]]);
    let power = power(buckets);
    match u64::from(hash) % (2 * u64::from(power)) {
        at if at < u64::from(buckets) => at as u32,
        _ => hash % power,
    }
}

/// Number of buckets for that many marks.
pub(super) fn min_buckets(marks: u64) -> u32 {
    u32::try_from(marks.div_ceil(MARKS_PER_BUCKET))
        .unwrap_or(u32::MAX)
        .max(1)
}

/// Number of buckets for that many marks, with some headroom: each time the number changes, calls in flight must be
/// retried.
pub(super) fn target_buckets(marks: u64) -> u32 {
    min_buckets(marks + marks / 8)
}

/// Whether to split buckets, after `added` marks were added. True only at every 16th mark, since a split takes a
/// moment.
pub(super) fn needs_split(buckets: u32, marks: u64, added: u64) -> bool {
    marks > MARKS_PER_BUCKET * u64::from(buckets) && marks / 16 != (marks - added.min(marks)) / 16
}

/// Splits one bucket. `token`: the article's lease if we hold it, else empty.
pub(super) fn split(
    article: &ArticleKeySet,
    table: MarkTable,
    buckets: u32,
    token: &str,
) -> Command {
    let from = buckets - power(buckets);
    let keys = [
        article.record(),
        article.bucket(table, 0),
        article.bucket(table, from),
        article.bucket(table, buckets),
    ];
    Command::script(Script::SplitBucket, keys)
        .arg(buckets.to_string())
        .arg(token)
}

/// The greatest power of two that is at most `buckets`.
fn power(buckets: u32) -> u32 {
    1 << buckets.max(1).ilog2()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn split_moves_only_marks_of_the_split_bucket(mark: Digest, buckets in 1..5000_u32) {
            let before = bucket(&mark, buckets);
            let after = bucket(&mark, buckets + 1);
            prop_assert!(before < buckets && after <= buckets);
            prop_assert!(before == after || (after == buckets && before == buckets - power(buckets)));
        }
    }

    #[test]
    fn needs_split_is_true_at_every_16th_mark_when_full() {
        assert_eq!([0, 1, 64, 65, 640].map(min_buckets), [1, 1, 1, 2, 10]);
        let split_at = (1..=200)
            .filter(|marks| needs_split(1, *marks, 1))
            .collect::<Vec<_>>();
        assert_eq!(split_at, [80, 96, 112, 128, 144, 160, 176, 192]);
    }
}
