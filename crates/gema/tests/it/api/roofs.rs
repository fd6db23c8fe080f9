//! Upper bounds of the counts that networks of each size can add under the default limits, by a simulated clock; and
//! crowds behind one address, which are counted completely.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use config::{Config, Site};
use limits::{Limits, RequestLimiter};
use store::{Admission, NewEvent, NewEventKind};
use store_contract::soak::rounds;
use visitor::Day;
use wire::{ArticleKey, Network};

use crate::site::article;

/// The limiter of one endpoint with one site, and a clock that the test advances.
struct SimulatedEndpoint {
    limits: Arc<Limits>,
    config: Arc<Config>,
    site: Arc<Site>,
    seconds: Arc<AtomicU64>,
}

/// The kind of event that an attacker adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Adds {
    Reads,
    Reactions,
    Shares,
    Articles,
    Events,
}

impl SimulatedEndpoint {
    fn new() -> Self {
        let seconds = Arc::new(AtomicU64::new(1_000_000));
        let clock = Arc::clone(&seconds);
        let limits = Arc::new(Limits::new(move || {
            Duration::from_secs(clock.load(Ordering::SeqCst))
        }));
        Self {
            limits,
            config: Arc::new(Config::demo()),
            site: Arc::new(Site::demo()),
            seconds,
        }
    }

    fn seconds_pass(&self, seconds: u64) {
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
    }

    fn admits(
        &self,
        address: IpAddr,
        article: &ArticleKey,
        is_first: bool,
        what: NewEventKind<'_>,
    ) -> bool {
        let limits = Arc::clone(&self.limits);
        let config = Arc::clone(&self.config);
        let site = Arc::clone(&self.site);
        let limiter = RequestLimiter::new(limits, config, site, Day::new(1), address, None);
        let is_admitted = limiter.admits(
            0,
            &NewEvent {
                article,
                is_first,
                kind: what,
            },
        );
        limiter.commit();
        is_admitted
    }

    /// Adds events from each address until it is refused; returns the number of admitted events.
    fn add_all(&self, addresses: &[IpAddr], adds: Adds, made: &mut u64) -> u64 {
        let one = article("a");
        let network = Network::parse("whatsapp").unwrap();
        let before = *made;
        for address in addresses {
            loop {
                let is_admitted = match adds {
                    Adds::Reads => self.admits(*address, &one, false, NewEventKind::Read),
                    Adds::Reactions => self.admits(*address, &one, false, NewEventKind::Voter),
                    Adds::Shares => {
                        self.admits(*address, &one, false, NewEventKind::Share(&network))
                    }
                    Adds::Articles => self.admits(
                        *address,
                        &article(&format!("junk-{made}")),
                        true,
                        NewEventKind::Read,
                    ),
                    Adds::Events => self.admits(
                        *address,
                        &article(&format!("old-{made}")),
                        false,
                        NewEventKind::Read,
                    ),
                };
                if !is_admitted {
                    break;
                }
                *made += 1;
            }
        }
        *made - before
    }
}

/// Number of events that the addresses add at once, in an hour, and in a day, if they retry each hour.
fn added(addresses: &[IpAddr], adds: Adds) -> [u64; 3] {
    let endpoint = SimulatedEndpoint::new();
    let mut made = 0;
    let mut sums = [0; 3];
    for hour in 0..=24 {
        endpoint.add_all(addresses, adds, &mut made);
        match hour {
            0 => sums[0] = made,
            1 => sums[1] = made,
            _ => sums[2] = made,
        }
        endpoint.seconds_pass(3_600);
    }
    sums
}

fn ipv4_address() -> Vec<IpAddr> {
    vec![Ipv4Addr::new(198, 51, 100, 7).into()]
}

fn ipv4_block() -> Vec<IpAddr> {
    (0..=255)
        .map(|host| Ipv4Addr::new(198, 51, 100, host).into())
        .collect()
}

/// Enough subscribers of one /48 to use up its budget.
fn ipv6_network() -> Vec<IpAddr> {
    (0..64_u128)
        .map(|line| Ipv6Addr::from(0x2001_0db8_0001_u128 << 80 | line << 64 | 1).into())
        .collect()
}

/// Maximum numbers at once, in an hour and in a day: reads, first reactions and shares of one article; articles created
/// by a first read; and reads of a whole site.
const TABLE: [(Adds, &str, [u64; 3]); 13] = [
    (Adds::Reads, "address", [2_500, 2_500, 2_500]),
    (Adds::Reads, "/24", [200_000, 200_000, 200_000]),
    (Adds::Reads, "/48", [25_000, 25_000, 25_000]),
    (Adds::Reactions, "address", [2_000, 3_000, 3_000]),
    (Adds::Reactions, "/24", [20_000, 40_000, 50_000]),
    (Adds::Reactions, "/48", [20_000, 30_000, 30_000]),
    (Adds::Shares, "address", [500, 500, 500]),
    (Adds::Shares, "/24", [50_000, 50_000, 50_000]),
    (Adds::Shares, "/48", [5_000, 5_000, 5_000]),
    (Adds::Articles, "address", [300, 600, 1_000]),
    (Adds::Articles, "/24", [3_000, 6_000, 10_000]),
    (Adds::Articles, "/48", [3_000, 6_000, 10_000]),
    (Adds::Events, "address", [20_000, 40_000, 100_000]),
];

#[test]
fn a_flood_of_one_network_adds_what_the_document_says() {
    for (adds, name, expected) in TABLE {
        let addresses = match name {
            "address" => ipv4_address(),
            "/24" => ipv4_block(),
            _ => ipv6_network(),
        };
        // The remaining rows take longer, so only the long form runs them.
        if rounds(0, 1) == 1 || expected[2] <= 25_000 {
            let sums = added(&addresses, adds);
            println!("{adds:?} {name}: {sums:?} at once, in an hour, in a day");
            assert_eq!(sums, expected, "{adds:?} {name}");
        }
    }
}

/// Each of these readers reads and reacts, and one in ten shares. Returns the number of refused events.
fn refused_of_crowd(
    readers: u32,
    address: impl Fn(u32) -> IpAddr,
    pause: impl Fn(&SimulatedEndpoint, u32),
) -> usize {
    let endpoint = SimulatedEndpoint::new();
    let one = article("a");
    let network = Network::parse("whatsapp").unwrap();
    let mut refused = 0;
    for reader in 0..readers {
        let from = address(reader);
        let mut sends = |what| refused += usize::from(!endpoint.admits(from, &one, false, what));
        sends(NewEventKind::Read);
        sends(NewEventKind::Voter);
        if reader % 10 == 0 {
            sends(NewEventKind::Share(&network));
        }
        pause(&endpoint, reader);
    }
    refused
}

#[test]
fn an_office_of_2000_counts_whole_within_a_minute() {
    for address in ["192.0.2.1", "2001:db8:1:2::1"] {
        assert_eq!(
            refused_of_crowd(2_000, |_| address.parse().unwrap(), |_, _| {}),
            0,
            "{address}"
        );
    }
}

/// In each of four breaks, all pupils read and react to five articles.
#[test]
fn a_school_of_1500_counts_whole_in_every_break() {
    let endpoint = SimulatedEndpoint::new();
    for hour in 0..4 {
        for number in 0..5 {
            let one = article(&format!("{hour}-{number}"));
            let first = endpoint.admits([192, 0, 2, 1].into(), &one, true, NewEventKind::Read);
            let sent = (0..1_500)
                .flat_map(|_| [NewEventKind::Read, NewEventKind::Voter])
                .skip(1);
            let refused = sent
                .filter(|what| !endpoint.admits([192, 0, 2, 1].into(), &one, false, *what))
                .count();
            assert_eq!(
                (first, refused),
                (true, 0),
                "article {number} of hour {hour}"
            );
        }
        endpoint.seconds_pass(3_600);
    }
}

/// 4,096 addresses, each shared by dozens of readers, from eight in the evening until midnight.
#[test]
fn a_carriers_part_counts_whole_on_an_election_night() {
    let readers: u32 = rounds(40_960, 200_000);
    let a_minute = readers / 240;
    let carrier = |reader: u32| Ipv4Addr::from(0xC633_0000 | (reader % 4_096)).into();
    let endpoint = SimulatedEndpoint::new();
    let one = article("result");
    let mut refused = 0;
    for reader in 0..readers {
        refused += usize::from(!endpoint.admits(carrier(reader), &one, false, NewEventKind::Read));
        if reader % 5 == 0 {
            refused +=
                usize::from(!endpoint.admits(carrier(reader), &one, false, NewEventKind::Voter));
        }
        if reader % a_minute == 0 {
            endpoint.seconds_pass(60);
        }
    }
    assert_eq!(refused, 0);
}

/// A hundred networks create as many articles as they can for an hour, with all of their addresses. The first readers of
/// the newsroom's articles are in a few networks, which have read many new ones.
#[test]
fn a_flood_of_junk_articles_delays_no_first_reader() {
    for width in ["/24", "/48"] {
        let endpoint = SimulatedEndpoint::new();
        let mut made = 0;
        let mut tried = 0;
        let mut is_refused = false;
        for minute in 0..60_u32 {
            for network in 0..100_u32 {
                // Each network sends from one subscriber after another until it is refused.
                for line in 0..3_000 {
                    let address: IpAddr = match width {
                        "/24" => Ipv4Addr::from(0x0A00_0000 + (network << 12) + line % 256).into(),
                        _ => Ipv6Addr::from(
                            u128::from(network) << 80 | u128::from(line) << 64 | 1 << 120,
                        )
                        .into(),
                    };
                    tried += 1;
                    if !endpoint.admits(
                        address,
                        &article(&format!("junk-{tried}")),
                        true,
                        NewEventKind::Read,
                    ) {
                        is_refused = true;
                        break;
                    }
                    made += 1;
                }
            }
            let reader = Ipv4Addr::new(203, 0, minute as u8, 7).into();
            let news = article(&format!("news-{minute}"));
            assert!(
                endpoint.admits(reader, &news, true, NewEventKind::Read),
                "{width}, minute {minute}, {made} articles"
            );
            endpoint.seconds_pass(60);
        }
        println!("{made} junk articles of 100 networks of {width} in an hour");
        assert!(is_refused && made > 10_000);
    }
}

/// A hundred networks create as many articles as they can for an hour, each with ten addresses, so that a thousand
/// addresses have used much of their limits.
#[test]
fn a_thousand_busy_addresses_delay_no_first_reader() {
    const FIRST_READERS: u32 = 200;
    for width in ["/24", "/48"] {
        let endpoint = SimulatedEndpoint::new();
        let mut tried = 0;
        let mut refused = 0;
        let mut is_junk_refused = false;
        for turn in 0..FIRST_READERS {
            for line in 0..1_000_u32 {
                let (network, host) = (line / 10, line % 10);
                let address: IpAddr = match width {
                    "/24" => Ipv4Addr::from(0x0A00_0000 + (network << 12) + host).into(),
                    _ => Ipv6Addr::from(
                        u128::from(network) << 80 | u128::from(host) << 64 | 1 << 120,
                    )
                    .into(),
                };
                loop {
                    tried += 1;
                    let junk = article(&format!("junk-{tried}"));
                    if !endpoint.admits(address, &junk, true, NewEventKind::Read) {
                        is_junk_refused = true;
                        break;
                    }
                }
            }
            // Each in a network of their own.
            let reader = Ipv4Addr::from(0xCB00_0007 + (turn << 12)).into();
            let news = article(&format!("news-{turn}"));
            refused += u32::from(!endpoint.admits(reader, &news, true, NewEventKind::Read));
            endpoint.seconds_pass(3_600 / u64::from(FIRST_READERS));
        }
        assert!(is_junk_refused && tried > 10_000);
        // A reader may collide with busy addresses in all cells of a meter, once in tens of thousands.
        assert!(refused <= 1, "{refused} of {FIRST_READERS}, {width}");
    }
}
