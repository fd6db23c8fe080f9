//! Places to load and render articles' copies, which take memory until their responses are ready.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use visitor::wider_network;

/// Number of places.
const MAX_COPIES: usize = 8;

/// Number of places of one network. While a part of the store does not answer, whoever requests copies from it holds a
/// place for seconds, and leaves the others to other networks.
const MAX_COPIES_OF_NETWORK: usize = 4;

/// See the [module](self).
pub struct CopyPlaces {
    all: Arc<Semaphore>,
    /// The networks that hold places or wait for them.
    networks: Mutex<HashMap<IpAddr, Weak<Semaphore>>>,
}

/// A place; dropping it releases it.
pub(crate) struct Place {
    _of_network: Option<OwnedSemaphorePermit>,
    _of_all: OwnedSemaphorePermit,
}

impl Default for CopyPlaces {
    fn default() -> Self {
        Self {
            all: Arc::new(Semaphore::new(MAX_COPIES)),
            networks: Mutex::default(),
        }
    }
}

impl CopyPlaces {
    /// Waits for a place for a client at this address, or for clients in general. `None`: the process is shutting down.
    pub(crate) async fn acquire(&self, client: Option<IpAddr>) -> Option<Place> {
        // First a place of the network's: those who wait for it wait in front of nobody else.
        let of_network = match client {
            Some(address) => Some(self.network(address).acquire_owned().await.ok()?),
            None => None,
        };
        let of_all = Arc::clone(&self.all).acquire_owned().await.ok()?;
        Some(Place {
            _of_network: of_network,
            _of_all: of_all,
        })
    }

    fn network(&self, address: IpAddr) -> Arc<Semaphore> {
        let network = wider_network(address);
        let mut networks = self.networks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = networks.get(&network).and_then(Weak::upgrade) {
            return known;
        }
        networks.retain(|_, places| places.strong_count() > 0);
        let new = Arc::new(Semaphore::new(MAX_COPIES_OF_NETWORK));
        networks.insert(network, Arc::downgrade(&new));
        new
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn a_network_leaves_places_to_others() {
        let places = CopyPlaces::default();
        let acquire = |client: &str| places.acquire(client.parse().ok()).now_or_never().flatten();
        let mut held: Vec<_> = (0..MAX_COPIES)
            .filter_map(|number| acquire(&format!("192.0.2.{number}")))
            .collect();
        assert_eq!(held.len(), MAX_COPIES_OF_NETWORK);
        held.extend((0..MAX_COPIES).filter_map(|_| acquire("2001:db8::1")));
        assert_eq!(held.len(), MAX_COPIES, "of two networks");
        assert!(acquire("198.51.100.1").is_none());
        drop(held);
        assert!(acquire("198.51.100.1").is_some());
        assert_eq!(
            places.networks.lock().unwrap().len(),
            1,
            "only who waits is known"
        );
    }
}
