//! Real servers of Redis on free ports, which end with this process, however that ends.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// Some servers, in one directory.
pub(crate) struct Servers {
    pub(crate) ports: Vec<u16>,
    dir: PathBuf,
    /// Ends them when its standard input does.
    _guard: Child,
}

/// What every server is told: to be as durable as gema asks, and to notice quickly who is gone.
const CONFIG: &str = "\
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

const CLUSTER: &str = "\
cluster-enabled yes
cluster-node-timeout 2000
cluster-replica-validity-factor 0
";

impl Servers {
    /// One by itself.
    pub(crate) fn one() -> Self {
        let servers = Self::start(1, "");
        servers.wait("PONG to PING", |servers| servers.cli(0, &["ping"]).contains("PONG"));
        servers
    }

    /// Three masters and three replicas.
    pub(crate) fn cluster() -> Self {
        let servers = Self::start(6, CLUSTER);
        servers.wait("PONG to PING", |servers| (0..6).all(|server| servers.cli(server, &["ping"]).contains("PONG")));
        let addresses: Vec<_> = servers.ports.iter().map(|port| format!("127.0.0.1:{port}")).collect();
        let mut create = vec!["--cluster", "create"];
        create.extend(addresses.iter().map(String::as_str));
        create.extend(["--cluster-replicas", "1", "--cluster-yes"]);
        let said = servers.cli(0, &create);
        assert!(said.contains("All 16384 slots covered"), "{said}");
        servers.wait("a whole cluster", Self::is_whole);
        servers
    }

    /// Whether all slots are served, and every replica has what its master has.
    pub(crate) fn is_whole(&self) -> bool {
        let replicas = (0..6).filter(|server| {
            let role = self.cli(*server, &["info", "replication"]);
            role.contains("role:slave") && role.contains("master_link_status:up")
        });
        replicas.count() == 3
            && (0..6).all(|server| {
                let info = self.cli(server, &["cluster", "info"]);
                info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:6")
            })
    }

    fn start(many: usize, more: &str) -> Self {
        let dir = tempfile::Builder::new().prefix("gema-redis-").tempdir().unwrap().keep();
        let ports = free_ports(2 * many);
        let mut script = String::new();
        for (server, pair) in ports.chunks_exact(2).enumerate() {
            let home = dir.join(server.to_string());
            fs::create_dir(&home).unwrap();
            let bus = if more.is_empty() { String::new() } else { format!("cluster-port {}\n", pair[1]) };
            let config = format!("{CONFIG}{more}{bus}port {}\ndir {}\n", pair[0], home.display());
            fs::write(home.join("redis.conf"), config).unwrap();
            script.push_str(&run(&home));
        }
        // Whoever started them holds the other end of its input.
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
        Self { ports, dir, _guard: guard }
    }

    /// What redis-cli says to one of them.
    pub(crate) fn cli(&self, server: usize, args: &[&str]) -> String {
        let port = self.ports[server].to_string();
        // For the verbs of a cluster, it is told with whom to begin by themselves.
        let whom: &[&str] = if args[0] == "--cluster" { &[] } else { &["-p", &port] };
        let output = Command::new("redis-cli").args(whom).args(args).stdin(Stdio::null()).output();
        let output = output.expect("redis-cli is there: run `cargo xtask test setup`");
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
    }

    /// A signal to one of them.
    pub(crate) fn signal(&self, server: usize, signal: &str) {
        let pid = fs::read_to_string(self.dir.join(server.to_string()).join("pid")).unwrap();
        assert!(Command::new("kill").args([signal, pid.trim()]).status().unwrap().success());
    }

    /// Starts one again that was killed.
    pub(crate) fn restart(&self, server: usize) {
        let home = self.dir.join(server.to_string());
        let script = format!("cd {}; {}", self.dir.display(), run(&home));
        assert!(Command::new("sh").args(["-c", &script]).status().unwrap().success());
    }

    /// Waits until something is so.
    pub(crate) fn wait(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let begun = Instant::now();
        while !is_so(self) {
            assert!(begun.elapsed() < Duration::from_secs(60), "{what} never came to be: {}", self.logs());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// What each one says of the others, and of its own part.
    pub(crate) fn states(&self) -> String {
        let says = |server: usize| {
            self.cli(server, &["cluster", "nodes"]) + &self.cli(server, &["info", "replication"]) + &self.log(server)
        };
        (0..self.ports.len()).map(|server| format!("\n{server}: {}", says(server))).collect()
    }

    fn logs(&self) -> String {
        (0..self.ports.len()).map(|server| format!("\n{server}: {}", self.log(server))).collect()
    }

    fn log(&self, server: usize) -> String {
        fs::read_to_string(self.dir.join(format!("{server}/log"))).unwrap_or_default()
    }
}

/// The part of a script that starts one.
fn run(home: &Path) -> String {
    let home = home.display();
    format!("redis-server {home}/redis.conf >> {home}/log 2>&1 < /dev/null & echo $! > {home}/pid\n")
}

fn free_ports(many: usize) -> Vec<u16> {
    let listeners: Vec<_> = (0..many).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
    listeners.iter().map(|listener| listener.local_addr().unwrap().port()).collect()
}
