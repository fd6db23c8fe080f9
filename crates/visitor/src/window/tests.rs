use super::*;

fn at(now: &str, zone: &str) -> Window {
    Window::at(now.parse().unwrap(), &TimeZone::get(zone).unwrap())
}

#[test]
fn window_is_a_day_in_the_sites_time_zone() {
    let evening = at("2015-11-17T16:59:59Z", "Asia/Jakarta");
    assert_eq!(evening.day.to_string(), "2015-11-17");
    assert_eq!(evening.ends, "2015-11-17T17:00:00Z".parse().unwrap());
    assert_eq!(
        at("2015-11-17T17:00:00Z", "Asia/Jakarta").day.to_string(),
        "2015-11-18"
    );
    assert_eq!(
        at("2015-11-17T17:00:00Z", "UTC").day.to_string(),
        "2015-11-17"
    );
}

#[test]
fn a_day_that_no_calendar_has_is_shown_as_its_number() {
    for number in [i32::MIN, i32::MAX, 2_932_897] {
        let day = Day::new(number).to_string();
        assert_eq!(
            (day.as_str(), Day::parse(&day)),
            (&*format!("day {number}"), None)
        );
    }
    let last = Day::parse("9999-12-31").unwrap();
    assert_eq!(
        (last.get(), last.to_string().as_str()),
        (2_932_896, "9999-12-31")
    );
}

#[test]
fn day_and_hour_are_those_of_the_window() {
    for zone in ["Asia/Jakarta", "America/Santiago", "UTC"] {
        for now in ["2015-11-17T16:59:59Z", "2024-09-08T04:00:00Z"] {
            let (now, zone) = (now.parse().unwrap(), TimeZone::get(zone).unwrap());
            let expected = (Window::at(now, &zone).day, Hour::at(now, &zone));
            assert_eq!(day_and_hour(now, &zone), expected);
        }
    }
}

#[test]
fn hour_is_that_of_the_sites_time_zone() {
    let hour =
        |now: &str, zone| Hour::at(now.parse().unwrap(), &TimeZone::get(zone).unwrap()).get();
    assert_eq!(hour("2015-11-17T16:59:59Z", "Asia/Jakarta"), 23);
    assert_eq!(hour("2015-11-17T17:00:00Z", "Asia/Jakarta"), 0);
    assert!(!Hour::new(24).is_known() && Hour::new(23).is_known());
}

#[test]
fn window_ends_correctly_without_midnight() {
    // Clocks in Santiago go from 23:59 to 1:00 in September.
    assert_eq!(
        at("2024-09-07T12:00:00Z", "America/Santiago").ends,
        "2024-09-08T04:00:00Z".parse().unwrap()
    );
}

#[test]
fn day_converts_to_number_and_date() {
    assert_eq!(Day::parse("1970-01-02"), Some(Day::new(1)));
    assert_eq!(
        Day::parse("2015-11-17")
            .unwrap()
            .since(Day::parse("2014-11-17").unwrap()),
        365
    );
    assert_eq!(Day::new(-1).to_string(), "1969-12-31");
    assert_eq!(Day::parse("17 November"), None);
}
