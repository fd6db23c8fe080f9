//! Readiness: a write probe of each master, and of the other data that every event of a site requires.

use std::time::{Duration, Instant};

use futures_util::future::{join, join_all};
use store::{Readiness, StoreError};
use tokio::time::timeout;
use visitor::Day;
use wire::SiteId;

use super::{Redis, cluster::ClusterPart, command::Command, slot::Slot};

/// How long the result of a probe is cached.
const PROBE_VALID_FOR: Duration = Duration::from_secs(1);

/// Timeout of a probe. Health checks of load balancers often wait for a second.
const PROBE_TIMEOUT: Duration = Duration::from_millis(500);

/// The cached result and its time.
#[derive(Default)]
pub(super) struct ProbeCache(tokio::sync::Mutex<Option<(Instant, Result<Readiness, StoreError>)>>);

impl Redis {
    /// Probes the parts and these sites, at most once a second for all callers.
    pub(super) async fn probe(&self, sites: &[(SiteId, Day)]) -> Result<Readiness, StoreError> {
        let mut last = self.last_probe.0.lock().await;
        if let Some((at, found)) = &*last
            && at.elapsed() < PROBE_VALID_FOR
        {
            return found.clone();
        }
        let found = self.probe_parts(sites).await;
        *last = Some((Instant::now(), found.clone()));
        found
    }

    async fn probe_parts(&self, sites: &[(SiteId, Day)]) -> Result<Readiness, StoreError> {
        let parts = timeout(PROBE_TIMEOUT, self.cluster.parts())
            .await
            .unwrap_or_default();
        let writes = join_all(parts.iter().map(|part| self.takes_writes(part)));
        let needs = join_all(sites.iter().map(async |(site, day)| {
            let needs = async {
                self.vote_keys()
                    .await
                    .and(self.salts(site, *day).await)
                    .is_ok()
            };
            timeout(PROBE_TIMEOUT, needs).await.unwrap_or(false)
        }));
        let (writes, needs) = join(writes, needs).await;
        if !writes.contains(&true) || (!needs.is_empty() && !needs.contains(&true)) {
            return Err(StoreError::Unavailable);
        }
        let parts = parts.into_iter().map(|part| part.slots).zip(writes);
        let lacking = sites.iter().zip(needs).filter(|(_, has)| !has);
        let lacking = lacking.map(|((site, _), _)| (format!("site {site}"), false));
        Ok(Readiness {
            parts: parts.chain(lacking).collect(),
        })
    }

    /// Whether the part takes the probe. On a busy server it waits behind events: those that were acknowledged meanwhile
    /// show the same.
    async fn takes_writes(&self, part: &ClusterPart) -> bool {
        let Some(slot) = part.slot else { return false };
        let begun = Instant::now();
        let probe = self.cluster.write(slot, self.probe_command(slot));
        match timeout(PROBE_TIMEOUT, probe).await {
            Ok(written) => written.is_ok(),
            Err(_) => self.cluster.has_written_since(slot, begun),
        }
    }

    /// A write that has no other effect.
    fn probe_command(&self, slot: Slot) -> Command {
        let (name, _) = self.names.standalone_key("try", &slot.tag());
        Command::new("SET").arg(name).args(["1", "EX", "60"])
    }
}
