use super::*;
use config::Amounts;

fn charge(name: &str, key: u64) -> Charge {
    let amounts = Amounts::default();
    let (limit, _, amount) = amounts
        .iter()
        .find(|(_, limit, _)| limit.full_name == name)
        .unwrap();
    Charge {
        limit,
        amount,
        many: NonZeroU32::MIN,
        key,
        site: 1,
    }
}

/// A charge against the reads of an address: 2,500 a day.
fn read(key: u64) -> Charge {
    charge("reads.per_address", key)
}

/// A charge against the new articles of an address: burst of 300.
fn article(key: u64) -> Charge {
    charge("articles.per_address", key)
}

fn hash(number: u64) -> u64 {
    use std::hash::BuildHasher;
    std::hash::BuildHasherDefault::<std::hash::DefaultHasher>::default().hash_one(number)
}

const NOW: Duration = Duration::from_secs(7);

#[test]
fn all_is_charged_or_nothing() {
    let mut counters = RateCounters::new();
    for _ in 0..300 {
        counters.charge(&[article(1)], 1, NOW).unwrap();
    }
    for _ in 0..1000 {
        assert_eq!(
            counters
                .charge(&[read(1), article(1)], 1, NOW)
                .unwrap_err()
                .limit,
            article(1).limit
        );
    }
    assert_eq!(
        (0..3000)
            .filter(|_| counters.charge(&[read(1)], 1, NOW).is_ok())
            .count(),
        2500
    );
}

#[test]
fn rolled_back_charges_cost_nothing() {
    let mut counters = RateCounters::new();
    for _ in 0..3 {
        while counters.charge(&[read(1)], 1, NOW).is_ok() {}
        while counters.charge(&[article(1)], 1, NOW).is_ok() {}
        counters.settle(false);
    }
    for _ in 0..2500 {
        counters.charge(&[read(1)], 1, NOW).unwrap();
        counters.settle(true);
        counters.settle(false);
    }
    assert_eq!(
        counters.charge(&[read(1)], 1, NOW),
        Err(LimitExceeded {
            limit: read(1).limit,
            wait: None
        })
    );
    assert_eq!(
        counters.charge(&[read(1), article(1)], 2, NOW),
        Ok(()),
        "another day"
    );
}

#[test]
fn several_at_once_are_charged_together_or_not_at_all() {
    let mut counters = RateCounters::new();
    let many = |charge: Charge, many| Charge {
        many: NonZeroU32::new(many).unwrap(),
        ..charge
    };
    counters
        .charge(&[many(article(1), 250), many(read(1), 2_400)], 1, NOW)
        .unwrap();
    assert_eq!(
        counters
            .charge(&[many(read(1), 50), many(article(1), 51)], 1, NOW)
            .unwrap_err()
            .limit,
        article(1).limit
    );
    assert_eq!(
        counters
            .charge(&[many(article(1), 50), many(read(1), 101)], 1, NOW)
            .unwrap_err()
            .limit,
        read(1).limit
    );
    counters
        .charge(&[many(article(1), 50), many(read(1), 100)], 1, NOW)
        .unwrap();
    assert!(
        counters.charge(&[article(1)], 1, NOW).is_err()
            && counters.charge(&[read(1)], 1, NOW).is_err()
    );
}

#[test]
fn no_rates_meter_can_be_filled_by_all_that_the_endpoint_takes() {
    let amounts = Amounts::default();
    for (_, about, amount) in amounts.iter().filter(|(_, limit, _)| !limit.is_shared()) {
        let Amount::Rate(rate) = amount else { continue };
        let cells = f64::from(1_u32 << cells_log2(about, rate));
        let a_second = match about.action {
            // Passwords are verified one at a time.
            Action::Article | Action::SignIn => 1_000.0,
            _ => 25_000.0,
        };
        assert!(
            4.0 * a_second * 3_600.0 / f64::from(rate.per_hour.get()) <= cells,
            "{}",
            about.full_name
        );
    }
}

/// 100 networks create as many articles of one site as they can, then a network that has created none tries.
#[test]
fn heavy_networks_leave_shared_limits_to_light_ones() {
    let mut counters = RateCounters::new();
    let mut make = |network: u64, line: u64, now| {
        let names = [
            "articles.per_address",
            "articles.per_ipv6_network",
            "daily_articles.per_address",
        ];
        let names = names
            .into_iter()
            .chain(["daily_articles.per_ipv6_network", "articles.per_site"]);
        let key = |name: &str| match name {
            "articles.per_site" => 1,
            _ if name.ends_with("network") => hash(network),
            _ => hash(network << 32 | line),
        };
        let charges: Vec<_> = names.map(|name| charge(name, key(name))).collect();
        let charged = counters.charge(&charges, 1, now);
        counters.settle(true);
        charged
    };
    for minute in 0..60 {
        let now = Duration::from_secs(1_000_000 + 60 * minute);
        for network in 0..100 {
            (0..300)
                .take_while(|line| make(network, *line, now).is_ok())
                .count();
        }
        assert_eq!(make(1_000 + minute, 1, now), Ok(()), "minute {minute}");
    }
}
