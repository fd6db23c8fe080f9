//! The cluster: redirections, retries and failover.

/// Log lines and probes of outages.
mod outage_watch;
/// Reads of many slots.
mod read_many;
/// Classification of replies.
mod reply_kind;
/// The slot map.
mod slot_map;
/// The cached slot map.
mod topology;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::{Duration, Instant},
};

use metrics::StoreMetrics;
use redis::Value;
use store::StoreError;

pub(super) use self::{read_many::SlotCommands, slot_map::ClusterPart};
use self::{
    reply_kind::{ReplyKind, classify, is_ask_reply},
    slot_map::SlotMap,
};
use super::{
    command::Command,
    node::{Job, Node, NodeError, Replies},
    outage::Outage,
    slot::Slot,
    url::{Address, RedisUrl},
};

/// Retry budget of an operation. Then it fails, and browsers keep their events.
const RETRY_BUDGET: Duration = Duration::from_millis(2500);

/// Delay between retries.
const RETRY_DELAY: Duration = Duration::from_millis(40);

/// After this time without a reply, check whether a failover has replaced the server. A little longer than the timeout
/// of `WAIT`.
const FAILOVER_CHECK_INTERVAL: Duration = Duration::from_millis(1200);

/// How long callers with an alternative avoid a slow server.
const SLOW_SERVER_PENALTY: Duration = Duration::from_secs(2);

/// The servers of a store.
pub(super) struct Cluster {
    url: RedisUrl,
    slot_map: RwLock<Arc<SlotMap>>,
    nodes: Mutex<HashMap<Address, Arc<Node>>>,
    /// Time of the last update of the slot map.
    slot_map_updated: tokio::sync::Mutex<Option<Instant>>,
    metrics: StoreMetrics,
    outage: Outage,
    /// Slots whose server was slow, and when.
    slow: Mutex<Vec<(Slot, Instant)>>,
}

/// Whether commands read or write.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Reads from the slot's master.
    Read,
    /// Writes; answered when the write is durable.
    Write,
}

pub(super) enum TrialResult {
    Done,
    /// Failed, but a retry may succeed.
    Later(String),
    /// Failed permanently.
    Never(String),
}

impl Cluster {
    pub(super) fn new(url: RedisUrl, metrics: StoreMetrics) -> Self {
        let slot_map = RwLock::new(Arc::new(if url.is_cluster {
            SlotMap::default()
        } else {
            SlotMap::one(url.servers[0].clone())
        }));
        let (nodes, slot_map_updated, outage) = (
            Mutex::default(),
            tokio::sync::Mutex::default(),
            Outage::default(),
        );
        Self {
            url,
            slot_map,
            nodes,
            slot_map_updated,
            metrics,
            outage,
            slow: Mutex::default(),
        }
    }

    pub(super) fn url(&self) -> &RedisUrl {
        &self.url
    }

    /// Sends commands to the slot's master, with redirections and retries. No reply in the result is an error.
    pub(super) async fn request(
        self: &Arc<Self>,
        access: Access,
        slot: Slot,
        commands: Vec<Command>,
    ) -> Result<Vec<Value>, StoreError> {
        self.request_with_timeout(access, slot, commands)
            .await
            .map_err(|why| self.record_failure(slot, &why))
    }

    /// Whether the slot's server should be avoided: it refused a command and no probe has succeeded since, or it was
    /// slow just now.
    pub(super) fn is_unavailable(&self, slot: Slot) -> bool {
        let is_slow = |(slow, at): &(Slot, Instant)| {
            at.elapsed() < SLOW_SERVER_PENALTY && self.share_server(*slow, slot)
        };
        self.slow
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .any(is_slow)
            || self
                .outage
                .slots()
                .iter()
                .any(|refused| self.share_server(*refused, slot))
    }

    /// Marks the slot's server as slow.
    pub(super) fn mark_slow(&self, slot: Slot) {
        let mut slow = self.slow.lock().unwrap_or_else(PoisonError::into_inner);
        slow.retain(|(other, at)| at.elapsed() < SLOW_SERVER_PENALTY && *other != slot);
        slow.push((slot, Instant::now()));
    }

    async fn request_with_timeout(
        &self,
        access: Access,
        slot: Slot,
        commands: Vec<Command>,
    ) -> Result<Vec<Value>, String> {
        let request = self.request_with_retries(access, slot, commands);
        tokio::time::timeout(2 * RETRY_BUDGET, request)
            .await
            .unwrap_or(Err("no answer in time".into()))
    }

    /// Sends one read command.
    pub(super) async fn read(
        self: &Arc<Self>,
        slot: Slot,
        command: Command,
    ) -> Result<Value, StoreError> {
        Ok(self
            .request(Access::Read, slot, vec![command])
            .await?
            .pop()
            .unwrap_or_default())
    }

    /// Sends one write command.
    pub(super) async fn write(
        self: &Arc<Self>,
        slot: Slot,
        command: Command,
    ) -> Result<Value, StoreError> {
        Ok(self
            .request(Access::Write, slot, vec![command])
            .await?
            .pop()
            .unwrap_or_default())
    }

    /// Sends a write command in the background, without waiting for replicas or the result: it may be lost.
    pub(super) fn send_in_background(self: &Arc<Self>, slot: Slot, command: Command) {
        let cluster = Arc::clone(self);
        tokio::spawn(async move {
            drop(
                cluster
                    .request_with_timeout(Access::Read, slot, vec![command])
                    .await,
            )
        });
    }

    /// Whether one server has both slots.
    pub(super) fn share_server(&self, one: Slot, other: Slot) -> bool {
        let slot_map = self.slot_map();
        slot_map.master(one).is_some() && slot_map.master(one) == slot_map.master(other)
    }

    async fn request_with_retries(
        &self,
        access: Access,
        slot: Slot,
        commands: Vec<Command>,
    ) -> Result<Vec<Value>, String> {
        let begun = Instant::now();
        let mut job = Job {
            commands,
            with_source: false,
            is_asking: false,
        };
        let mut redirected = 0;
        loop {
            let to = self.slot_map().master(slot).cloned();
            let replies = match &to {
                Some(to) => self.send_until_failover(slot, to, access, &job).await,
                None => Err(NodeError::Connection(
                    "no server has this part of the keys".into(),
                )),
            };
            let reply = match classify(replies) {
                ReplyKind::Ask(target, replies) => {
                    self.ask_target(slot, &target, access, &job, replies).await
                }
                reply => reply,
            };
            let why = match reply {
                ReplyKind::Success(replies) => return Ok(replies),
                ReplyKind::NoScript => {
                    job.with_source = true;
                    continue;
                }
                ReplyKind::Moved(moved_to) if redirected < 5 => {
                    redirected += 1;
                    self.set_master(slot, &moved_to);
                    continue;
                }
                ReplyKind::Moved((host, port)) | ReplyKind::Ask((host, port), _) => {
                    format!("it is always at {host}:{port}")
                }
                ReplyKind::Later(why) => why,
                ReplyKind::Never(why) => return Err(why),
            };
            if begun.elapsed() > RETRY_BUDGET {
                return Err(why);
            }
            redirected = 0;
            tokio::time::sleep(RETRY_DELAY).await;
            self.refresh_slot_map().await;
        }
    }

    /// Sends those commands to the target of a slot's migration to which the source replied ASK. The others must not be
    /// sent there: the target takes keys that have not been migrated yet for absent.
    async fn ask_target(
        &self,
        slot: Slot,
        target: &Address,
        access: Access,
        job: &Job,
        mut replies: Vec<Value>,
    ) -> ReplyKind {
        let pairs = job.commands.iter().zip(&replies);
        let commands = pairs
            .filter(|(_, reply)| is_ask_reply(reply))
            .map(|(command, _)| command.clone())
            .collect();
        let asked = Job {
            commands,
            with_source: job.with_source,
            is_asking: true,
        };
        match classify(self.send_until_failover(slot, target, access, &asked).await) {
            ReplyKind::Success(answers) => {
                let open = replies.iter_mut().filter(|reply| is_ask_reply(reply));
                open.zip(answers)
                    .for_each(|(reply, answer)| *reply = answer);
                ReplyKind::Success(replies)
            }
            // All commands are sent again.
            failed => failed,
        }
    }

    /// Sends, and waits while the server has the slot. A paused server is replaced by a failover before it replies.
    async fn send_until_failover(
        &self,
        slot: Slot,
        to: &Address,
        access: Access,
        job: &Job,
    ) -> Replies {
        let had_slot = self.slot_map().master(slot) == Some(to);
        let mut sending = std::pin::pin!(self.send(to, access, job));
        loop {
            if let Ok(replies) = tokio::time::timeout(FAILOVER_CHECK_INTERVAL, &mut sending).await {
                return replies;
            }
            self.refresh_slot_map().await;
            if had_slot && self.slot_map().master(slot) != Some(to) {
                return Err(NodeError::Connection(
                    "another server has this part of the keys now".into(),
                ));
            }
        }
    }

    async fn send(&self, to: &Address, access: Access, job: &Job) -> Replies {
        let node = self.node(to)?;
        match access {
            Access::Read => node.read(job).await,
            Access::Write => {
                let Job {
                    commands,
                    with_source,
                    is_asking,
                } = job;
                node.write(Job {
                    commands: commands.clone(),
                    with_source: *with_source,
                    is_asking: *is_asking,
                })
                .await
            }
        }
    }

    /// Sends one command to a given server.
    pub(super) async fn request_server(
        &self,
        server: &Address,
        command: Command,
    ) -> Result<Value, String> {
        let job = Job {
            commands: vec![command],
            with_source: false,
            is_asking: false,
        };
        match classify(self.send(server, Access::Read, &job).await) {
            ReplyKind::Success(mut replies) => Ok(replies.pop().unwrap_or_default()),
            other => Err(other.to_string()),
        }
    }

    /// Runs commands on one server, with the scripts' source.
    pub(super) async fn try_on(&self, server: &Address, commands: Vec<Command>) -> TrialResult {
        let job = Job {
            commands,
            with_source: true,
            is_asking: false,
        };
        match classify(self.send(server, Access::Read, &job).await) {
            ReplyKind::Success(_) => TrialResult::Done,
            // Out of memory is temporary.
            ReplyKind::Never(why) if !why.contains("OOM") => TrialResult::Never(why),
            other => TrialResult::Later(other.to_string()),
        }
    }

    fn nodes(&self) -> std::sync::MutexGuard<'_, HashMap<Address, Arc<Node>>> {
        self.nodes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn node(&self, to: &Address) -> Result<Arc<Node>, NodeError> {
        let mut nodes = self.nodes();
        if let Some(node) = nodes.get(to) {
            return Ok(Arc::clone(node));
        }
        let node = Node::new(&self.url, to, &self.metrics)
            .map_err(|error| NodeError::Connection(error.to_string()))?;
        Ok(Arc::clone(
            nodes.entry(to.clone()).or_insert(Arc::new(node)),
        ))
    }

    /// Whether the slot's server has acknowledged a write after that time.
    pub(super) fn has_written_since(&self, slot: Slot, time: Instant) -> bool {
        let slot_map = self.slot_map();
        let Some(master) = slot_map.master(slot) else {
            return false;
        };
        let node = self.nodes().get(master).cloned();
        node.is_some_and(|node| node.has_written_since(time))
    }

    /// Number of queued writes.
    pub(super) fn queued(&self) -> usize {
        self.nodes().values().map(|node| node.queued()).sum()
    }
}
