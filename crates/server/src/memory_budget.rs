//! Memory budgets for large bodies in transit, of requests and of responses: in total, and per network. Small bodies are
//! free, so that clients who stall large bodies can only block other large ones.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Number of networks that can exhaust a budget together.
const NETWORKS: usize = 8;

/// A memory budget.
#[derive(Debug)]
pub struct MemoryBudget {
    /// Bodies up to this size need no budget, in bytes.
    free: usize,
    /// Budget of all bodies together, in bytes. One network (see [`visitor::wider_network`]) has an eighth of it.
    max: usize,
    reserved: Mutex<ReservedBytes>,
}

#[derive(Debug, Default)]
struct ReservedBytes {
    all: usize,
    by_network: HashMap<IpAddr, usize>,
}

impl ReservedBytes {
    fn of(&self, network: Option<IpAddr>) -> usize {
        network.map_or(0, |network| {
            self.by_network.get(&network).copied().unwrap_or(0)
        })
    }
}

/// The share of one body; dropping it releases the memory.
#[derive(Debug)]
pub struct Reservation {
    budget: Arc<MemoryBudget>,
    /// `None`: the peer is a proxy, which carries many clients.
    network: Option<IpAddr>,
    bytes: usize,
}

impl MemoryBudget {
    /// For request bodies. A batch of about twenty events is free.
    pub fn of_requests() -> Arc<Self> {
        Self::new(4 * 1024, 16 * 1024 * 1024)
    }

    /// For responses that their readers have not received yet. A view without the article's copy is free.
    pub fn of_responses() -> Arc<Self> {
        Self::new(64 * 1024, 128 * 1024 * 1024)
    }

    fn new(free: usize, max: usize) -> Arc<Self> {
        Arc::new(Self {
            free,
            max,
            reserved: Mutex::default(),
        })
    }

    /// A reservation for a body that has not started.
    pub fn reserve(self: &Arc<Self>, network: Option<IpAddr>) -> Reservation {
        Reservation {
            budget: Arc::clone(self),
            network,
            bytes: 0,
        }
    }

    /// Whether bodies of this size need no budget.
    pub fn is_free(&self, bytes: usize) -> bool {
        bytes <= self.free
    }

    /// Whether a body of this size could be reserved now.
    pub fn has_room(&self, network: Option<IpAddr>, bytes: usize) -> bool {
        self.is_free(bytes) || self.admits(&self.reserved(), network, bytes)
    }

    fn admits(&self, reserved: &ReservedBytes, network: Option<IpAddr>, more: usize) -> bool {
        let of_network = reserved.of(network);
        reserved.all + more <= self.max && of_network + more <= self.max / NETWORKS
    }

    /// Memory reserved, in bytes.
    pub fn bytes(&self) -> usize {
        self.reserved().all
    }

    fn reserved(&self) -> MutexGuard<'_, ReservedBytes> {
        self.reserved.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reservation {
    /// Extends the reservation to `bytes`. False: the budget is exhausted.
    pub fn grow_to(&mut self, bytes: usize) -> bool {
        if self.budget.is_free(bytes) || bytes <= self.bytes {
            return true;
        }
        let more = bytes - self.bytes;
        let mut reserved = self.budget.reserved();
        if !self.budget.admits(&reserved, self.network, more) {
            return false;
        }
        let of_network = reserved.of(self.network);
        reserved.all += more;
        if let Some(network) = self.network {
            reserved.by_network.insert(network, of_network + more);
        }
        self.bytes = bytes;
        true
    }
}

impl Drop for Reservation {
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
    fn memory_budget_limits_a_network_and_lets_small_bodies_pass() {
        let budget = MemoryBudget::of_requests();
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
                .grow_to(budget.free)
        );
        drop((stalled, others));
        assert!(large("192.0.0.0").is_some());
        let reserved = budget.reserved();
        assert_eq!((reserved.all, reserved.by_network.len()), (0, 0));
    }
}
