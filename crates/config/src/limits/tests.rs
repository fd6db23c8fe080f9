use super::*;

#[test]
fn a_networks_limits_are_ten_times_a_lines() {
    let most = |amount| match amount {
        Amount::Rate(rate) => rate.burst.get(),
        Amount::Day(most) => most,
    };
    for limit in LIMITS
        .iter()
        .filter(|limit| matches!(limit.key, LimitScope::Ipv4Network | LimitScope::Ipv6Network))
    {
        let line = LIMITS
            .iter()
            .find(|one| one.name == (limit.name.0, "per_address"))
            .unwrap();
        assert!(
            most(limit.default) >= 10 * most(line.default),
            "{}",
            limit.full_name
        );
        if let (Amount::Rate(network), Amount::Rate(line)) = (limit.default, line.default) {
            assert!(
                network.per_hour.get() >= 10 * line.per_hour.get(),
                "{}",
                limit.full_name
            );
        }
    }
}

#[test]
fn the_documentation_explains_every_amount() {
    let document = include_str!("../../../../docs/capacity.md");
    let written = |number: u32| {
        let digits = number.to_string();
        let groups: Vec<_> = digits
            .as_bytes()
            .rchunks(3)
            .rev()
            .map(|group| str::from_utf8(group).unwrap())
            .collect();
        groups.join(",")
    };
    for limit in &LIMITS {
        let name = format!("`{}`", limit.full_name);
        let row = document
            .lines()
            .find(|line| line.starts_with("| `") && line.contains(&name))
            .unwrap_or_default();
        let amounts = match limit.default {
            Amount::Rate(rate) => format!(
                " {} | {} | | ",
                written(rate.burst.get()),
                written(rate.per_hour.get())
            ),
            Amount::Day(most) => format!(" | | {} | ", written(most)),
        };
        assert!(row.contains(&amounts), "{name}: {row}");
    }
}

/// Reads, shares, first votes and new articles are counted once, so a rate alone would allow many in a day.
#[test]
fn actions_that_count_once_have_daily_limits_at_every_scope() {
    for action in [
        Action::Read,
        Action::Share,
        Action::Reaction,
        Action::Article,
        Action::Event,
    ] {
        for key in [
            LimitScope::Address,
            LimitScope::Ipv4Network,
            LimitScope::Ipv6Network,
        ] {
            let is_daily = |limit: &&Limit| limit.action == action && limit.key == key;
            let daily = LIMITS
                .iter()
                .filter(is_daily)
                .any(|limit| matches!(limit.default, Amount::Day(_)));
            assert!(daily, "{action:?} {key:?}");
        }
    }
}

#[test]
fn quarters_of_an_amount_are_never_nothing_at_once() {
    assert_eq!(rate(20_000, 7).quarters(2), rate(10_000, 7));
    assert_eq!(rate(1, 7).quarters(2), rate(1, 7));
    assert_eq!(Amount::Day(10).quarters(3), Amount::Day(7));
}
