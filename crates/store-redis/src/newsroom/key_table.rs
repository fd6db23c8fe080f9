use ahash::RandomState;
use hashbrown::HashTable;

/// Keys of articles, numbered in the order of their arrival. There may be a hundred thousand: so they are one text, and the
/// table has numbers only.
#[derive(Default)]
pub(super) struct KeyTable {
    keys: Keys,
    numbers: HashTable<u32>,
    hasher: RandomState,
}

#[derive(Default)]
struct Keys {
    text: Vec<u8>,
    /// Where each key ends.
    ends: Vec<u32>,
}

impl Keys {
    #[inline]
    fn get(&self, number: u32) -> Option<&[u8]> {
        let at = number as usize;
        let end = *self.ends.get(at)? as usize;
        let begin = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.text.get(begin as usize..end)
    }

    /// No store has four billion articles, or four gigabytes of keys in memory.
    fn push(&mut self, key: &[u8]) -> u32 {
        self.text.extend_from_slice(key);
        let end = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        self.ends.push(end);
        u32::try_from(self.ends.len() - 1).unwrap_or(u32::MAX)
    }
}

impl KeyTable {
    /// Number of keys.
    pub(super) fn len(&self) -> usize {
        self.keys.ends.len()
    }

    /// The key's number, which is the next one if it has none.
    pub(super) fn number(&mut self, key: &[u8]) -> u32 {
        let Self {
            keys,
            numbers,
            hasher,
        } = self;
        let hash = hasher.hash_one(key);
        if let Some(known) = numbers.find(hash, |number| keys.get(*number) == Some(key)) {
            return *known;
        }
        let number = keys.push(key);
        numbers.insert_unique(hash, number, |number| {
            hasher.hash_one(keys.get(*number).unwrap_or_default())
        });
        number
    }

    /// The key with that number.
    pub(super) fn key(&self, number: u32) -> Option<&[u8]> {
        self.keys.get(number)
    }

    /// All keys, in the order of their numbers.
    pub(super) fn keys(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len() as u32).filter_map(|number| self.key(number))
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    proptest! {
        #[test]
        fn keys_are_numbered_in_the_order_of_arrival(keys in vec("[a-c]{0,3}", 0..200)) {
            let mut table = KeyTable::default();
            let mut expected: Vec<&str> = Vec::new();
            for key in &keys {
                let known = expected.iter().position(|known| known == key);
                let number = known.unwrap_or(expected.len());
                if known.is_none() {
                    expected.push(key);
                }
                prop_assert_eq!(table.number(key.as_bytes()), number as u32);
            }
            let expected: Vec<_> = expected.iter().map(|key| key.as_bytes()).collect();
            prop_assert_eq!(table.keys().collect::<Vec<_>>(), expected);
            prop_assert_eq!(table.key(table.len() as u32), None);
        }
    }
}
