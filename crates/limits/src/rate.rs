use std::{cell::Cell, num::NonZeroU32, time::Duration};

use config::Rate;
use governor::{
    Quota, RateLimiter,
    clock::Clock,
    middleware::NoOpMiddleware,
    nanos::Nanos,
    state::{NotKeyed, StateStore},
};

/// The meter's reading after `many` units at `now`, or the wait until they would be admitted; more than a burst is
/// charged as a burst. Uses Governor's GCRA on a reading that is stored elsewhere: the time in ns at which the meter
/// is fully replenished; 0: never charged.
pub(super) fn next(
    Rate { burst, per_hour }: Rate,
    reading: u64,
    many: NonZeroU32,
    now: Duration,
) -> Result<u64, Duration> {
    let (time, next) = (Cell::new(Nanos::default()), Cell::new(reading));
    let quota = Quota::per_hour(per_hour).allow_burst(burst);
    // Governor measures from the creation of its limiter, so create it at time zero.
    let meter = StoredReading { reading, next: &next };
    let limiter: RateLimiter<NotKeyed, _, _, NoOpMiddleware<Nanos>> = RateLimiter::new(quota, meter, Time(&time));
    time.set(now.into());
    match limiter.check_n(many.min(burst)) {
        Ok(Ok(())) => Ok(next.get()),
        Ok(Err(not_until)) => Err(not_until.wait_time_from(time.get())),
        // Unreachable: `many` is at most a burst.
        Err(_) => Err(Duration::MAX),
    }
}

/// One reading.
struct StoredReading<'a> {
    reading: u64,
    next: &'a Cell<u64>,
}

impl StateStore for StoredReading<'_> {
    type Key = NotKeyed;

    fn measure_and_replace<T, F, E>(&self, _: &NotKeyed, judge: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let (outcome, next) = judge((self.reading > 0).then(|| self.reading.into()))?;
        self.next.set(next.into());
        Ok(outcome)
    }
}

/// A clock that returns the given time.
struct Time<'a>(&'a Cell<Nanos>);

impl Clock for Time<'_> {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        self.0.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_and_then_so_many_an_hour() {
        let some = |number| NonZeroU32::new(number).unwrap();
        let rate = Rate { burst: some(3), per_hour: some(60) };
        let mut reading = 0;
        let mut at = |seconds| match next(rate, reading, NonZeroU32::MIN, Duration::from_secs(seconds)) {
            Ok(next) => {
                reading = next;
                Ok(())
            }
            Err(wait) => Err(wait.as_secs()),
        };
        assert_eq!([at(10), at(10), at(10), at(10)], [Ok(()), Ok(()), Ok(()), Err(60)]);
        assert_eq!([at(69), at(70), at(70)], [Err(1), Ok(()), Err(60)]);
        assert_eq!(
            [at(250), at(250), at(250), at(250)],
            [Ok(()), Ok(()), Ok(()), Err(60)],
            "and no more, however long"
        );
    }

    #[test]
    fn several_at_once_have_room_together_or_wait_for_it() {
        let some = |number| NonZeroU32::new(number).unwrap();
        let rate = Rate { burst: some(5), per_hour: some(60) };
        let at = |reading, many, seconds| next(rate, reading, some(many), Duration::from_secs(seconds));
        let three = at(0, 3, 10).unwrap();
        assert_eq!(at(three, 4, 10), Err(Duration::from_secs(120)), "two have room now, and two more in two minutes");
        assert!(at(three, 4, 129).is_err() && at(three, 4, 130).is_ok());
        assert_eq!(at(three, 2, 10), at(0, 5, 10), "as much as five at once");
        assert_eq!(at(0, 1_000, 10), at(0, 5, 10), "more than a burst is as dear as a burst");
    }
}
