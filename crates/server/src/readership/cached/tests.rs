use super::*;

impl CachedValue for i64 {
    fn bytes(&self) -> usize {
        8
    }
}

/// A value of so many bytes.
impl CachedValue for usize {
    fn bytes(&self) -> usize {
        *self
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

#[tokio::test]
async fn a_value_is_computed_once_while_it_is_fresh() {
    let cache = Arc::new(Cached::<u8, i64>::new(usize::MAX));
    let get = |key, second| {
        let cache = Arc::clone(&cache);
        async move {
            let make = move || async move { Ok(second) };
            let fresh = Freshness::up_to(Duration::from_secs(5));
            *cache.get(key, at(second), fresh, make).await.unwrap()
        }
    };
    assert_eq!(
        (get(1, 10).await, get(1, 15).await, get(1, 16).await),
        (10, 10, 16)
    );
    assert_eq!(get(2, 17).await, 17);
    assert_eq!(get(1, 3).await, 3, "the clock was set back");
}

#[tokio::test(start_paused = true)]
async fn an_old_value_is_returned_if_a_new_one_takes_long() {
    let cache = Arc::new(Cached::<u8, i64>::new(usize::MAX));
    let freshness = Freshness {
        fresh_for: Duration::from_secs(5),
        stale_for: Duration::from_secs(60),
    };
    let get = |second: i64, takes: Duration| {
        let cache = Arc::clone(&cache);
        async move {
            let make = move || async move {
                tokio::time::sleep(takes).await;
                Ok(second)
            };
            *cache.get(1, at(second), freshness, make).await.unwrap()
        }
    };
    let long = 2 * MAX_WAIT;
    assert_eq!(get(10, long).await, 10, "nothing is known");
    assert_eq!(get(25, MAX_WAIT / 2).await, 25);
    assert_eq!(get(31, long).await, 25);
    tokio::time::sleep(long).await;
    assert_eq!(get(32, long).await, 31);
    assert_eq!(get(99, long).await, 99, "it is too old");
}

#[tokio::test(start_paused = true)]
async fn a_value_that_took_long_is_fresh_for_longer() {
    let cache = Arc::new(Cached::<u8, i64>::new(usize::MAX));
    let freshness = Freshness {
        fresh_for: Duration::from_secs(5),
        stale_for: Duration::from_secs(90),
    };
    let none = Duration::ZERO;
    let get = |second: i64, takes: Duration| {
        let cache = Arc::clone(&cache);
        async move {
            let make = move || async move {
                tokio::time::sleep(takes).await;
                Ok(second)
            };
            *cache.get(1, at(second), freshness, make).await.unwrap()
        }
    };
    let half = Duration::from_millis(500);
    assert_eq!(get(100, half).await, 100);
    assert_eq!(get(130, none).await, 100, "sixty times half a second");
    assert_eq!(get(131, none).await, 131);
    assert_eq!(get(137, none).await, 137, "it took no time");
    let long = Duration::from_secs(30);
    assert_eq!(get(300, long).await, 300, "the one before is too old");
    assert_eq!(get(360, none).await, 300, "a minute at most");
    assert_eq!(get(361, none).await, 361);
}

#[tokio::test]
async fn refresh_computes_only_what_is_too_old() {
    let cache = Arc::new(Cached::<u8, i64>::new(usize::MAX));
    let value = |second| cache.find(&1, at(second)).map(|found| *found.value);
    for (second, expected) in [(10, 10), (14, 10), (20, 20)] {
        let make = move || async move { Ok(second) };
        let max_age = Duration::from_secs(5);
        cache.refresh(1, at(second), max_age, make).await;
        assert_eq!(value(second), Some(expected));
    }
    let fails = || async { Err(StoreError::Unavailable) };
    cache.refresh(1, at(90), Duration::ZERO, fails).await;
    assert_eq!(value(90), Some(20), "what was known stays");
}

#[tokio::test]
async fn values_are_bounded_in_number_and_age() {
    let cache = Arc::new(Cached::<usize, usize>::new(usize::MAX));
    let fresh = Freshness::up_to(Duration::from_secs(5));
    for key in 0..MAX_VALUES + 8 {
        let make = move || async move { Ok(key) };
        let now = at(key as i64);
        cache.get(key, now, fresh, make).await.unwrap();
    }
    assert_eq!(cache.known().len(), MAX_VALUES);
    cache.tidy(at(100_000), KEPT_FOR);
    assert_eq!(cache.known().len(), 0);
}

#[test]
fn the_newest_values_are_kept_within_the_bytes() {
    let cache = Cached::<char, usize>::new(100);
    let mut second = 0;
    let mut kept = |key, bytes| {
        second += 1;
        cache.insert(key, at(second), Duration::ZERO, Arc::new(bytes));
        let mut keys: Vec<char> = cache.known().keys().copied().collect();
        keys.sort_unstable();
        keys.into_iter().collect::<String>()
    };
    assert_eq!(kept('a', 40), "a");
    assert_eq!(kept('b', 60), "ab");
    assert_eq!(kept('b', 60), "ab", "the same key once");
    assert_eq!(kept('c', 40), "bc", "the oldest goes");
    assert_eq!(kept('d', 500), "d", "one alone may take more");
}

/// A value that is so old at first.
impl CachedValue for Duration {
    fn bytes(&self) -> usize {
        8
    }

    fn first_age(&self) -> Duration {
        *self
    }
}

#[tokio::test]
async fn a_value_that_was_old_at_first_is_fresh_for_less_time() {
    let cache = Arc::new(Cached::<u8, Duration>::new(usize::MAX));
    let get = async |second, first_age| {
        let make = move || async move { Ok(Duration::from_secs(first_age)) };
        let fresh = Freshness::up_to(Duration::from_secs(60));
        let found = cache.get(1, at(second), fresh, make).await.unwrap();
        found.as_secs()
    };
    assert_eq!(get(100, 25).await, 25);
    assert_eq!(get(135, 0).await, 25);
    assert_eq!(get(136, 0).await, 0, "61 seconds old");
    assert_eq!(get(196, 7).await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_value_is_as_old_as_what_it_was_computed_from() {
    let cache = Arc::new(Cached::<u8, Duration>::new(usize::MAX));
    let get = |key, second, first_age: Duration| {
        let cache = Arc::clone(&cache);
        let take = Duration::from_secs(20);
        async move {
            let make = move || async move {
                tokio::time::sleep(take).await;
                Ok(first_age)
            };
            let fresh = Freshness::up_to(Duration::from_secs(60));
            *cache.get(key, at(second), fresh, make).await.unwrap()
        }
    };
    let [known, other] = [20, 27].map(Duration::from_secs);
    // Gathered for this value alone, from when it was requested on.
    assert_eq!(get(1, 100, known).await, known);
    assert_eq!(get(1, 160, other).await, known);
    // One that waits for another one and shares what that has gathered.
    let (first, second) = tokio::join!(get(2, 200, known), get(3, 200, 2 * known));
    assert_eq!((first, second), (known, 2 * known));
    assert_eq!(get(3, 260, other).await, 2 * known);
    // Shared sums that were seven seconds old when it was requested.
    assert_eq!(get(4, 300, other).await, other);
    assert_eq!(get(4, 353, known).await, other);
    assert_eq!(get(4, 354, known).await, known);
}
