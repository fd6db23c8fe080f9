use std::{num::NonZeroU32, time::Duration};

use config::Rate;

const HOUR: Duration = Duration::from_secs(60 * 60);

/// The meter's reading after `many` units at `now`, or the wait until they would be admitted; more than a burst is
/// charged as a burst. The generic cell rate algorithm: the reading is the theoretical arrival time, in ns, at which
/// the meter is fully replenished; 0: never charged.
pub(super) fn next(
    Rate { burst, per_hour }: Rate,
    reading: u64,
    many: NonZeroU32,
    now: Duration,
) -> Result<u64, Duration> {
    let interval = HOUR / per_hour.get();
    let replenished = now.max(Duration::from_nanos(reading)) + interval * many.min(burst).get();
    let admitted = replenished.saturating_sub(interval * burst.get());
    match admitted.checked_sub(now) {
        None | Some(Duration::ZERO) => {
            Ok(u64::try_from(replenished.as_nanos()).unwrap_or(u64::MAX))
        }
        Some(wait) => Err(wait),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_admits_its_burst_and_then_its_hourly_amount() {
        let some = |number| NonZeroU32::new(number).unwrap();
        let rate = Rate {
            burst: some(3),
            per_hour: some(60),
        };
        let mut reading = 0;
        let mut at =
            |seconds| match next(rate, reading, NonZeroU32::MIN, Duration::from_secs(seconds)) {
                Ok(next) => {
                    reading = next;
                    Ok(())
                }
                Err(wait) => Err(wait.as_secs()),
            };
        assert_eq!(
            [at(10), at(10), at(10), at(10)],
            [Ok(()), Ok(()), Ok(()), Err(60)]
        );
        assert_eq!([at(69), at(70), at(70)], [Err(1), Ok(()), Err(60)]);
        assert_eq!(
            [at(250), at(250), at(250), at(250)],
            [Ok(()), Ok(()), Ok(()), Err(60)],
            "and no more, however long"
        );
    }

    #[test]
    fn several_units_are_admitted_together_or_wait() {
        let some = |number| NonZeroU32::new(number).unwrap();
        let rate = Rate {
            burst: some(5),
            per_hour: some(60),
        };
        let at =
            |reading, many, seconds| next(rate, reading, some(many), Duration::from_secs(seconds));
        let three = at(0, 3, 10).unwrap();
        assert_eq!(
            at(three, 4, 10),
            Err(Duration::from_secs(120)),
            "two have room now, and two more in two minutes"
        );
        assert!(at(three, 4, 129).is_err() && at(three, 4, 130).is_ok());
        assert_eq!(at(three, 2, 10), at(0, 5, 10), "as much as five at once");
        assert_eq!(
            at(0, 1_000, 10),
            at(0, 5, 10),
            "more than a burst is as dear as a burst"
        );
    }
}
