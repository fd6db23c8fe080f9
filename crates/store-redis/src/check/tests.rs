use visitor::Day;
use wire::Reaction;

use super::*;
use crate::{
    hours::Hours,
    record::{Count, OWN_DAYS, Record},
};

#[test]
fn each_difference_names_both_numbers() {
    let counts = [
        (
            "reads".into(),
            Count {
                counted: 5,
                imported: 841,
            },
        ),
        (
            "reaction:happy".into(),
            Count {
                counted: 1,
                imported: 0,
            },
        ),
    ];
    let record = Record {
        counts: counts.into(),
        ..Record::new(1, Day::new(1))
    };
    let day = |metric: &str, change| {
        (
            (Day::new(1), OWN_DAYS.to_owned(), metric.to_owned()),
            change,
        )
    };
    let happy = ([0; 16], (1, Some(Reaction::parse("happy").unwrap())));
    let days = [day("reads", 5), day("reaction:happy", 1)].into();
    let mut dump = ArticleDump {
        record,
        days,
        hours: Hours::new(),
        copy: None,
        votes: vec![happy],
        marks: 1,
    };
    assert!(differences(&dump).is_empty());
    dump.days.extend([day("reads", 4)]);
    dump.votes.clear();
    assert_eq!(
        differences(&dump),
        [
            "reaction:happy: 1 counted, but there are 0 votes",
            "reads: 5 counted, but its days add up to 4",
            "1 votes by their number, but there are 0",
        ]
    );
}

#[test]
fn each_number_out_of_range_is_named() {
    let sound = || ArticleDump {
        record: Record::new(1, Day::new(1)),
        days: [].into(),
        hours: Hours::new(),
        copy: None,
        votes: vec![],
        marks: 0,
    };
    let day = |day, metric: &str, change| {
        (
            (Day::new(day), OWN_DAYS.to_owned(), metric.to_owned()),
            change,
        )
    };
    assert!(differences(&sound()).is_empty());
    let with = |change: fn(&mut Record)| {
        let mut dump = sound();
        change(&mut dump.record);
        differences(&dump)
    };
    let with_day = |day| {
        let mut dump = sound();
        dump.days.extend([day]);
        differences(&dump)
    };
    for (found, expected) in [
        (
            with(|record| record.rev = i64::MAX),
            "rev 9223372036854775807",
        ),
        (with(|record| record.rev = -1), "rev -1"),
        (
            with(|record| record.created = Day::new(i32::MAX)),
            "calendar",
        ),
        (
            with(|record| record.count("reads").imported = 1 << 53),
            "reads: 0 counted and 9007199254740992 imported",
        ),
        (with_day(day(i32::MIN, "reads", 1)), "calendar"),
        (with_day(day(1, "reads", -1)), "reads -1 is out of range"),
        (with_day(day(1, "reaction:happy", i64::MIN)), "out of range"),
    ] {
        assert!(
            found.len() == 1 && found[0].contains(expected),
            "{expected}: {found:?}"
        );
    }
    let mut dump = sound();
    dump.votes.push(([0; 16], (u64::MAX, None)));
    assert!(differences(&dump)[0].contains("seq"));
}
