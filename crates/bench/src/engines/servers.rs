//! Servers of Redis, configured as docs/operating.md requires.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::{StoreKind, redis};
use crate::http;
use devtools::exec;
use devtools::supervise::Server;

/// Number of hash slots of a cluster.
const SLOTS: usize = 16384;

/// The servers of one engine: the masters first, then an equal number of replicas.
pub(crate) struct Servers {
    store_kind: StoreKind,
    dir: PathBuf,
    running: Vec<Running>,
}

struct Running {
    server: Server,
    address: SocketAddr,
    /// The port of the cluster bus.
    bus: u16,
}

impl Servers {
    /// Starts the servers; none for a file.
    pub(crate) fn start(store_kind: StoreKind, dir: &Path) -> Result<Self> {
        let many = match store_kind {
            StoreKind::File => 0,
            StoreKind::Redis => 1,
            StoreKind::Cluster(masters) => 2 * masters,
        };
        let running = (0..many)
            .map(|number| server(store_kind, &dir.join(format!("server-{number}"))))
            .collect::<Result<_>>()?;
        let servers = Self {
            store_kind,
            dir: dir.to_owned(),
            running,
        };
        for number in 0..many {
            servers.until(number, &["ping"], &["PONG"])?;
        }
        if let StoreKind::Cluster(masters) = store_kind {
            servers.join(masters)?;
        }
        Ok(servers)
    }

    /// The store's URL for the endpoint's `--database`.
    pub(crate) fn url(&self, dir: &Path) -> String {
        let hosts = self
            .running
            .iter()
            .map(|running| running.address.to_string())
            .collect::<Vec<_>>()
            .join(",");
        match self.store_kind {
            StoreKind::File => format!("sqlite:{}", dir.join("gema.db").display()),
            StoreKind::Redis => format!("redis://{hosts}"),
            StoreKind::Cluster(_) => format!("redis+cluster://{hosts}"),
        }
    }

    /// The process ids of the masters.
    pub(crate) fn masters(&self) -> impl Iterator<Item = u32> {
        let many = if let StoreKind::Cluster(masters) = self.store_kind {
            masters
        } else {
            self.running.len()
        };
        self.running
            .iter()
            .take(many)
            .map(|running| running.server.id())
    }

    /// The process ids of the replicas.
    pub(crate) fn replicas(&self) -> impl Iterator<Item = u32> {
        self.running
            .iter()
            .skip(self.masters().count())
            .map(|running| running.server.id())
    }

    /// Joins the servers to one cluster. (`redis-cli --cluster create` refuses fewer than three masters.)
    fn join(&self, masters: usize) -> Result<()> {
        let all = self.running.len().to_string();
        for (number, Running { address, bus, .. }) in self.running.iter().enumerate() {
            let [ip, port, bus] = [
                address.ip().to_string(),
                address.port().to_string(),
                bus.to_string(),
            ];
            self.says(0, &["cluster", "meet", &ip, &port, &bus])?;
            if number < masters {
                let [first, last] = [number, number + 1].map(|part| SLOTS * part / masters);
                self.says(
                    number,
                    &[
                        "cluster",
                        "addslotsrange",
                        &first.to_string(),
                        &(last - 1).to_string(),
                    ],
                )?;
            }
        }
        for number in 0..self.running.len() {
            self.until(
                number,
                &["cluster", "info"],
                &[&format!("cluster_known_nodes:{all}\r"), "cluster_state:ok"],
            )?;
        }
        for replica in masters..self.running.len() {
            let id = self.says(replica - masters, &["cluster", "myid"])?;
            self.says(replica, &["cluster", "replicate", id.trim()])?;
        }
        for replica in masters..self.running.len() {
            self.until(
                replica,
                &["info", "replication"],
                &["role:slave", "master_link_status:up"],
            )?;
        }
        Ok(())
    }

    fn says(&self, number: usize, words: &[&str]) -> Result<String> {
        let port = self.running[number].address.port().to_string();
        exec::read(
            redis("redis-cli", &self.dir)
                .args(["-p", &port])
                .args(words),
        )
    }

    /// Repeats the command until its output contains all of `expected`.
    fn until(&self, number: usize, words: &[&str], expected: &[&str]) -> Result<()> {
        let since = Instant::now();
        loop {
            let answer = self.says(number, words);
            if answer
                .as_ref()
                .is_ok_and(|answer| expected.iter().all(|part| answer.contains(part)))
            {
                return Ok(());
            }
            if since.elapsed() > Duration::from_secs(30) {
                bail!(
                    "a server of Redis does not get ready: {answer:?} to {words:?}; see {}",
                    self.dir.display()
                );
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

fn server(store_kind: StoreKind, dir: &Path) -> Result<Running> {
    fs::create_dir_all(dir).with_context(|| format!("cannot make {}", dir.display()))?;
    let address = http::free()?;
    let bus = http::free()?.port();
    let cluster = match store_kind {
        StoreKind::Cluster(_) => format!("cluster-enabled yes\ncluster-port {bus}\n"),
        _ => String::new(),
    };
    let config = format!(
        "bind {}\nport {}\nprotected-mode no\nlogfile log\nsave \"\"\nappendonly yes\nappendfsync always\n\
         repl-diskless-sync-delay 0\n{cluster}",
        address.ip(),
        address.port()
    );
    fs::write(dir.join("redis.conf"), config)?;
    let mut command: Command = redis("redis-server", dir);
    Ok(Running {
        server: Server::start(command.arg("redis.conf"))?,
        address,
        bus,
    })
}
