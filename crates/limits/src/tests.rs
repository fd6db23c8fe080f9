use std::net::Ipv4Addr;

use super::*;
use config::{Config, Overrides};
use store::{Admission, NewEvent, NewEventKind};

/// A site that an address reads, an article once a day, and its limits.
struct Reads {
    limits: Arc<Limits>,
    config: Arc<Config>,
    _dir: tempfile::TempDir,
}

impl Reads {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("gema.toml");
        let text =
            "[limits.reads]\nper_address = 1\n[sites.news]\norigins = [\"https://news.example\"]\n";
        std::fs::write(&file, text).unwrap();
        let config = Arc::new(Config::load(Some(&file), Overrides::default()).unwrap());
        Self {
            limits: Arc::new(Limits::new(|| Duration::from_secs(1))),
            config,
            _dir: dir,
        }
    }

    fn read(&self, day: Day, address: u32) {
        let site = Arc::clone(self.config.sites.values().next().unwrap());
        let limits = Arc::clone(&self.limits);
        let config = Arc::clone(&self.config);
        let article = wire::ArticleKey::parse("a").unwrap();
        let limiter = RequestLimiter::new(
            limits,
            config,
            site,
            day,
            Ipv4Addr::from(address).into(),
            None,
        );
        limiter.admits(
            0,
            &NewEvent {
                article: &article,
                is_first: false,
                kind: NewEventKind::Read,
            },
        );
        limiter.commit();
    }

    fn fills(&self, today: Day) -> Vec<Fill> {
        let sites = self.config.sites.keys().map(|site| (site, today));
        self.limits
            .fills(self.config.limits.as_ref().unwrap(), sites)
    }

    fn fullest(&self, today: Day) -> Fill {
        self.fills(today)
            .into_iter()
            .max_by(|a, b| a.part.total_cmp(&b.part))
            .unwrap()
    }
}

#[test]
fn a_half_full_meter_is_logged_once_and_exported() {
    let site = Reads::new();
    let today = Day::new(1);
    site.read(today, 0);
    assert!(
        site.fills(today)
            .iter()
            .all(|fill| !fill.is_newly_half_full && fill.part < 0.01)
    );
    (0..30_000).for_each(|address| site.read(today, address));
    let Fill {
        limit,
        site: of,
        part,
        is_newly_half_full,
    } = site.fullest(today);
    assert_eq!(
        (limit.name(), of.as_str(), is_newly_half_full),
        ("reads.per_address", "news", true)
    );
    assert!((0.5..1.0).contains(&part), "{part}");
    assert!(!site.fullest(today).is_newly_half_full);
}

#[test]
fn yesterdays_meters_do_not_affect_todays_fill() {
    let site = Reads::new();
    let [yesterday, today] = [1, 2].map(Day::new);
    (0..30_000).for_each(|address| site.read(yesterday, address));
    assert!(site.fullest(yesterday).part > 0.5);
    assert_eq!(site.fills(today), [], "nothing has been counted");
    site.read(today, 0);
    let Fill {
        part,
        is_newly_half_full,
        ..
    } = site.fullest(today);
    assert!(part < 0.01 && !is_newly_half_full, "{part}");
    (0..30_000).for_each(|address| site.read(today, address));
    assert!(
        site.fullest(today).is_newly_half_full,
        "another day is logged again"
    );
}

#[test]
fn admit_charges_all_actions_or_none() {
    let limits = Limits::new(|| Duration::from_secs(1));
    let amounts = Amounts::default();
    let asks = |actions: &[Action], many| {
        limits.admit(
            &amounts,
            Ipv4Addr::new(192, 0, 2, 1).into(),
            actions,
            NonZeroU32::new(many).unwrap(),
        )
    };
    asks(&[Action::Request], 5_950).unwrap();
    for _ in 0..100 {
        // 51 requests are regained at 120,000 an hour.
        assert_eq!(
            asks(&[Action::Request], 101).unwrap_err().retry_after,
            Some(Duration::from_secs(2))
        );
    }
    asks(&[Action::Show], 6_000).unwrap();
    asks(&[Action::Request], 50).unwrap();
    assert!(asks(&[Action::Request], 1).is_err() && asks(&[Action::Show], 1).is_err());
    assert!(
        asks(&[Action::OpaqueRequest], 601).is_ok(),
        "more than a burst is as dear as a burst"
    );
}

/// Limits with a clock that the test moves.
fn with_clock() -> (Limits, Arc<std::sync::atomic::AtomicU64>) {
    let seconds = Arc::new(std::sync::atomic::AtomicU64::new(1));
    let time = Arc::clone(&seconds);
    (
        Limits::new(move || Duration::from_secs(time.load(std::sync::atomic::Ordering::Relaxed))),
        seconds,
    )
}

#[test]
fn an_office_that_opens_many_uncached_articles_is_never_refused() {
    let (limits, seconds) = with_clock();
    let office = Ipv4Addr::new(192, 0, 2, 1).into();
    let miss = || {
        limits.admit(
            &Amounts::default(),
            office,
            &[Action::CacheMiss],
            NonZeroU32::MIN,
        )
    };
    // 2,000 readers open an article in the same minute, each with two answers, then a hundred articles in an hour.
    assert!((0..4_000).all(|_| miss().is_ok()));
    for _ in 0..60 {
        seconds.fetch_add(60, std::sync::atomic::Ordering::Relaxed);
        assert!((0..2_000 * 100 / 60).all(|_| miss().is_ok()));
    }
}

#[test]
fn uncached_answers_of_an_address_and_of_a_network_are_bounded() {
    let (limits, _) = with_clock();
    let miss = |address: &str| {
        let address = address.parse().unwrap();
        limits.admit(
            &Amounts::default(),
            address,
            &[Action::CacheMiss],
            NonZeroU32::MIN,
        )
    };
    let many = |address: &str| (0..7_000).filter(|_| miss(address).is_ok()).count();
    assert_eq!((many("192.0.2.1"), many("192.0.2.2")), (6_000, 6_000));
    assert!(
        miss("192.0.2.1")
            .unwrap_err()
            .reason
            .contains("cache_misses.per_address")
    );
    let of_line = (0..11).map(|line| many(&format!("2001:db8:1:{line}::1")));
    assert_eq!(
        of_line.collect::<Vec<_>>(),
        [&[6_000; 10][..], &[0]].concat(),
        "a /48 has ten lines' worth"
    );
    assert!(
        miss("2001:db8:1:99::1")
            .unwrap_err()
            .reason
            .contains("cache_misses.per_ipv6_network")
    );
    assert!(miss("2001:db8:2::1").is_ok());
}
