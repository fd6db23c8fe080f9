//! Memory budget for request bodies in transit: in total, and per network. Small bodies are free, so that clients who
//! stall large bodies can only block other large ones.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Bodies up to this size need no budget, in bytes: a batch of about twenty events.
pub const FREE_BODY_BYTES: usize = 4 * 1024;

/// Budget of all bodies together, in bytes.
const MAX_TOTAL_BYTES: usize = 16 * 1024 * 1024;

/// Budget of the bodies from one network (see [`visitor::wider_network`]), in bytes.
const MAX_NETWORK_BYTES: usize = MAX_TOTAL_BYTES / 8;

/// The memory budget.
#[derive(Debug, Default)]
pub struct BodyBudget {
    reserved: Mutex<ReservedBytes>,
}

#[derive(Debug, Default)]
struct ReservedBytes {
    all: usize,
    by_network: HashMap<IpAddr, usize>,
}

/// The share of one body; dropping it releases the memory.
#[derive(Debug)]
pub struct Reservation<'b> {
    budget: &'b BodyBudget,
    /// `None`: the peer is a proxy, which carries many clients.
    network: Option<IpAddr>,
    bytes: usize,
}

impl BodyBudget {
    /// A reservation for a body that has not started.
    pub fn reserve(&self, network: Option<IpAddr>) -> Reservation<'_> {
        Reservation {
            budget: self,
            network,
            bytes: 0,
        }
    }

    /// Memory reserved, in bytes.
    pub fn bytes(&self) -> usize {
        self.reserved().all
    }

    fn reserved(&self) -> MutexGuard<'_, ReservedBytes> {
        self.reserved.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reservation<'_> {
    /// Extends the reservation to `bytes`. False: the budget is exhausted.
    pub fn grow_to(&mut self, bytes: usize) -> bool {
        if bytes <= FREE_BODY_BYTES || bytes <= self.bytes {
            return true;
        }
        let more = bytes - self.bytes;
        let mut reserved = self.budget.reserved();
        let of_network = self.network.map_or(0, |network| {
            reserved.by_network.get(&network).copied().unwrap_or(0)
        });
        if reserved.all + more > MAX_TOTAL_BYTES || of_network + more > MAX_NETWORK_BYTES {
            return false;
        }
        reserved.all += more;
        if let Some(network) = self.network {
            reserved.by_network.insert(network, of_network + more);
        }
        self.bytes = bytes;
        true
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        if self.bytes == 0 {
            return;
        }
        let mut reserved = self.budget.reserved();
        reserved.all -= self.bytes;
        let Some(network) = self.network else { return };
        match reserved.by_network.get_mut(&network) {
            Some(theirs) if *theirs > self.bytes => *theirs -= self.bytes,
            _ => drop(reserved.by_network.remove(&network)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn body_budget_limits_a_network_and_lets_small_bodies_pass() {
        let budget = BodyBudget::default();
        let large = |network: &str| {
            let mut body = budget.reserve(Some(network.parse().unwrap()));
            body.grow_to(64 * 1024).then_some(body)
        };
        let stalled: Vec<_> = (0..1_000).filter_map(|_| large("192.0.0.0")).collect();
        assert_eq!(stalled.len(), 32);
        let others: Vec<_> = (0..1_000)
            .filter_map(|number| large(&format!("198.51.{}.0", number % 250)))
            .collect();
        assert_eq!(stalled.len() + others.len(), 256);
        assert!(large("203.0.113.0").is_none());
        assert!(
            budget
                .reserve(Some("203.0.113.0".parse().unwrap()))
                .grow_to(FREE_BODY_BYTES)
        );
        drop((stalled, others));
        assert!(large("192.0.0.0").is_some());
        let reserved = budget.reserved();
        assert_eq!((reserved.all, reserved.by_network.len()), (0, 0));
    }
}
