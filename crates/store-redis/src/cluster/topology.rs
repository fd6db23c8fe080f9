//! Which server has which slot: the cached slot map, and its updates.

use std::{
    collections::BTreeSet,
    sync::{Arc, PoisonError},
    time::{Duration, Instant},
};

use futures_util::{StreamExt, stream::FuturesUnordered};

use super::{
    Cluster,
    slot_map::{ClusterPart, SlotMap},
};
use crate::{command::Command, slot::Slot, url::Address};

/// Minimum interval between updates of the slot map.
const SLOT_MAP_REFRESH_INTERVAL: Duration = Duration::from_millis(150);

impl Cluster {
    /// The slot's master, from the cached slot map.
    pub(crate) fn master(&self, slot: Slot) -> Option<Address> {
        self.slot_map().master(slot).cloned()
    }

    /// The parts of the cluster, from the cached slot map.
    pub(crate) fn known_parts(&self) -> Vec<ClusterPart> {
        self.slot_map().parts()
    }

    /// All known servers, masters and replicas.
    pub(crate) async fn servers(&self) -> Vec<Address> {
        if self.slot_map().is_empty() {
            self.refresh_slot_map().await;
        }
        self.slot_map().servers().cloned().collect()
    }

    /// The parts of the cluster.
    pub(crate) async fn parts(&self) -> Vec<ClusterPart> {
        if self.slot_map().is_empty() {
            self.refresh_slot_map().await;
        }
        self.slot_map().parts()
    }

    /// Updates the slot map, unless that was done just now.
    pub(crate) async fn refresh_slot_map(&self) {
        if !self.url.is_cluster {
            return;
        }
        let mut slot_map_updated = self.slot_map_updated.lock().await;
        if slot_map_updated.is_some_and(|when| when.elapsed() < SLOT_MAP_REFRESH_INTERVAL) {
            return;
        }
        // Ask all servers concurrently: a paused one may not reply in time.
        let known = self.slot_map();
        let servers: BTreeSet<_> = known.servers().chain(&self.url.servers).collect();
        let mut requests: FuturesUnordered<_> = servers
            .into_iter()
            .map(async |server| {
                let reply = self
                    .request_server(server, Command::new("CLUSTER").arg("SLOTS"))
                    .await
                    .ok()?;
                SlotMap::parse(&reply, server)
            })
            .collect();
        while let Some(parsed) = requests.next().await {
            if let Some(slot_map) = parsed {
                self.nodes()
                    .retain(|address, _| slot_map.servers().any(|known| known == address));
                *self
                    .slot_map
                    .write()
                    .unwrap_or_else(PoisonError::into_inner) = Arc::new(slot_map);
                break;
            }
        }
        *slot_map_updated = Some(Instant::now());
    }

    pub(super) fn set_master(&self, slot: Slot, master: &Address) {
        let mut slot_map = self
            .slot_map
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *slot_map = Arc::new(slot_map.with(slot, master));
    }

    pub(super) fn slot_map(&self) -> Arc<SlotMap> {
        Arc::clone(&self.slot_map.read().unwrap_or_else(PoisonError::into_inner))
    }
}
