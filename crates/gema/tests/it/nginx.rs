//! nginx with a documented configuration, except for addresses, TLS and file locations; in front of several endpoints that
//! of docs/deploy/nginx-several.conf. The end-to-end tests use it too.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

const NGINX_CONFIG: &str = include_str!("../../../../docs/deploy/nginx-several.conf");

/// A running nginx, killed when it is dropped.
pub(crate) struct Nginx {
    process: Child,
    pub(crate) address: String,
    _dir: TempDir,
}

impl Nginx {
    /// Starts nginx in front of these addresses.
    pub(crate) fn before(endpoints: &[&str]) -> Self {
        Self::with(|address| tried(endpoints, address))
    }

    /// Starts nginx with the site that `site` makes for its address.
    pub(crate) fn with(site: impl FnOnce(&str) -> String) -> Self {
        let dir = TempDir::with_prefix("gema-nginx-").unwrap();
        let address = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .to_string();
        let at = dir.path().display();
        let file = dir.path().join("nginx.conf");
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .iter()
            .map(|kind| format!("{kind}_temp_path {at}/{kind};\n"))
            .collect();
        let site = site(&address);
        let config = format!(
            "daemon off; master_process off; pid {at}/pid;\nevents {{ worker_connections 4096; }}\nhttp {{\n{temporary}{site}}}\n"
        );
        fs::write(&file, config).unwrap();
        let mut nginx = Command::new("nginx");
        nginx
            .arg("-p")
            .arg(dir.path())
            .arg("-c")
            .arg(file)
            .arg("-e")
            .arg(dir.path().join("log"))
            .stdin(Stdio::null());
        let process = nginx
            .spawn()
            .expect("nginx is there: run `cargo xtask test setup`");
        let begun = Instant::now();
        while TcpStream::connect(&address).is_err() {
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "nginx does not listen"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        Self {
            process,
            address,
            _dir: dir,
        }
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The configuration with other addresses, and without TLS.
fn tried(endpoints: &[&str], address: &str) -> String {
    let mut rest = NGINX_CONFIG.to_owned();
    let upstream = rest
        .lines()
        .filter(|line| line.trim().starts_with("server 10."))
        .collect::<Vec<_>>()
        .join("\n");
    assert!(upstream.ends_with("max_fails=0;"), "{upstream}");
    let endpoints = endpoints
        .iter()
        .map(|endpoint| format!("server {endpoint} max_fails=0;"));
    rest = rest.replace(&upstream, &endpoints.collect::<Vec<_>>().join("\n"));
    without_tls(&rest, address)
}

/// A documented site that listens on that address instead, without TLS.
pub(crate) fn without_tls(site: &str, address: &str) -> String {
    let mut listens = vec![format!("listen {address};")].into_iter();
    let line = |line: &str| match line.trim() {
        tls if tls.starts_with("ssl_") => None,
        listen if listen.starts_with("listen ") => listens.next(),
        other => Some(other.to_owned()),
    };
    site.lines().filter_map(line).collect::<Vec<_>>().join("\n")
}
