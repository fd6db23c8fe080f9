use std::fmt;

use jiff::{Span, Timestamp, civil::Date, tz::TimeZone};

/// A day in a site's time zone, as days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

/// Day 0.
const EPOCH: Date = jiff::civil::date(1970, 1, 1);

impl Day {
    /// The day with that number.
    pub const fn new(days: i32) -> Self {
        Self(days)
    }

    /// Parses `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse::<Date>().ok().map(Self::from)
    }

    /// Days since 1970-01-01.
    pub const fn get(self) -> i32 {
        self.0
    }

    /// Days from `earlier` to this day.
    pub fn since(self, earlier: Self) -> i64 {
        i64::from(self.0) - i64::from(earlier.0)
    }
}

impl From<Date> for Day {
    fn from(date: Date) -> Self {
        // Calendar dates are within ten thousand years of 1970, so the number fits.
        Self(date.since(EPOCH).map_or(0, |span| span.get_days()))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let span = Span::new().try_days(self.0);
        match span.and_then(|span| EPOCH.checked_add(span)) {
            Ok(date) => date.fmt(f),
            Err(_) => write!(f, "day {}", self.0),
        }
    }
}

/// An hour of a day in a site's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hour(u8);

/// Hours of a day.
pub const HOURS_PER_DAY: u8 = 24;

impl Hour {
    /// The hour is not known: the count was imported, withdrawn by an erasure, or stored before hours were kept. Sorts
    /// after all others.
    pub const UNKNOWN: Self = Self(HOURS_PER_DAY);

    /// The hour with that number; [`UNKNOWN`](Self::UNKNOWN) unless it is below 24.
    pub const fn new(hour: u8) -> Self {
        if hour < HOURS_PER_DAY {
            Self(hour)
        } else {
            Self::UNKNOWN
        }
    }

    /// The hour at that time. When clocks are set back, two hours have the same number.
    pub fn at(now: Timestamp, zone: &TimeZone) -> Self {
        day_and_hour(now, zone).1
    }

    /// 0 to 23; 24 if it is not known.
    pub const fn get(self) -> u8 {
        self.0
    }

    /// Whether the hour is known.
    pub fn is_known(self) -> bool {
        self != Self::UNKNOWN
    }
}

/// The day and the hour at that time, in that time zone.
pub fn day_and_hour(now: Timestamp, zone: &TimeZone) -> (Day, Hour) {
    let there = now.to_zoned_datetime(zone.clone());
    (there.date().into(), Hour::new(there.hour().unsigned_abs()))
}

/// Deduplication window: one calendar day in the site's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The day.
    pub day: Day,
    /// End of the window, exclusive.
    pub ends: Timestamp,
}

impl Window {
    /// The window at that time.
    pub fn at(now: Timestamp, zone: &TimeZone) -> Self {
        let date = now.to_zoned_datetime(zone.clone()).date();
        let midnight = date
            .tomorrow()
            .and_then(|next| next.to_zoned_datetime(zone.clone()));
        // Only the last day of the year 9999 has no successor.
        Self {
            day: date.into(),
            ends: midnight.map_or(Timestamp::MAX, |next| next.timestamp()),
        }
    }
}

#[cfg(test)]
mod tests;
