use ahash::RandomState;
use hashbrown::HashTable;
use wire::ArticleKey;

/// Keys of articles, numbered in the order of their arrival. There may be a hundred thousand: so they are one text, and the
/// table has numbers only.
#[derive(Default)]
pub(crate) struct KeyTable {
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
    pub(crate) fn len(&self) -> usize {
        self.keys.ends.len()
    }

    /// The key's number, which is the next one if it has none.
    pub(crate) fn number(&mut self, key: &[u8]) -> u32 {
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

    /// The key's number, if it has one.
    pub(crate) fn find(&self, key: &[u8]) -> Option<u32> {
        let hash = self.hasher.hash_one(key);
        let is_key = |number: &u32| self.keys.get(*number) == Some(key);
        self.numbers.find(hash, is_key).copied()
    }

    /// At most so many keys, from that number on; those that are not valid keys of articles are left out.
    pub(crate) fn articles(&self, first: usize, many: usize) -> Vec<ArticleKey> {
        let numbers = first..self.len().min(first.saturating_add(many));
        let key = |number: usize| {
            let key = self.key(u32::try_from(number).ok()?)?;
            ArticleKey::parse(std::str::from_utf8(key).ok()?).ok()
        };
        numbers.filter_map(key).collect()
    }

    /// The key with that number.
    pub(crate) fn key(&self, number: u32) -> Option<&[u8]> {
        self.keys.get(number)
    }

    /// All keys, in the order of their numbers.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &[u8]> {
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
            for key in ["", "a", "abc", "d"].map(str::as_bytes) {
                let expected = expected.iter().position(|known| *known == key);
                prop_assert_eq!(table.find(key), expected.map(|number| number as u32));
            }
            prop_assert_eq!(table.keys().collect::<Vec<_>>(), expected);
            prop_assert_eq!(table.key(table.len() as u32), None);
        }
    }

    #[test]
    fn articles_are_the_valid_keys_of_a_part() {
        let mut table = KeyTable::default();
        for key in ["/a", "/b", "", "/c"] {
            table.number(key.as_bytes());
        }
        let part = |first, many| {
            let keys = table.articles(first, many).into_iter();
            keys.map(|key| key.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(part(0, 2), ["/a", "/b"]);
        assert_eq!(part(1, 2), ["/b"]);
        assert_eq!(part(3, 2), ["/c"]);
        assert_eq!(part(4, 2), Vec::<String>::new());
    }
}
