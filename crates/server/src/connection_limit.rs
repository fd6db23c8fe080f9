//! Connection limits: in total, per subscriber, and per surrounding network.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use config::ConnectionLimits;
use prometheus_client::metrics::gauge::Gauge;
use visitor::wider_network;

/// Limits concurrent connections: in total, per subscriber (see [`visitor::network`]), and per surrounding network,
/// which gets half of the total for an IPv4 /20, and a quarter for an IPv6 /48, which anybody can rent.
#[derive(Debug)]
pub struct ConnectionLimiter {
    limits: ConnectionLimits,
    gauge: Gauge,
    open: Mutex<OpenConnections>,
}

#[derive(Debug, Default)]
struct OpenConnections {
    all: usize,
    by_subscriber: HashMap<IpAddr, usize>,
    by_network: HashMap<IpAddr, usize>,
}

/// A permit; dropping it releases the connection.
#[derive(Debug)]
pub struct Permit {
    limiter: Arc<ConnectionLimiter>,
    /// `None`: the peer is a proxy.
    subscriber: Option<IpAddr>,
}

impl ConnectionLimiter {
    /// A limiter without connections. The gauge shows their number.
    pub fn new(limits: ConnectionLimits, gauge: Gauge) -> Self {
        Self {
            limits,
            gauge,
            open: Mutex::default(),
        }
    }

    /// Takes a permit for a subscriber (see [`visitor::network`]); `None` if a limit is reached. Without a
    /// subscriber, only the total is limited.
    pub fn try_acquire(limiter: &Arc<Self>, subscriber: Option<IpAddr>) -> Option<Permit> {
        let mut open = limiter.open();
        let ConnectionLimits { max, per_address } = limiter.limits;
        let count = |of: &HashMap<IpAddr, usize>, key: IpAddr| of.get(&key).copied().unwrap_or(0);
        if open.all >= max {
            return None;
        }
        if let Some(subscriber) = subscriber {
            let around = wider_network(subscriber);
            let of_network = count(&open.by_network, around);
            let per_network = if around.is_ipv4() { max / 2 } else { max / 4 };
            let of_subscriber = count(&open.by_subscriber, subscriber);
            if of_subscriber >= per_address || of_network >= per_network.max(per_address) {
                return None;
            }
            open.by_subscriber.insert(subscriber, of_subscriber + 1);
            open.by_network.insert(around, of_network + 1);
        }
        open.all += 1;
        limiter.gauge.inc();
        drop(open);
        Some(Permit {
            limiter: Arc::clone(limiter),
            subscriber,
        })
    }

    fn open(&self) -> MutexGuard<'_, OpenConnections> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut open = self.limiter.open();
        open.all -= 1;
        self.limiter.gauge.dec();
        let Some(subscriber) = self.subscriber else {
            return;
        };
        decrement(&mut open.by_subscriber, subscriber);
        decrement(&mut open.by_network, wider_network(subscriber));
    }
}

fn decrement(open: &mut HashMap<IpAddr, usize>, key: IpAddr) {
    match open.get_mut(&key) {
        Some(theirs) if *theirs > 1 => *theirs -= 1,
        _ => drop(open.remove(&key)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_network_cannot_take_all_connections() {
        let limiter = Arc::new(ConnectionLimiter::new(
            ConnectionLimits {
                max: 5,
                per_address: 2,
            },
            Gauge::default(),
        ));
        let try_acquire = |network: &str| {
            ConnectionLimiter::try_acquire(&limiter, Some(network.parse().unwrap()))
        };
        let first = try_acquire("192.0.2.1").unwrap();
        let second = try_acquire("192.0.2.1").unwrap();
        assert!(try_acquire("192.0.2.1").is_none());
        let proxied = [(); 3].map(|()| ConnectionLimiter::try_acquire(&limiter, None).unwrap());
        assert!(
            ConnectionLimiter::try_acquire(&limiter, None).is_none()
                && try_acquire("198.51.100.1").is_none(),
            "full"
        );
        drop(first);
        assert!(ConnectionLimiter::try_acquire(&limiter, None).is_some());
        drop((second, proxied));
        let open = limiter.open();
        assert_eq!(
            (
                open.all,
                open.by_subscriber.len(),
                open.by_network.len(),
                limiter.gauge.get()
            ),
            (0, 0, 0, 0)
        );
    }

    #[test]
    fn connections_of_one_network_leave_room_for_others() {
        let limiter = Arc::new(ConnectionLimiter::new(
            ConnectionLimits::DEFAULT_LIVE,
            Gauge::default(),
        ));
        let mut permits = Vec::new();
        let mut acquire_all = |network: &dyn Fn(u32) -> String| {
            let before = permits.len();
            permits.extend((0..10_000).filter_map(|subscriber| {
                ConnectionLimiter::try_acquire(&limiter, network(subscriber % 256).parse().ok())
            }));
            permits.len() - before
        };
        assert_eq!(
            acquire_all(&|subscriber| format!("2001:db8:1:{subscriber:x}::")),
            1_250,
            "of a /56"
        );
        assert_eq!(
            acquire_all(&|subscriber| format!("198.51.100.{subscriber}")),
            2_500,
            "of a /24"
        );
        assert_eq!(
            acquire_all(&|subscriber| format!("203.0.{subscriber}.1")),
            1_250,
            "what is left is for others"
        );
    }

    #[test]
    fn two_subscribers_do_not_exhaust_their_networks_connections() {
        for limits in [
            ConnectionLimits::DEFAULT_TOTAL,
            ConnectionLimits::DEFAULT_LIVE,
        ] {
            assert!(2 * limits.per_address < limits.max / 4);
        }
    }
}
