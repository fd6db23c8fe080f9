//! Orders the module's functions for compression: each is followed by the one that resembles it most, because brotli
//! encodes a repetition in fewer bytes the closer it is. Binaryen can order functions by their names only, so that their
//! names get a number in front while it does.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use anyhow::{Context, Result};

use super::module::{self, Module};

/// How functions are compared.
#[derive(Clone, Copy)]
pub(super) struct Order {
    /// Length in bytes of the sequences that two functions may have in common.
    sequence: usize,
    /// A score is divided by the length to this power, because small functions have little in common with any other.
    exponent: f64,
}

/// The orders to try. Their results differ by a few hundred bytes, and which is the smallest changes with the code.
pub(super) const ORDERS: [Order; 12] = [
    Order::new(3, 0.65),
    Order::new(3, 0.7),
    Order::new(3, 0.75),
    Order::new(3, 0.8),
    Order::new(3, 0.9),
    Order::new(3, 1.0),
    Order::new(4, 0.65),
    Order::new(4, 0.7),
    Order::new(4, 0.75),
    Order::new(4, 0.8),
    Order::new(4, 0.9),
    Order::new(4, 1.0),
];

impl Order {
    const fn new(sequence: usize, exponent: f64) -> Self {
        Self { sequence, exponent }
    }
}

/// Digits of a number before a name.
const DIGITS: usize = 6;

/// The module with numbers before its functions' names, in the order in which similar functions are neighbours.
pub(super) fn number(module: &[u8], order: Order) -> Result<Vec<u8>> {
    let parsed = Module::parse(module)?;
    let known = parsed.function_names()?;
    let first = parsed.imported_functions()?;
    let names: BTreeMap<u32, String> = by_similarity(&parsed.function_bodies()?, order)
        .into_iter()
        .zip(0..)
        .map(|(place, number)| {
            let index = first + place as u32;
            let name = known.get(&index).map_or("", String::as_str);
            (index, format!("{number:0DIGITS$}{name}"))
        })
        .collect();
    module::with_function_names(module, &names)
}

/// The module without the numbers before its functions' names.
pub(super) fn unnumber(module: &[u8]) -> Result<Vec<u8>> {
    let names = Module::parse(module)?.function_names()?;
    let names = names.into_iter().map(|(index, name)| {
        let plain = name.get(DIGITS..).context("a name without a number")?;
        Ok((index, plain.to_owned()))
    });
    module::with_function_names(module, &names.collect::<Result<_>>()?)
}

/// The places of the bodies, in order: from the longest, always to the one that has most in common with the last one. What
/// it has in common with the one before that counts half.
fn by_similarity(bodies: &[&[u8]], by: Order) -> Vec<usize> {
    let sequences: Vec<HashSet<&[u8]>> = bodies
        .iter()
        .map(|body| body.windows(by.sequence).collect())
        .collect();
    let mut holders: HashMap<&[u8], Vec<usize>> = HashMap::new();
    for (place, set) in sequences.iter().enumerate() {
        for sequence in set {
            holders.entry(sequence).or_default().push(place);
        }
    }
    let mut rest: BTreeSet<usize> = (0..bodies.len()).collect();
    let mut next = rest
        .iter()
        .copied()
        .max_by_key(|place| bodies[*place].len());
    let mut order = Vec::new();
    while let Some(last) = next {
        rest.remove(&last);
        order.push(last);
        let mut common = vec![0.0; bodies.len()];
        for (before, part) in order.iter().rev().zip([1.0, 0.5]) {
            for sequence in &sequences[*before] {
                holders[sequence]
                    .iter()
                    .for_each(|place| common[*place] += part);
            }
        }
        let score =
            |place: usize| common[place] / (sequences[place].len().max(1) as f64).powf(by.exponent);
        next = rest
            .iter()
            .copied()
            .max_by(|one, other| score(*one).total_cmp(&score(*other)));
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_function_is_followed_by_the_most_similar_one() {
        let bodies: [&[u8]; 4] = [b"abcdefgh", b"0123456789", b"23456", b"xabcdef"];
        assert_eq!(by_similarity(&bodies, ORDERS[0]), [1, 2, 3, 0]);
        assert!(by_similarity(&[], ORDERS[0]).is_empty());
    }

    #[test]
    fn numbers_sort_the_names_and_are_removed_again() {
        let named = number(&module::sample(), ORDERS[0]).unwrap();
        let names = |module: &[u8]| Module::parse(module).unwrap().function_names().unwrap();
        assert_eq!(
            names(&named),
            BTreeMap::from([(1, "000001".to_owned()), (2, "000000".to_owned())])
        );
        let plain = unnumber(&named).unwrap();
        assert!(names(&plain).values().all(String::is_empty));
        assert!(unnumber(&plain).is_err());
    }
}
