//! Room for connections that stay open: so many in all, and so many from one network.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use prometheus_client::metrics::gauge::Gauge;

use crate::config::Connections;

/// Room for connections: so many in all, and so many from one network.
#[derive(Debug)]
pub struct Room {
    limits: Connections,
    gauge: Gauge,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_network: HashMap<IpAddr, usize>,
}

/// A place that is taken, until this is dropped.
#[derive(Debug)]
pub struct Place {
    room: Arc<Room>,
    /// `None`: of a proxy.
    network: Option<IpAddr>,
}

impl Room {
    /// All of it, and nothing taken. The gauge shows how much is.
    pub fn new(limits: Connections, gauge: Gauge) -> Self {
        Self { limits, gauge, taken: Mutex::default() }
    }

    /// A place, if there is one; without a network, it only counts as one of all.
    pub fn take(room: &Arc<Self>, network: Option<IpAddr>) -> Option<Place> {
        let mut taken = room.taken();
        let theirs = network.map_or(0, |network| taken.by_network.get(&network).copied().unwrap_or(0));
        if taken.all >= room.limits.max || theirs >= room.limits.per_address {
            return None;
        }
        taken.all += 1;
        room.gauge.inc();
        if let Some(network) = network {
            taken.by_network.insert(network, theirs + 1);
        }
        drop(taken);
        Some(Place { room: Arc::clone(room), network })
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.room.taken();
        taken.all -= 1;
        self.room.gauge.dec();
        let Some(network) = self.network else { return };
        match taken.by_network.get_mut(&network) {
            Some(theirs) if *theirs > 1 => *theirs -= 1,
            _ => drop(taken.by_network.remove(&network)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_network_cannot_take_it_all_and_gives_back_what_it_took() {
        let room = Arc::new(Room::new(Connections { max: 5, per_address: 2 }, Gauge::default()));
        let take = |network: &str| Room::take(&room, Some(network.parse().unwrap()));
        let (first, second) = (take("192.0.2.1").unwrap(), take("192.0.2.1").unwrap());
        assert!(take("192.0.2.1").is_none());
        let proxied = [(); 3].map(|()| Room::take(&room, None).unwrap());
        assert!(Room::take(&room, None).is_none() && take("198.51.100.1").is_none(), "full");
        drop(first);
        assert!(Room::take(&room, None).is_some());
        drop((second, proxied));
        let taken = room.taken();
        assert_eq!((taken.all, taken.by_network.len(), room.gauge.get()), (0, 0, 0));
    }
}
