//! The beginning, the course and the end of an outage: metrics, log lines and probes.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Weak},
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use metrics::Cause;
use store::StoreError;

use super::{Access, Cluster};
use crate::{command::Command, keys::KeyNames, outage::OutageSummary, slot::Slot};

/// Interval of probes during an outage.
const OUTAGE_PROBE_INTERVAL: Duration = Duration::from_secs(1);

impl Cluster {
    /// Records a failed operation in the metrics and the outage log.
    pub(crate) fn record_failure(self: &Arc<Self>, slot: Slot, why: &str) -> StoreError {
        self.metrics.errors.add(Cause::Other);
        if self.outage.record_failure(slot, why, Instant::now()) {
            tracing::error!(
                why,
                "redis refuses requests or does not answer; browsers keep their events. Look at `CLUSTER INFO`, the servers' logs \
                 and disks. No restart is needed."
            );
            tokio::spawn(watch_outage(Arc::downgrade(self)));
        }
        StoreError::Unavailable
    }

    /// Probes each master that has refused something with a write.
    async fn probe_failed_slots(&self) {
        let (slot_map, slots, begun) = (self.slot_map(), self.outage.slots(), Instant::now());
        let mut by_master = HashMap::<_, HashSet<Slot>>::new();
        for slot in slots {
            by_master
                .entry(slot_map.master(slot))
                .or_default()
                .insert(slot);
        }
        let probes = by_master.into_values().map(async |slots| {
            let Some(&slot) = slots.iter().next() else {
                return;
            };
            let (name, _) = KeyNames::new(&self.url.prefix).standalone_key("try", &slot.tag());
            let set = Command::new("SET").arg(name).args(["1", "EX", "60"]);
            if self
                .request_with_timeout(Access::Write, slot, vec![set])
                .await
                .is_ok()
            {
                self.outage.record_success(&slots, begun);
            }
        });
        join_all(probes).await;
    }
}

/// Probes and logs during an outage, until it is over.
async fn watch_outage(cluster: Weak<Cluster>) {
    let mut tick = tokio::time::interval(OUTAGE_PROBE_INTERVAL);
    loop {
        tick.tick().await;
        let Some(cluster) = cluster.upgrade() else {
            return;
        };
        // Dead servers can make a probe last longer than the interval.
        let _ = tokio::time::timeout(2 * OUTAGE_PROBE_INTERVAL, cluster.probe_failed_slots()).await;
        let now = Instant::now();
        if let Some(OutageSummary {
            refused,
            lasts,
            why,
        }) = cluster.outage.due_summary(now)
        {
            tracing::error!(
                refused,
                seconds = lasts.as_secs(),
                why,
                "redis still refuses requests or does not answer"
            );
        }
        if let Some(OutageSummary { refused, lasts, .. }) = cluster.outage.end_if_over(now) {
            tracing::info!(
                refused,
                seconds = lasts.as_secs(),
                "redis accepts all requests again"
            );
            return;
        }
    }
}
