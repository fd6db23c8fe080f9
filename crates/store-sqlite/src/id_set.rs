/// Maximum number of ids: 128 MB.
const MAX_BITMAP_IDS: usize = 1 << 30;

/// A bitmap of article ids, which the database assigns consecutively. Ids beyond the maximum may be dropped.
#[derive(Default)]
pub(super) struct IdSet(Vec<u64>);

impl IdSet {
    pub(super) fn insert(&mut self, id: i64) {
        let Some((word, bit)) = word_and_bit(id) else {
            return;
        };
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= bit;
    }

    pub(super) fn contains(&self, id: i64) -> bool {
        word_and_bit(id)
            .is_some_and(|(word, bit)| self.0.get(word).is_some_and(|bits| bits & bit != 0))
    }
}

fn word_and_bit(id: i64) -> Option<(usize, u64)> {
    let id = usize::try_from(id).ok().filter(|id| *id < MAX_BITMAP_IDS)?;
    Some((id / 64, 1 << (id % 64)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_set_contains_only_inserted_ids() {
        let ids = [0, 1, 63, 64, 1_000_000];
        let mut set = IdSet::default();
        ids.into_iter()
            .chain([i64::MIN, -1, i64::MAX])
            .for_each(|id| set.insert(id));
        assert!(ids.iter().all(|id| set.contains(*id)));
        assert!(
            [-1, 2, 62, 65, 999_999, 1_000_001, i64::MAX]
                .iter()
                .all(|id| !set.contains(*id))
        );
        assert!(set.0.len() * 8 <= 125_008, "a bit an id");
    }
}
