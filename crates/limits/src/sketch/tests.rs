use std::{collections::HashMap, hash::BuildHasher};

use proptest::prelude::*;

use super::*;

fn key(number: u64) -> u64 {
    std::hash::BuildHasherDefault::<std::hash::DefaultHasher>::default().hash_one(number)
}

#[test]
fn a_key_alone_is_read_exactly() {
    let mut sketch = Sketch::<u64>::new(8);
    for reading in 1..1000 {
        sketch.raise(key(7), reading, |_, _| {});
        assert_eq!(sketch.get(key(7)), reading);
    }
}

#[test]
fn many_more_keys_than_cells_leave_room_for_one_more() {
    let mut sketch = Sketch::<u32>::new(14);
    for number in 0..62_500 {
        let reading = sketch.get(key(number)) + 1;
        sketch.raise(key(number), reading, |_, _| {});
    }
    let fresh = (100_000..101_000)
        .map(|number| sketch.get(key(number)))
        .max()
        .unwrap();
    assert!(fresh <= 10, "{fresh}");
    assert_eq!(sketch.bytes(), 4 << 14);
    assert!((sketch.level() - 9.0).abs() < 3.0, "{}", sketch.level());
}

#[test]
fn a_sketch_that_grows_in_time_hardly_knows_collisions() {
    let mut sketch = Sketch::<u32>::new(6);
    for number in 0..100_000 {
        if sketch.is_crowded() {
            sketch.grow();
        }
        let reading = sketch.get(key(number)) + 1;
        sketch.raise(key(number), reading, |_, _| {});
    }
    assert_eq!(sketch.bytes(), 4 << 20, "a cell for every tenth of a key");
    let fresh = (200_000..201_000)
        .map(|number| sketch.get(key(number)))
        .max()
        .unwrap();
    assert!(fresh <= 4, "{fresh}");
}

proptest! {
    #[test]
    fn no_key_is_ever_read_too_low(steps in proptest::collection::vec((0..40_u64, 0..50_u64, any::<bool>()), 1..200)) {
        let mut sketch = Sketch::<u64>::new(4);
        let mut model = HashMap::<u64, u64>::new();
        for (number, rise, is_grown) in steps {
            let reading = sketch.get(key(number)) + rise;
            sketch.raise(key(number), reading, |_, _| {});
            *model.entry(number).or_default() += rise;
            if is_grown && sketch.bytes() < 1 << 12 {
                sketch.grow();
            }
        }
        for (number, reading) in model {
            prop_assert!(sketch.get(key(number)) >= reading);
        }
        prop_assert_eq!(sketch.sum, sketch.cells.iter().sum::<u64>());
    }

    #[test]
    fn restoring_cells_backwards_undoes_raises(steps in proptest::collection::vec((0..40_u64, 0..50_u64), 1..200)) {
        let mut sketch = Sketch::<u64>::new(4);
        let mut undo = Vec::new();
        sketch.raise(key(1), 9, |_, _| {});
        let before = sketch.cells.clone();
        for (number, rise) in steps {
            let reading = sketch.get(key(number)) + rise;
            sketch.raise(key(number), reading, |index, was| undo.push((index, was)));
        }
        for (index, was) in undo.into_iter().rev() {
            sketch.restore(index, was);
        }
        prop_assert_eq!(before, sketch.cells);
    }
}
