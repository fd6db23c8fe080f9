//! Real Redis servers on free ports, which are killed when this process ends, however that happens.

use std::{
    fs,
    net::TcpListener,
    ops::RangeInclusive,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::waiting::until;

/// Some servers in one directory.
pub(crate) struct Servers {
    pub(crate) ports: Vec<u16>,
    dir: PathBuf,
    /// A shell that kills the servers when its standard input is closed.
    _guard: Child,
}

/// Configuration of every server: as durable as gema requires, and quick to detect failures.
const REDIS_CONFIG: &str = "\
bind 127.0.0.1
protected-mode no
daemonize no
save \"\"
appendonly yes
appendfsync always
repl-diskless-sync-delay 0
repl-ping-replica-period 1
repl-timeout 10
";

const CLUSTER_CONFIG: &str = "\
cluster-enabled yes
cluster-node-timeout 2000
cluster-replica-validity-factor 0
cluster-require-full-coverage no
";

/// Number of masters of a cluster.
const MASTERS: usize = 3;

/// A server, as reported by another one of the cluster.
#[derive(Debug)]
pub(crate) struct Node {
    /// Index of the server.
    pub(crate) server: usize,
    pub(crate) is_well: bool,
    /// Index of its master, if it is a replica.
    pub(crate) follows: Option<usize>,
    pub(crate) slots: Vec<RangeInclusive<u16>>,
}

impl Servers {
    /// A single server.
    pub(crate) fn one() -> Self {
        let servers = Self::start(1, "");
        servers.wait("PONG to PING", |servers| {
            servers.cli(0, &["ping"]).contains("PONG")
        });
        servers
    }

    /// Three masters and three replicas.
    pub(crate) fn cluster() -> Self {
        Self::cluster_with(1)
    }

    /// Three masters, with this many replicas each.
    pub(crate) fn cluster_with(replicas: usize) -> Self {
        let many = MASTERS * (1 + replicas);
        let servers = Self::start(many, CLUSTER_CONFIG);
        servers.wait("PONG to PING", |servers| {
            (0..many).all(|server| servers.cli(server, &["ping"]).contains("PONG"))
        });
        let addresses = servers.addresses();
        let mut create = vec!["--cluster", "create"];
        create.extend(addresses.iter().map(String::as_str));
        let replicas = replicas.to_string();
        create.extend(["--cluster-replicas", &replicas, "--cluster-yes"]);
        let said = servers.cli(0, &create);
        assert!(said.contains("All 16384 slots covered"), "{said}");
        servers.wait("a whole cluster", Self::is_whole);
        // CLUSTER SLOTS leaves out a replica until its offset is known.
        let lists_all = |servers: &Self, server: usize| {
            let slots = servers.cli(server, &["cluster", "slots"]);
            servers
                .ports
                .iter()
                .all(|port| slots.lines().any(|line| line.trim() == port.to_string()))
        };
        servers.wait("each server to list all", |servers| {
            (0..many).all(|server| lists_all(servers, server))
        });
        servers
    }

    /// The URL of a store on all servers: `redis`, or `redis+cluster`.
    pub(crate) fn url(&self, scheme: &str) -> String {
        format!("{scheme}://{}", self.addresses().join(","))
    }

    fn addresses(&self) -> Vec<String> {
        let address = |port: &u16| format!("127.0.0.1:{port}");
        self.ports.iter().map(address).collect()
    }

    /// Whether all slots are served, and every replica is in sync with its master.
    pub(crate) fn is_whole(&self) -> bool {
        let many = self.ports.len();
        let known = format!("cluster_known_nodes:{many}\r");
        let replicas = (0..many).filter(|server| {
            let role = self.cli(*server, &["info", "replication"]);
            role.contains("role:slave") && role.contains("master_link_status:up")
        });
        replicas.count() == many - MASTERS
            && (0..many).all(|server| {
                let info = self.cli(server, &["cluster", "info"]);
                info.contains("cluster_state:ok") && info.contains(&known)
            })
    }

    /// All servers, as reported by one of them.
    pub(crate) fn nodes(&self, witness: usize) -> Vec<Node> {
        let told = self.cli(witness, &["cluster", "nodes"]);
        let lines: Vec<Vec<_>> = told.lines().map(|line| line.split(' ').collect()).collect();
        let server_of = |words: &[&str]| {
            let port: u16 = words.get(1)?.split([':', '@']).nth(1)?.parse().ok()?;
            self.ports.iter().position(|known| *known == port)
        };
        let server_with = |id: &str| server_of(lines.iter().find(|words| words[0] == id)?);
        let nodes = lines.iter().filter_map(|words| {
            let range = |word: &&str| {
                let (from, to) = word.split_once('-').unwrap_or((word, word));
                Some(from.parse().ok()?..=to.parse().ok()?)
            };
            let slots = words.iter().skip(8).filter_map(range).collect();
            let is_well = !words.get(2)?.contains("fail");
            Some(Node {
                server: server_of(words)?,
                is_well,
                follows: server_with(words.get(3)?),
                slots,
            })
        });
        nodes.collect()
    }

    /// The master of that slot, as reported by another server.
    pub(crate) fn master_of(&self, slot: u16, witness: usize) -> Option<usize> {
        let has =
            |node: &Node| node.is_well && node.slots.iter().any(|range| range.contains(&slot));
        self.nodes(witness)
            .into_iter()
            .find(has)
            .map(|node| node.server)
    }

    fn start(many: usize, more: &str) -> Self {
        let dir = tempfile::Builder::new()
            .prefix("gema-redis-")
            .tempdir()
            .unwrap()
            .keep();
        let ports = free_ports(2 * many);
        let mut script = String::new();
        for (server, pair) in ports.chunks_exact(2).enumerate() {
            let home = dir.join(server.to_string());
            fs::create_dir(&home).unwrap();
            let bus = if more.is_empty() {
                String::new()
            } else {
                format!("cluster-port {}\n", pair[1])
            };
            let config = format!(
                "{REDIS_CONFIG}{more}{bus}port {}\ndir {}\n",
                pair[0],
                home.display()
            );
            fs::write(home.join("redis.conf"), config).unwrap();
            script.push_str(&run(&home));
        }
        // This process holds the other end of the shell's standard input.
        script.push_str(
            "read nothing; for pid in */pid; do kill -CONT $(cat $pid); kill -9 $(cat $pid); done; cd /; rm -rf \"$0\"",
        );
        let guard = Command::new("sh")
            .args(["-c", &script])
            .arg(&dir)
            .current_dir(&dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let ports = ports.chunks_exact(2).map(|pair| pair[0]).collect();
        Self {
            ports,
            dir,
            _guard: guard,
        }
    }

    /// The output of redis-cli for one of the servers.
    pub(crate) fn cli(&self, server: usize, args: &[&str]) -> String {
        let port = self.ports[server].to_string();
        // Commands for a cluster (`--cluster`) name the server to start with themselves.
        let whom: &[&str] = if args[0] == "--cluster" {
            &[]
        } else {
            &["-p", &port]
        };
        let output = Command::new("redis-cli")
            .args(whom)
            .args(args)
            .stdin(Stdio::null())
            .output();
        let output = output.expect("redis-cli is there: run `cargo xtask test setup`");
        String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr)
    }

    /// The version of the servers.
    pub(crate) fn version(&self) -> String {
        let info = self.cli(0, &["info", "server"]);
        let line = |name: &str| {
            info.lines()
                .find_map(|line| line.strip_prefix(name))
                .map(str::trim)
        };
        match (line("valkey_version:"), line("redis_version:")) {
            (Some(valkey), _) => format!("Valkey {valkey}"),
            (None, redis) => format!("Redis {}", redis.unwrap_or_default()),
        }
    }

    /// A signal to one of them.
    pub(crate) fn signal(&self, server: usize, signal: &str) {
        let pid = fs::read_to_string(self.dir.join(server.to_string()).join("pid")).unwrap();
        assert!(
            Command::new("kill")
                .args([signal, pid.trim()])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Whether an append-only file of one of them has these bytes.
    pub(crate) fn files_have(&self, bytes: &[u8]) -> bool {
        let dirs = (0..self.ports.len())
            .map(|server| self.dir.join(server.to_string()).join("appendonlydir"));
        // A file that a rewrite has just replaced is gone.
        let mut files = dirs
            .flat_map(|dir| fs::read_dir(dir).unwrap())
            .filter_map(|entry| fs::read(entry.ok()?.path()).ok());
        files.any(|file| memchr::memmem::find(&file, bytes).is_some())
    }

    /// Starts one again that was killed.
    pub(crate) fn restart(&self, server: usize) {
        let home = self.dir.join(server.to_string());
        let script = format!("cd {}; {}", self.dir.display(), run(&home));
        assert!(
            Command::new("sh")
                .args(["-c", &script])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Waits until a condition holds.
    pub(crate) fn wait(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let begun = Instant::now();
        while !is_so(self) {
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "{what} never came to be: {}",
                self.logs()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits until the cluster is complete.
    pub(crate) async fn become_whole(&self) {
        let failure = || format!("the cluster is not complete: {}", self.states());
        until(60, failure, async || self.is_whole()).await;
    }

    /// Each server's view of the cluster, its replication state, and its log.
    pub(crate) fn states(&self) -> String {
        let says = |server: usize| {
            self.cli(server, &["cluster", "nodes"])
                + &self.cli(server, &["info", "replication"])
                + &self.log(server)
        };
        (0..self.ports.len())
            .map(|server| format!("\n{server}: {}", says(server)))
            .collect()
    }

    fn logs(&self) -> String {
        (0..self.ports.len())
            .map(|server| format!("\n{server}: {}", self.log(server)))
            .collect()
    }

    fn log(&self, server: usize) -> String {
        fs::read_to_string(self.dir.join(format!("{server}/log"))).unwrap_or_default()
    }
}

/// The server program: `redis-server`, unless an environment variable names another one, such as `valkey-server`.
pub(crate) fn server_program() -> String {
    std::env::var("GEMA_REDIS_SERVER").unwrap_or_else(|_| "redis-server".into())
}

/// The part of the shell script that starts one server.
fn run(home: &Path) -> String {
    let home = home.display();
    let server = server_program();
    format!("{server} {home}/redis.conf >> {home}/log 2>&1 < /dev/null & echo $! > {home}/pid\n")
}

fn free_ports(many: usize) -> Vec<u16> {
    let listeners: Vec<_> = (0..many)
        .map(|_| TcpListener::bind("127.0.0.1:0").unwrap())
        .collect();
    listeners
        .iter()
        .map(|listener| listener.local_addr().unwrap().port())
        .collect()
}
