//! Connection limits: in total, per subscriber line, and per surrounding network.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use config::Connections;
use prometheus_client::metrics::gauge::Gauge;
use visitor::wider_network;

/// Limits concurrent connections: in total, per line (see [`visitor::network`]), and per surrounding network,
/// which gets half of the total for an IPv4 /20, and a quarter for an IPv6 /48, which anybody can rent.
#[derive(Debug)]
pub struct Room {
    limits: Connections,
    gauge: Gauge,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_line: HashMap<IpAddr, usize>,
    by_network: HashMap<IpAddr, usize>,
}

/// A permit; dropping it releases the connection.
#[derive(Debug)]
pub struct Place {
    room: Arc<Room>,
    /// `None`: the peer is a proxy.
    line: Option<IpAddr>,
}

impl Room {
    /// A limiter without connections. The gauge shows their number.
    pub fn new(limits: Connections, gauge: Gauge) -> Self {
        Self { limits, gauge, taken: Mutex::default() }
    }

    /// Takes a permit for a line (see [`visitor::network`]); `None` if a limit is reached. Without a line, only the
    /// total is limited.
    pub fn take(room: &Arc<Self>, line: Option<IpAddr>) -> Option<Place> {
        let mut taken = room.taken();
        let Connections { max, per_address } = room.limits;
        let count = |of: &HashMap<IpAddr, usize>, key: IpAddr| of.get(&key).copied().unwrap_or(0);
        if taken.all >= max {
            return None;
        }
        if let Some(line) = line {
            let around = wider_network(line);
            let of_network = count(&taken.by_network, around);
            let per_network = if around.is_ipv4() { max / 2 } else { max / 4 };
            let of_line = count(&taken.by_line, line);
            if of_line >= per_address || of_network >= per_network.max(per_address) {
                return None;
            }
            taken.by_line.insert(line, of_line + 1);
            taken.by_network.insert(around, of_network + 1);
        }
        taken.all += 1;
        room.gauge.inc();
        drop(taken);
        Some(Place { room: Arc::clone(room), line })
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
        let Some(line) = self.line else { return };
        leave(&mut taken.by_line, line);
        leave(&mut taken.by_network, wider_network(line));
    }
}

fn leave(taken: &mut HashMap<IpAddr, usize>, key: IpAddr) {
    match taken.get_mut(&key) {
        Some(theirs) if *theirs > 1 => *theirs -= 1,
        _ => drop(taken.remove(&key)),
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
        assert_eq!((taken.all, taken.by_line.len(), taken.by_network.len(), room.gauge.get()), (0, 0, 0, 0));
    }

    #[test]
    fn a_rented_network_and_a_block_of_addresses_leave_room_for_others() {
        let room = Arc::new(Room::new(Connections::LIVE, Gauge::default()));
        let mut taken = Vec::new();
        let mut take_all = |network: &dyn Fn(u32) -> String| {
            let before = taken.len();
            taken.extend((0..10_000).filter_map(|line| Room::take(&room, network(line % 256).parse().ok())));
            taken.len() - before
        };
        assert_eq!(take_all(&|line| format!("2001:db8:1:{line:x}::")), 1_250, "of a /56");
        assert_eq!(take_all(&|line| format!("198.51.100.{line}")), 2_500, "of a /24");
        assert_eq!(take_all(&|line| format!("203.0.{line}.1")), 1_250, "what is left is for others");
    }

    #[test]
    fn two_lines_do_not_take_all_that_their_network_has() {
        for limits in [Connections::ALL, Connections::LIVE] {
            assert!(2 * limits.per_address < limits.max / 4);
        }
    }
}
