use proptest::prelude::*;

use super::*;

fn site() -> SiteId {
    SiteId::parse("demo").unwrap()
}

fn days(salts: &Salts) -> Vec<i32> {
    salts
        .live(&site())
        .iter()
        .map(|salt| salt.day.get())
        .collect()
}

/// Salts after rotations through these days; the first byte of each key is its day.
fn rotated(through: &[i32]) -> Salts {
    let mut salts = Salts::default();
    for day in through {
        salts.rotate(&site(), Day::new(*day), || HashKey([*day as u8; 32]));
    }
    salts
}

#[test]
fn rotate_keeps_two_live_windows() {
    assert_eq!(days(&rotated(&[1])), [1]);
    assert_eq!(days(&rotated(&[1, 2])), [2, 1]);
    assert_eq!(days(&rotated(&[1, 2, 3])), [3, 2]);
    assert_eq!(days(&rotated(&[1, 2, 5])), [5]);
}

#[test]
fn rotate_drops_future_salts_after_clock_change() {
    assert_eq!(days(&rotated(&[10, 9])), [10, 9]);
    assert_eq!(days(&rotated(&[1, 2, 400, 3])), [3]);
}

#[test]
fn rotate_keeps_the_salt_of_a_started_window() {
    let mut salts = rotated(&[1, 2]);
    assert!(!salts.rotate(&site(), Day::new(2), || unreachable!("it has one")));
    assert!(!salts.rotate(&site(), Day::new(1), || unreachable!("it has one")));
}

proptest! {
    #[test]
    fn rotate_keeps_at_most_two_salts_and_that_of_the_day(through in proptest::collection::vec(0..6_i32, 1..20)) {
        let salts = rotated(&through);
        let live = days(&salts);
        prop_assert!(live.len() <= 2);
        prop_assert!(live.contains(through.last().unwrap()));
        prop_assert!(live.is_sorted_by(|a, b| a > b));
        prop_assert_eq!(Salts::parse(&salts.to_text()), Some(salts));
    }
}

#[test]
fn prune_deletes_ended_salts_of_unserved_sites() {
    let served = [site()];
    let mut salts = rotated(&[1, 2]);
    let gone = SiteId::parse("gone").unwrap();
    salts.rotate(&gone, Day::new(2), || HashKey([2; 32]));
    assert!(!salts.prune(&served, Day::new(3)));
    assert!(salts.prune(&served, Day::new(4)));
    assert_eq!((salts.live(&gone), days(&salts)), (&[][..], vec![2, 1]));
}

#[test]
fn salts_parse_rejects_invalid_text() {
    for text in ["x", "demo 1", "demo one aa", "demo 1 zz", "DEMO 1 00"] {
        assert_eq!(Salts::parse(text), None, "{text}");
    }
}
