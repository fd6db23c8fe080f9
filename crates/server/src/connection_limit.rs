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
mod tests;
