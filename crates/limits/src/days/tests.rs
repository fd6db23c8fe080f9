use super::*;
use config::LIMIT_NAMES;

/// A charge against the reads of an address: 2,500 a day.
fn reads(site: u64, day: i32) -> SketchId {
    let limit = LIMIT_NAMES
        .iter()
        .position(|name| *name == "reads.per_address")
        .unwrap();
    SketchId { limit, site, day }
}

fn hash(number: u64) -> u64 {
    use std::hash::BuildHasher;
    std::hash::BuildHasherDefault::<std::hash::DefaultHasher>::default().hash_one(number)
}

/// One read by each of these addresses.
fn flood(days: &mut DailySketches, sketch_id: SketchId, addresses: std::ops::Range<u64>) {
    for key in addresses.map(hash) {
        let to = u32::try_from(days.reading(&sketch_id, key) + 1).unwrap();
        days.raise(sketch_id, key, to, |_, _| {});
        days.grow_crowded();
    }
}

#[test]
fn sketches_of_past_days_are_dropped() {
    let mut days = DailySketches::new();
    [100, 101, 100, 99]
        .into_iter()
        .for_each(|day| flood(&mut days, reads(1, day), 0..1));
    let before = days.bytes();
    (102..150)
        .chain([3, 4])
        .for_each(|day| flood(&mut days, reads(1, day), 0..1));
    assert!(days.bytes() <= before, "{} {before}", days.bytes());
}

#[test]
fn one_sites_meters_do_not_affect_another_site() {
    let mut days = DailySketches::new();
    days.share_among(2);
    flood(&mut days, reads(1, 1), 0..200_000);
    assert_eq!(days.reading(&reads(2, 1), 5), 0);
    let fresh = days.reading(&reads(1, 1), hash(300_000));
    assert!(fresh <= 5, "{fresh}: nor on the site itself");
    assert!(days.bytes() <= 8 << 20, "{}", days.bytes());
}

#[test]
fn a_flood_of_yesterday_leaves_today_its_meters() {
    const SITES: usize = 64;
    let mut days = DailySketches::new();
    days.share_among(SITES);
    let flooded = [1, 2, 3].map(|day| {
        flood(&mut days, reads(1, day), 0..80_000);
        let sketch = &days.sketches[&reads(1, day)];
        (sketch.level(), sketch.bytes())
    });
    assert!(
        flooded
            .iter()
            .all(|(level, bytes)| *level < 3.0 && *bytes > MIN_SKETCH_BYTES),
        "{flooded:?}"
    );
    assert!(
        days.sketches.len() == KEPT_DAYS && days.bytes() <= MAX_TOTAL_BYTES / SITES,
        "{}",
        days.bytes()
    );
}

#[test]
fn a_thousand_busy_addresses_do_not_make_a_new_one_look_busy() {
    for sites in [1, 64] {
        let mut days = DailySketches::new();
        days.share_among(sites);
        for _ in 0..10 {
            flood(&mut days, reads(1, 1), 0..1_000);
        }
        let busy = (10_000..20_000)
            .filter(|number| days.estimate(&reads(1, 1), hash(*number)) > 1)
            .count();
        assert!(busy <= 60, "{busy} of 10,000, with {sites} sites");
    }
}

#[test]
fn there_is_a_sketch_for_each_daily_limit() {
    let amounts = Amounts::default();
    let is_daily = |(.., amount): &(_, _, Amount)| matches!(amount, Amount::Day(_));
    let daily = amounts.iter().filter(is_daily).count();
    assert!(daily <= SKETCHES_PER_DAY, "{daily}");
}

#[test]
fn sites_share_the_memory_evenly() {
    let mut days = DailySketches::new();
    days.share_among(4096);
    flood(&mut days, reads(1, 1), 0..100_000);
    assert_eq!(days.bytes(), MIN_SKETCH_BYTES);
    let [(_, fill)] = days.fills(&Amounts::default())[..] else {
        panic!("one sketch")
    };
    assert!(
        (0.002..0.012).contains(&fill),
        "100,000 reads, each in up to 4 of 16,384 cells, of 2,500: {fill}"
    );
}
