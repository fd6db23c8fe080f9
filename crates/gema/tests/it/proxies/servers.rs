use std::{
    fs,
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// A server, by its documented configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Nginx,
    Caddy,
    Apache,
    Haproxy,
    Varnish,
    Squid,
}

/// A running server, stopped when it is dropped.
pub(super) struct Server {
    pub(super) kind: Kind,
    pub(super) address: String,
    process: Child,
    _dir: TempDir,
}

/// Gema's address in the documents.
const ENDPOINT: &str = "127.0.0.1:8787";

impl Server {
    /// Starts the documented server, with other addresses, other file locations, and without TLS.
    pub(super) fn before(kind: Kind, endpoint: &str) -> Self {
        let dir = TempDir::with_prefix("gema-proxy-").unwrap();
        let address = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .to_string();
        let file = dir.path().join("config");
        let mut command = kind.prepared(endpoint, &address, dir.path(), &file);
        let log = fs::File::create(dir.path().join("output")).unwrap();
        command
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .current_dir(dir.path());
        let process = command
            .spawn()
            .unwrap_or_else(|error| panic!("{kind:?}: {error}: run `cargo xtask setup --test`"));
        let mut server = Self {
            kind,
            address,
            process,
            _dir: dir,
        };
        server.wait();
        server
    }

    fn wait(&mut self) {
        let begun = Instant::now();
        while TcpStream::connect(&self.address).is_err() {
            let output = || fs::read_to_string(self._dir.path().join("output")).unwrap_or_default();
            assert!(
                self.process.try_wait().unwrap().is_none(),
                "{:?} has ended: {}",
                self.kind,
                output()
            );
            assert!(
                begun.elapsed() < Duration::from_secs(30),
                "{:?} does not listen: {}",
                self.kind,
                output()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Some have child processes, which they end themselves. Apache would wait for its clients, and runs as one
        // process here.
        if self.kind == Kind::Apache {
            let _ = self.process.kill();
        }
        let _ = Command::new("kill")
            .args(["-TERM", &self.process.id().to_string()])
            .status();
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(5)
            && matches!(self.process.try_wait(), Ok(None))
        {
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Kind {
    fn prepared(self, endpoint: &str, address: &str, dir: &Path, file: &Path) -> Command {
        let config = self.config(endpoint, address, &dir.display().to_string());
        fs::write(file, config).unwrap();
        let command = |program: &str, args: &[&str]| {
            let mut command = Command::new(program);
            command.args(args);
            command
        };
        match self {
            Self::Nginx => {
                let mut nginx = command("nginx", &["-e", "stderr", "-c"]);
                nginx.arg(file).arg("-p").arg(dir);
                nginx
            }
            Self::Caddy => {
                let mut caddy = command("caddy", &["run", "--adapter", "caddyfile", "--config"]);
                caddy
                    .arg(file)
                    .env("HOME", dir)
                    .env("XDG_DATA_HOME", dir)
                    .env("XDG_CONFIG_HOME", dir);
                caddy
            }
            Self::Apache => {
                let mut apache = command("apache2", &["-X", "-f"]);
                apache.arg(file);
                apache
            }
            Self::Haproxy => {
                let mut haproxy = command("haproxy", &["-db", "-f"]);
                haproxy.arg(file);
                haproxy
            }
            Self::Varnish => {
                let mut varnish = command(
                    "varnishd",
                    &[
                        "-F",
                        "-j",
                        "none",
                        "-s",
                        "malloc,16M",
                        "-T",
                        "none",
                        "-a",
                        address,
                    ],
                );
                varnish
                    .arg("-f")
                    .arg(file)
                    .arg("-n")
                    .arg(dir.join("varnish"));
                varnish
            }
            Self::Squid => {
                let mut squid = command("squid", &["-N", "-f"]);
                squid.arg(file);
                squid
            }
        }
    }

    /// The documented configuration as it is tested.
    fn config(self, endpoint: &str, address: &str, dir: &str) -> String {
        let documented = match self {
            Self::Nginx => include_str!("../../../../../docs/deploy/nginx.conf"),
            Self::Caddy => include_str!("../../../../../docs/deploy/Caddyfile"),
            Self::Apache => include_str!("../../../../../docs/deploy/apache.conf"),
            Self::Haproxy => include_str!("../../../../../docs/deploy/haproxy.cfg"),
            Self::Varnish => include_str!("../../../../../docs/deploy/varnish.vcl"),
            Self::Squid => include_str!("../../../../../docs/deploy/squid.conf"),
        };
        let (_, port) = address.rsplit_once(':').unwrap();
        let (host, endpoint_port) = endpoint.rsplit_once(':').unwrap();
        let text = documented.replace(ENDPOINT, endpoint);
        match self {
            Self::Nginx => {
                let kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
                let temporary: String = kinds
                    .map(|kind| format!("{kind}_temp_path {dir}/{kind};\n"))
                    .concat();
                let listens = format!("listen {address};");
                let site = without_lines(&text, &["ssl_certificate", "listen [::]"])
                    .replace("listen 443 ssl http2;", &listens);
                format!(
                    "daemon off; master_process off; pid {dir}/pid;\nevents {{}}\nhttp {{\n{temporary}{site}}}\n"
                )
            }
            Self::Caddy => text
                .replacen("{\n\t# Its", "{\n\tadmin off\n\tauto_https off\n\t# Its", 1)
                .replace(
                    "gema.example {",
                    &format!("http://gema.example:{port} {{\n\tbind 127.0.0.1"),
                ),
            Self::Apache => {
                let modules = "/usr/lib/apache2/modules";
                let loaded: String = ["mpm_event", "authz_core", "headers", "proxy", "proxy_http"]
                    .map(|name| format!("LoadModule {name}_module {modules}/mod_{name}.so\n"))
                    .concat();
                let site = without_lines(&text, &["SSL", "Protocols"])
                    .replace("*:443", &format!("*:{port}"));
                format!(
                    "ServerRoot {dir}\nPidFile {dir}/pid\nMutex file:{dir}\nServerName gema.example\nUser www-data\n\
                     Group www-data\nErrorLog /dev/stderr\nListen {address}\n{loaded}{site}"
                )
            }
            Self::Haproxy => text.replace(
                "bind :443 ssl crt /etc/haproxy/gema.example.pem alpn h2,http/1.1",
                &format!("bind {address}"),
            ),
            Self::Varnish => text
                .replace("\"127.0.0.1\"", &format!("\"{host}\""))
                .replace("\"8787\"", &format!("\"{endpoint_port}\"")),
            Self::Squid => {
                let site = without_lines(&text, &["https_port"]).replace(
                    "127.0.0.1 parent 8787",
                    &format!("{host} parent {endpoint_port}"),
                );
                format!(
                    "http_port {address} accel defaultsite=gema.example\npid_filename none\ncoredump_dir {dir}\n\
                     visible_hostname gema.example\nshutdown_lifetime 0 seconds\nnetdb_filename none\n{site}"
                )
            }
        }
    }
}

/// The text without lines that begin with one of these.
fn without_lines(text: &str, beginnings: &[&str]) -> String {
    let is_kept = |line: &&str| {
        !beginnings
            .iter()
            .any(|beginning| line.trim_start().starts_with(beginning))
    };
    text.lines()
        .filter(is_kept)
        .map(|line| format!("{line}\n"))
        .collect()
}
