//! All servers as one: which has which slot, and what to do when that changes or one does not answer.

/// Which server has which slot.
mod map;
/// What an answer means for whoever asked.
mod verdict;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::{Duration, Instant},
};

use redis::Value;

use self::{
    map::Map,
    verdict::{Verdict, judge},
};
use super::{
    command::Command,
    link::{Answers, Broken, Job, Link},
    place::{Address, Place},
    slot::Slot,
};
use crate::{
    metrics::{Cause, Storing},
    store::{StoreError, sqlite::Trouble},
};

/// How long something is tried again before whoever asked is told to come back. A browser keeps its events meanwhile.
const PATIENCE: Duration = Duration::from_millis(2500);

/// How long to wait before the next try.
const PAUSE: Duration = Duration::from_millis(40);

/// How often at most it is asked anew who has what.
const LOOK_AGAIN: Duration = Duration::from_millis(150);

/// All servers.
pub(super) struct Cluster {
    place: Place,
    map: RwLock<Arc<Map>>,
    links: Mutex<HashMap<Address, Arc<Link>>>,
    /// When it was last asked who has what.
    looked: tokio::sync::Mutex<Option<Instant>>,
    storing: Storing,
    trouble: Trouble,
}

/// Whether something changes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It is only read, from the server that has the slot.
    Read,
    /// It is changed: answered when it is durable.
    Write,
}

impl Cluster {
    pub(super) fn new(place: Place, storing: Storing) -> Self {
        let map =
            RwLock::new(Arc::new(if place.is_cluster { Map::default() } else { Map::one(place.servers[0].clone()) }));
        let (links, looked, trouble) = (Mutex::default(), tokio::sync::Mutex::default(), Trouble::default());
        Self { place, map, links, looked, storing, trouble }
    }

    pub(super) fn place(&self) -> &Place {
        &self.place
    }

    /// Asks the server that has the slot, and again where that is of use. None of the answers is an error.
    pub(super) async fn ask(&self, kind: Kind, slot: Slot, commands: Vec<Command>) -> Result<Vec<Value>, StoreError> {
        let trying = self.try_until_answered(kind, slot, commands);
        match tokio::time::timeout(2 * PATIENCE, trying).await.unwrap_or(Err("no answer in time".into())) {
            Ok(answers) => {
                if self.trouble.is_over() {
                    tracing::info!("redis works again");
                }
                Ok(answers)
            }
            Err(why) => Err(self.gave_up(&why)),
        }
    }

    /// One command that only reads.
    pub(super) async fn read(&self, slot: Slot, command: Command) -> Result<Value, StoreError> {
        Ok(self.ask(Kind::Read, slot, vec![command]).await?.pop().unwrap_or_default())
    }

    /// One command that changes something.
    pub(super) async fn write(&self, slot: Slot, command: Command) -> Result<Value, StoreError> {
        Ok(self.ask(Kind::Write, slot, vec![command]).await?.pop().unwrap_or_default())
    }

    async fn try_until_answered(&self, kind: Kind, slot: Slot, commands: Vec<Command>) -> Result<Vec<Value>, String> {
        let begun = Instant::now();
        let mut job = Job { commands, in_full: false, is_asking: false };
        let mut sent_to = None;
        let mut redirected = 0;
        loop {
            let to = sent_to.take().or_else(|| self.map().master(slot).cloned());
            let answers = match &to {
                Some(to) => self.send(to, kind, &job).await,
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

    /// Every server that is known, masters and replicas.
    pub(super) async fn servers(&self) -> Vec<Address> {
        if self.map().is_empty() {
            self.look().await;
        }
        self.map().servers().cloned().collect()
    }

    /// A slot of each master.
    pub(super) async fn one_slot_each(&self) -> Vec<Slot> {
        if self.map().is_empty() {
            self.look().await;
        }
        self.map().one_slot_each()
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
        let known = self.map();
        for server in known.servers().chain(&self.place.servers) {
            let Ok(answer) = self.ask_server(server, Command::new("CLUSTER").arg("SLOTS")).await else { continue };
            if let Some(map) = Map::parse(&answer, server) {
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

    fn gave_up(&self, why: &str) -> StoreError {
        self.storing.errors.add(Cause::Other);
        if let Some(in_a_row) = self.trouble.again() {
            tracing::error!(
                why,
                in_a_row,
                "redis has not done what was asked; browsers keep their events. Look at `CLUSTER INFO`, the servers' logs \
                 and disks. No restart is needed."
            );
        }
        StoreError::Unavailable
    }
}
