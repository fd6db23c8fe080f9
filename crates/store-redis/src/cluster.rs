//! All servers as one: which has which slot, and what to do when that changes or one does not answer.

/// Which server has which slot.
mod map;
/// What an answer means for whoever asked.
mod verdict;

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError, RwLock, Weak},
    time::{Duration, Instant},
};

use futures_util::{StreamExt, future::join_all, stream::FuturesUnordered};
use metrics::{Cause, Storing};
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

/// How long something is tried again before whoever asked is told to come back. A browser keeps its events meanwhile.
const PATIENCE: Duration = Duration::from_millis(2500);

/// How long to wait before the next try.
const PAUSE: Duration = Duration::from_millis(40);

/// How long a server may take until it is asked whether another one has its place: a little longer than the wait for replicas.
const SUSPECT: Duration = Duration::from_millis(1200);

/// How often at most it is asked anew who has what.
const LOOK_AGAIN: Duration = Duration::from_millis(150);

/// How long a server that was slow is not waited for by those who can do without it.
const SLOW_FOR: Duration = Duration::from_secs(2);

/// How often it is tried during an outage whether it is over.
const WATCH_AGAIN: Duration = Duration::from_secs(1);

/// All servers.
pub(super) struct Cluster {
    place: Place,
    map: RwLock<Arc<Map>>,
    links: Mutex<HashMap<Address, Arc<Link>>>,
    /// When it was last asked who has what.
    looked: tokio::sync::Mutex<Option<Instant>>,
    storing: Storing,
    outage: Outage,
    /// Parts whose server was slow, and when.
    slow: Mutex<Vec<(Slot, Instant)>>,
}

/// Whether something changes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It is only read, from the server that has the slot.
    Read,
    /// It is changed: answered when it is durable.
    Write,
}

/// What came of something that was tried.
pub(super) enum Tried {
    Done,
    /// It may work in a moment.
    Later(String),
    /// It will not.
    Never(String),
}

impl Cluster {
    pub(super) fn new(place: Place, storing: Storing) -> Self {
        let map =
            RwLock::new(Arc::new(if place.is_cluster { Map::default() } else { Map::one(place.servers[0].clone()) }));
        let (links, looked, outage) = (Mutex::default(), tokio::sync::Mutex::default(), Outage::default());
        Self { place, map, links, looked, storing, outage, slow: Mutex::default() }
    }

    pub(super) fn place(&self) -> &Place {
        &self.place
    }

    /// Asks the server that has the slot, and again where that is of use. None of the answers is an error.
    pub(super) async fn ask(
        self: &Arc<Self>,
        kind: Kind,
        slot: Slot,
        commands: Vec<Command>,
    ) -> Result<Vec<Value>, StoreError> {
        self.try_for_a_while(kind, slot, commands).await.map_err(|why| self.gave_up(slot, &why))
    }

    /// Whether something was refused by the server that has the slot, and nothing is known to have been taken since; or it was slow
    /// just now.
    pub(super) fn is_away(&self, slot: Slot) -> bool {
        let is_slow = |(slow, at): &(Slot, Instant)| at.elapsed() < SLOW_FOR && self.are_together(*slow, slot);
        self.slow.lock().unwrap_or_else(PoisonError::into_inner).iter().any(is_slow)
            || self.outage.slots().iter().any(|refused| self.are_together(*refused, slot))
    }

    /// The server that has the slot has kept somebody waiting who could do without it.
    pub(super) fn note_slow(&self, slot: Slot) {
        let mut slow = self.slow.lock().unwrap_or_else(PoisonError::into_inner);
        slow.retain(|(other, at)| at.elapsed() < SLOW_FOR && *other != slot);
        slow.push((slot, Instant::now()));
    }

    async fn try_for_a_while(&self, kind: Kind, slot: Slot, commands: Vec<Command>) -> Result<Vec<Value>, String> {
        let trying = self.try_until_answered(kind, slot, commands);
        tokio::time::timeout(2 * PATIENCE, trying).await.unwrap_or(Err("no answer in time".into()))
    }

    /// One command that only reads.
    pub(super) async fn read(self: &Arc<Self>, slot: Slot, command: Command) -> Result<Value, StoreError> {
        Ok(self.ask(Kind::Read, slot, vec![command]).await?.pop().unwrap_or_default())
    }

    /// One command that changes something.
    pub(super) async fn write(self: &Arc<Self>, slot: Slot, command: Command) -> Result<Value, StoreError> {
        Ok(self.ask(Kind::Write, slot, vec![command]).await?.pop().unwrap_or_default())
    }

    /// One command that changes something of which nothing depends. Nobody waits for it, and it may be lost.
    pub(super) fn note(self: &Arc<Self>, slot: Slot, command: Command) {
        let cluster = Arc::clone(self);
        tokio::spawn(async move { drop(cluster.try_for_a_while(Kind::Read, slot, vec![command]).await) });
    }

    /// Whether one server has both.
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

    /// Sends, and waits for as long as the server has the slot: one that is paused is replaced before it answers.
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

    /// The same question to one server, whatever it has.
    pub(super) async fn ask_server(&self, server: &Address, command: Command) -> Result<Value, String> {
        let job = Job { commands: vec![command], in_full: false, is_asking: false };
        match judge(self.send(server, Kind::Read, &job).await) {
            Verdict::Answered(mut answers) => Ok(answers.pop().unwrap_or_default()),
            other => Err(other.to_string()),
        }
    }

    /// Runs these on one server, with the scripts as text.
    pub(super) async fn try_on(&self, server: &Address, commands: Vec<Command>) -> Tried {
        let job = Job { commands, in_full: true, is_asking: false };
        match judge(self.send(server, Kind::Read, &job).await) {
            Verdict::Answered(_) => Tried::Done,
            // Not able to, and not unable to: its memory is full.
            Verdict::Never(why) if !why.contains("OOM") => Tried::Never(why),
            other => Tried::Later(other.to_string()),
        }
    }

    /// The server that has the slot, as far as is known.
    pub(super) fn master(&self, slot: Slot) -> Option<Address> {
        self.map().master(slot).cloned()
    }

    /// What each master has, as far as is known.
    pub(super) fn known_parts(&self) -> Vec<Part> {
        self.map().parts()
    }

    /// Every server that is known, masters and replicas.
    pub(super) async fn servers(&self) -> Vec<Address> {
        if self.map().is_empty() {
            self.look().await;
        }
        self.map().servers().cloned().collect()
    }

    /// What each master has.
    pub(super) async fn parts(&self) -> Vec<Part> {
        if self.map().is_empty() {
            self.look().await;
        }
        self.map().parts()
    }

    /// Asks anew who has what, if that was not done just now.
    pub(super) async fn look(&self) {
        if !self.place.is_cluster {
            return;
        }
        let mut looked = self.looked.lock().await;
        if looked.is_some_and(|when| when.elapsed() < LOOK_AGAIN) {
            return;
        }
        // All at once: one that is paused answers when nobody waits for it any more.
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

    /// How many writes wait.
    pub(super) fn queued(&self) -> usize {
        self.links().values().map(|link| link.queued()).sum()
    }

    /// Something in that part was not done.
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

    /// Tries whether writes are taken where something was refused: once in each master's part.
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

/// Tells the log of an outage until it is over.
async fn watch(cluster: Weak<Cluster>) {
    let mut tick = tokio::time::interval(WATCH_AGAIN);
    loop {
        tick.tick().await;
        let Some(cluster) = cluster.upgrade() else { return };
        // That goes on for longer than a tick where nobody answers.
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
