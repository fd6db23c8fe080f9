use super::*;

const TODAY: Day = Day::new(100);

fn reads(day: i32, hour: u8, change: i64) -> HourChange {
    HourChange {
        day: Day::new(day),
        hour: Hour::new(hour),
        metric: Metric::Reads,
        change,
    }
}

#[test]
fn today_is_compared_with_the_same_hours_a_week_before() {
    let hours = [
        reads(93, 8, 5),
        reads(93, 10, 7),
        reads(93, 11, 100),
        reads(100, 9, 4),
        reads(100, 24, 1),
    ];
    let totals = totals(&hours, TODAY, Hour::new(10), true);
    assert_eq!(totals[0], (5, Some(12)));
    assert_eq!(by_hour(&hours, TODAY)[9], 4);
}

#[test]
fn usual_needs_three_days_with_hours() {
    let mut hours = vec![reads(97, 9, 6), reads(98, 9, 3), reads(100, 9, 50)];
    assert_eq!(usual(&hours, TODAY), None);
    hours.push(reads(99, 9, 0));
    hours.push(reads(96, 9, 9));
    assert_eq!(usual(&hours, TODAY).unwrap()[9], 6.0);
}

#[test]
fn what_rises_beats_what_is_always_read() {
    let sums = HourSums {
        hours: vec![(TODAY, Hour::new(0)); 4],
        reads: [[100, 100, 100, 100], [0, 1, 20, 30], [0, 0, 1, 2]].concat(),
    };
    assert_eq!(rising_articles(&sums), [1]);
}

#[test]
fn what_rises_is_not_hidden_by_handfuls_of_reads() {
    let mut reads = vec![[0, 0, 0, 6]; 12];
    reads.push([500, 500, 800, 800]);
    reads.push([0, 0, 20, 60]);
    let sums = HourSums {
        hours: vec![(TODAY, Hour::new(0)); 4],
        reads: reads.concat(),
    };
    assert_eq!(rising_articles(&sums), [12, 13]);
    let quiet = HourSums {
        hours: sums.hours.clone(),
        reads: [[0, 0, 0, 6], [1, 1, 1, 1], [0, 0, 1, 1]].concat(),
    };
    assert_eq!(rising_articles(&quiet), [0], "a small site");
}
