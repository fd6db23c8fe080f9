//! The cluster: slot map, redirections, retries and failover.

/// The slot map.
mod map;
/// Classification of replies.
mod verdict;

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError, RwLock, Weak},
    time::{Duration, Instant},
};

use futures_util::{StreamExt, future::join_all, stream::FuturesUnordered};
use metrics::{Cause, StoreMetrics};
use redis::Value;
use store::StoreError;

pub(super) use self::map::Part;
use self::{
    map::Map,
    verdict::{Verdict, judge},
};
use super::{
    command::Command,
    keys::Names,
    link::{Answers, Broken, Job, Link},
    outage::{News, Outage},
    place::{Address, Place},
    slot::Slot,
};

/// Retry budget of an operation. Then it fails, and browsers keep their events.
const PATIENCE: Duration = Duration::from_millis(2500);

/// Delay between retries.
const PAUSE: Duration = Duration::from_millis(40);

/// After this time without a reply, check whether a failover has replaced the server. A little longer than the timeout
/// of `WAIT`.
const SUSPECT: Duration = Duration::from_millis(1200);

/// Minimum interval between updates of the slot map.
const LOOK_AGAIN: Duration = Duration::from_millis(150);

/// How long callers with an alternative avoid a slow server.
const SLOW_FOR: Duration = Duration::from_secs(2);

/// Interval of probes during an outage.
const WATCH_AGAIN: Duration = Duration::from_secs(1);

/// The servers of a store.
pub(super) struct Cluster {
    place: Place,
    map: RwLock<Arc<Map>>,
    links: Mutex<HashMap<Address, Arc<Link>>>,
    /// Time of the last update of the slot map.
    looked: tokio::sync::Mutex<Option<Instant>>,
    storing: StoreMetrics,
    outage: Outage,
    /// Slots whose server was slow, and when.
    slow: Mutex<Vec<(Slot, Instant)>>,
}

/// Whether commands read or write.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Reads from the slot's master.
    Read,
    /// Writes; answered when the write is durable.
    Write,
}

/// Result of a trial.
pub(super) enum Tried {
    Done,
    /// Failed, but a retry may succeed.
    Later(String),
    /// Failed permanently.
    Never(String),
}

impl Cluster {
    pub(super) fn new(place: Place, storing: StoreMetrics) -> Self {
        let map =
            RwLock::new(Arc::new(if place.is_cluster { Map::default() } else { Map::one(place.servers[0].clone()) }));
        let (links, looked, outage) = (Mutex::default(), tokio::sync::Mutex::default(), Outage::default());
        Self { place, map, links, looked, storing, outage, slow: Mutex::default() }
    }

    pub(super) fn place(&self) -> &Place {
        &self.place
    }

    /// Sends commands to the slot's master, with redirections and retries. No reply in the result is an error.
    pub(super) async fn ask(
        self: &Arc<Self>,
        kind: Kind,
        slot: Slot,
        commands: Vec<Command>,
    ) -> Result<Vec<Value>, StoreError> {
        self.try_for_a_while(kind, slot, commands).await.map_err(|why| self.gave_up(slot, &why))
    }

    /// Whether the slot's server should be avoided: it refused a command and no probe has succeeded since, or it was
    /// slow just now.
    pub(super) fn is_away(&self, slot: Slot) -> bool {
        let is_slow = |(slow, at): &(Slot, Instant)| at.elapsed() < SLOW_FOR && self.are_together(*slow, slot);
        self.slow.lock().unwrap_or_else(PoisonError::into_inner).iter().any(is_slow)
            || self.outage.slots().iter().any(|refused| self.are_together(*refused, slot))
    }

    /// Marks the slot's server as slow.
    pub(super) fn note_slow(&self, slot: Slot) {
        let mut slow = self.slow.lock().unwrap_or_else(PoisonError::into_inner);
        slow.retain(|(other, at)| at.elapsed() < SLOW_FOR && *other != slot);
        slow.push((slot, Instant::now()));
    }

    async fn try_for_a_while(&self, kind: Kind, slot: Slot, commands: Vec<Command>) -> Result<Vec<Value>, String> {
        let trying = self.try_until_answered(kind, slot, commands);
        tokio::time::timeout(2 * PATIENCE, trying).await.unwrap_or(Err("no answer in time".into()))
    }

    /// Sends one read command.
    pub(super) async fn read(self: &Arc<Self>, slot: Slot, command: Command) -> Result<Value, StoreError> {
        Ok(self.ask(Kind::Read, slot, vec![command]).await?.pop().unwrap_or_default())
    }

    /// Sends one write command.
    pub(super) async fn write(self: &Arc<Self>, slot: Slot, command: Command) -> Result<Value, StoreError> {
        Ok(self.ask(Kind::Write, slot, vec![command]).await?.pop().unwrap_or_default())
    }

    /// Sends a write command in the background, without waiting for replicas or the result: it may be lost.
    pub(super) fn note(self: &Arc<Self>, slot: Slot, command: Command) {
        let cluster = Arc::clone(self);
        tokio::spawn(async move { drop(cluster.try_for_a_while(Kind::Read, slot, vec![command]).await) });
    }

    /// Whether one server has both slots.
    pub(super) fn are_together(&self, one: Slot, other: Slot) -> bool {
        let map = self.map();
        map.master(one).is_some() && map.master(one) == map.master(other)
    }

    async fn try_until_answered(&self, kind: Kind, slot: Slot, commands: Vec<Command>) -> Result<Vec<Value>, String> {
        let begun = Instant::now();
        let mut job = Job { commands, in_full: false, is_asking: false };
        let mut sent_to = None;
        let mut redirected = 0;
        loop {
            let to = sent_to.take().or_else(|| self.map().master(slot).cloned());
            let answers = match &to {
                Some(to) => self.send_while_there(slot, to, kind, &job).await,
                None => Err(Broken::Connection("no server has this part of the keys".into())),
            };
            job.is_asking = false;
            let why = match judge(answers) {
                Verdict::Answered(answers) => return Ok(answers),
                Verdict::Unknown => {
                    job.in_full = true;
                    continue;
                }
                Verdict::Moved(moved_to) if redirected < 5 => {
                    redirected += 1;
                    self.learn(slot, &moved_to);
                    continue;
                }
                Verdict::Asked(asked_to) if redirected < 5 => {
                    redirected += 1;
                    (sent_to, job.is_asking) = (Some(asked_to), true);
                    continue;
                }
                Verdict::Moved((host, port)) | Verdict::Asked((host, port)) => format!("it is always at {host}:{port}"),
                Verdict::Later(why) => why,
                Verdict::Never(why) => return Err(why),
            };
            if begun.elapsed() > PATIENCE {
                return Err(why);
            }
            redirected = 0;
            tokio::time::sleep(PAUSE).await;
            self.look().await;
        }
    }

    /// Sends, and waits while the server has the slot. A paused server is replaced by a failover before it replies.
    async fn send_while_there(&self, slot: Slot, to: &Address, kind: Kind, job: &Job) -> Answers {
        let had_it = self.map().master(slot) == Some(to);
        let mut sending = std::pin::pin!(self.send(to, kind, job));
        loop {
            if let Ok(answers) = tokio::time::timeout(SUSPECT, &mut sending).await {
                return answers;
            }
            self.look().await;
            if had_it && self.map().master(slot) != Some(to) {
                return Err(Broken::Connection("another server has this part of the keys now".into()));
            }
        }
    }

    async fn send(&self, to: &Address, kind: Kind, job: &Job) -> Answers {
        let link = self.link(to)?;
        match kind {
            Kind::Read => link.read(job).await,
            Kind::Write => {
                let Job { commands, in_full, is_asking } = job;
                link.write(Job { commands: commands.clone(), in_full: *in_full, is_asking: *is_asking }).await
            }
        }
    }

    /// Sends one command to a given server.
    pub(super) async fn ask_server(&self, server: &Address, command: Command) -> Result<Value, String> {
        let job = Job { commands: vec![command], in_full: false, is_asking: false };
        match judge(self.send(server, Kind::Read, &job).await) {
            Verdict::Answered(mut answers) => Ok(answers.pop().unwrap_or_default()),
            other => Err(other.to_string()),
        }
    }

    /// Runs commands on one server, with the scripts' source.
    pub(super) async fn try_on(&self, server: &Address, commands: Vec<Command>) -> Tried {
        let job = Job { commands, in_full: true, is_asking: false };
        match judge(self.send(server, Kind::Read, &job).await) {
            Verdict::Answered(_) => Tried::Done,
            // Out of memory is temporary.
            Verdict::Never(why) if !why.contains("OOM") => Tried::Never(why),
            other => Tried::Later(other.to_string()),
        }
    }

    /// The slot's master, from the cached slot map.
    pub(super) fn master(&self, slot: Slot) -> Option<Address> {
        self.map().master(slot).cloned()
    }

    /// The parts of the cluster, from the cached slot map.
    pub(super) fn known_parts(&self) -> Vec<Part> {
        self.map().parts()
    }

    /// All known servers, masters and replicas.
    pub(super) async fn servers(&self) -> Vec<Address> {
        if self.map().is_empty() {
            self.look().await;
        }
        self.map().servers().cloned().collect()
    }

    /// The parts of the cluster.
    pub(super) async fn parts(&self) -> Vec<Part> {
        if self.map().is_empty() {
            self.look().await;
        }
        self.map().parts()
    }

    /// Updates the slot map, unless that was done just now.
    pub(super) async fn look(&self) {
        if !self.place.is_cluster {
            return;
        }
        let mut looked = self.looked.lock().await;
        if looked.is_some_and(|when| when.elapsed() < LOOK_AGAIN) {
            return;
        }
        // Ask all servers concurrently: a paused one may not reply in time.
        let known = self.map();
        let servers: BTreeSet<_> = known.servers().chain(&self.place.servers).collect();
        let mut asked: FuturesUnordered<_> = servers
            .into_iter()
            .map(async |server| {
                let answer = self.ask_server(server, Command::new("CLUSTER").arg("SLOTS")).await.ok()?;
                Map::parse(&answer, server)
            })
            .collect();
        while let Some(answered) = asked.next().await {
            if let Some(map) = answered {
                self.links().retain(|address, _| map.servers().any(|known| known == address));
                *self.map.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(map);
                break;
            }
        }
        *looked = Some(Instant::now());
    }

    fn learn(&self, slot: Slot, master: &Address) {
        let mut map = self.map.write().unwrap_or_else(PoisonError::into_inner);
        *map = Arc::new(map.with(slot, master));
    }

    fn map(&self) -> Arc<Map> {
        Arc::clone(&self.map.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn links(&self) -> std::sync::MutexGuard<'_, HashMap<Address, Arc<Link>>> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn link(&self, to: &Address) -> Result<Arc<Link>, Broken> {
        let mut links = self.links();
        if let Some(link) = links.get(to) {
            return Ok(Arc::clone(link));
        }
        let link = Link::new(&self.place, to, &self.storing).map_err(|error| Broken::Connection(error.to_string()))?;
        Ok(Arc::clone(links.entry(to.clone()).or_insert(Arc::new(link))))
    }

    /// Number of queued writes.
    pub(super) fn queued(&self) -> usize {
        self.links().values().map(|link| link.queued()).sum()
    }

    /// Records a failed operation in the metrics and the outage log.
    pub(super) fn gave_up(self: &Arc<Self>, slot: Slot, why: &str) -> StoreError {
        self.storing.errors.add(Cause::Other);
        if self.outage.fails(slot, why, Instant::now()) {
            tracing::error!(
                why,
                "redis has not done what was asked; browsers keep their events. Look at `CLUSTER INFO`, the servers' logs \
                 and disks. No restart is needed."
            );
            tokio::spawn(watch(Arc::downgrade(self)));
        }
        StoreError::Unavailable
    }

    /// Probes each master that has refused something with a write.
    async fn try_again(&self) {
        let (map, slots, begun) = (self.map(), self.outage.slots(), Instant::now());
        let mut by_master = HashMap::<_, HashSet<Slot>>::new();
        for slot in slots {
            by_master.entry(map.master(slot)).or_default().insert(slot);
        }
        let tries = by_master.into_values().map(async |slots| {
            let Some(&slot) = slots.iter().next() else { return };
            let (name, _) = Names::new(&self.place.prefix).other("try", &slot.tag());
            let set = Command::new("SET").arg(name).args(["1", "EX", "60"]);
            if self.try_for_a_while(Kind::Write, slot, vec![set]).await.is_ok() {
                self.outage.works(&slots, begun);
            }
        });
        join_all(tries).await;
    }
}

/// Probes and logs during an outage, until it is over.
async fn watch(cluster: Weak<Cluster>) {
    let mut tick = tokio::time::interval(WATCH_AGAIN);
    loop {
        tick.tick().await;
        let Some(cluster) = cluster.upgrade() else { return };
        // Dead servers can make a probe last longer than the interval.
        let _ = tokio::time::timeout(2 * WATCH_AGAIN, cluster.try_again()).await;
        let now = Instant::now();
        if let Some(News { refused, lasts, why }) = cluster.outage.goes_on(now) {
            tracing::error!(refused, seconds = lasts.as_secs(), why, "redis still does not do all that is asked");
        }
        if let Some(News { refused, lasts, .. }) = cluster.outage.ends(now) {
            tracing::info!(refused, seconds = lasts.as_secs(), "redis does all that is asked again");
            return;
        }
    }
}
