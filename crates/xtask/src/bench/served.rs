//! The servers that are measured, each alone on the first core: the endpoint on a database of its own, and nginx with files of
//! what the endpoint answers.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::Cell;
use super::load::{self, Run};
use super::targets::{Ask, Host, TALLIES, TARGETS, Target, VIEW};
use crate::supervise::Server;
use crate::{exec, repo};

/// Both, with what they need.
pub(crate) struct Served {
    /// Database, files and configuration.
    pub(crate) dir: PathBuf,
    gema: (Server, String),
    nginx: (Server, String),
}

impl Served {
    /// Starts both.
    pub(crate) fn start() -> Result<Self> {
        let dir = repo::target().join("bench");
        // Left from an earlier run.
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(dir.join("files")).context("cannot make target/bench")?;
        let mut gema = on_first_core(repo::gema());
        gema.args(["serve", "--listen", "127.0.0.1:0", "--bots", "count", "--limits", "off", "--database"]);
        let gema = Server::start_endpoint(gema.arg(dir.join("gema.db")))?;
        for (name, path) in [("view", VIEW), ("tallies", TALLIES)] {
            fs::write(dir.join("files").join(name), get(&gema.1, path)?)?;
        }
        let nginx = nginx(&dir)?;
        for path in [VIEW, TALLIES] {
            if get(&gema.1, path)? != get(&nginx.1, path)? {
                bail!("nginx does not answer {path} with the same bytes");
            }
        }
        Ok(Self { dir, gema, nginx })
    }

    fn host(&self, host: Host) -> &(Server, String) {
        match host {
            Host::Gema => &self.gema,
            Host::Nginx => &self.nginx,
        }
    }

    /// One run on that target.
    pub(crate) fn run(&self, target: &Target, connections: usize, time: Duration) -> Result<Run> {
        let (server, url) = self.host(target.host);
        load::run(&self.dir, url, target.ask, connections, time, || cpu_seconds(server.id()))
    }

    /// Resident memory.
    pub(crate) fn memory_mib(&self, host: Host) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.host(host).0.id()))?;
        let kib = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = kib.and_then(|kib| kib.trim().strip_suffix("kB")?.trim().parse::<f64>().ok());
        Ok(kib.context("no VmRSS in /proc")? / 1024.0)
    }

    /// Every event that was answered is counted, and none twice: only what was under way when a run ended may be more.
    pub(crate) fn nothing_is_lost(&mut self, cells: &[Cell]) -> Result<()> {
        for (kind, count) in [("read", "reads"), ("react", "happy")] {
            let of_kind = |cell: &&Cell| matches!(cell.target.ask, Ask::Event { kind: its, .. } if its == kind);
            let runs = || cells.iter().filter(of_kind).flat_map(|cell| cell.runs.iter().map(move |run| (cell, run)));
            let answered: u64 = runs().map(|(_, run)| run.requests).sum();
            let under_way: u64 = runs().map(|(cell, _)| cell.connections as u64).sum();
            let counted = self.counted(count)?;
            if !(answered..=answered + under_way).contains(&counted) {
                bail!("{answered} events of kind {kind} were acknowledged, and {counted} are counted");
            }
            println!("      {answered} events of kind {kind} were acknowledged, and {counted} are counted");
        }
        Ok(())
    }

    fn counted(&self, count: &str) -> Result<u64> {
        let most = TARGETS.iter().filter_map(|target| match target.ask {
            Ask::Event { articles, .. } => Some(articles),
            Ask::Get(_) => None,
        });
        let mut keys: Vec<String> = (0..most.max().unwrap_or(0)).map(|n| format!("article=spread-{n}")).collect();
        keys.push("article=hot".into());
        let mut sum = 0;
        for part in keys.chunks(100) {
            let answer = get(&self.gema.1, &format!("/v1/sites/demo/tallies?{}", part.join("&")))?;
            let answer: serde_json::Value = serde_json::from_slice(&answer)?;
            for tally in answer["tallies"].as_array().into_iter().flatten() {
                let of_reaction = tally["reactions"][count].as_u64();
                sum += of_reaction.or(tally[count].as_u64()).with_context(|| format!("no {count} in {tally}"))?;
            }
        }
        Ok(sum)
    }
}

fn on_first_core(program: impl AsRef<Path>) -> Command {
    let mut command = exec::program("taskset");
    command.args(["-c", "0"]).arg(program.as_ref());
    command
}

/// nginx as one would set it up to serve files fast: one worker, open files kept, no log.
fn nginx(dir: &Path) -> Result<(Server, String)> {
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let at = dir.display();
    let config = format!(
        "daemon off; master_process off; pid {at}/nginx.pid; error_log {at}/nginx.log;\n\
         events {{ worker_connections 1024; }}\n\
         http {{ access_log off; sendfile on; tcp_nopush on; open_file_cache max=100; keepalive_requests 1000000000;\n\
         client_body_temp_path {at}/body; proxy_temp_path {at}/proxy; fastcgi_temp_path {at}/fastcgi;\n\
         uwsgi_temp_path {at}/uwsgi; scgi_temp_path {at}/scgi; default_type application/json;\n\
         server {{ listen {address}; add_header Cache-Control 'public, max-age=10';\n\
         location = /v1/sites/demo/view {{ alias {at}/files/view; }}\n\
         location = /v1/sites/demo/tallies {{ alias {at}/files/tallies; }} }} }}\n"
    );
    let file = dir.join("nginx.conf");
    fs::write(&file, config)?;
    let server = Server::start(on_first_core("nginx").arg("-p").arg(dir).arg("-c").arg(file))?;
    let since = Instant::now();
    while TcpStream::connect(address).is_err() {
        if since.elapsed() > Duration::from_secs(10) {
            bail!("nginx does not get ready: see {at}/nginx.log");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok((server, format!("http://{address}")))
}

/// The body of a plain answer.
fn get(url: &str, path: &str) -> Result<Vec<u8>> {
    let address: SocketAddr = url.strip_prefix("http://").context("no plain URL")?.parse()?;
    let mut stream = TcpStream::connect(address)?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    if !answer.starts_with(b"HTTP/1.1 200 ") {
        bail!("{path}: {}", String::from_utf8_lossy(&answer));
    }
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").context("an answer without an end of its head")?;
    Ok(answer.split_off(end + 4))
}

/// What the process has used of processors, in seconds.
fn cpu_seconds(process: u32) -> Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    parse_cpu(&stat).with_context(|| format!("/proc/{process}/stat is not as it should be: {stat}"))
}

/// User and system time of `/proc/PID/stat`, which counts in hundredths of a second.
fn parse_cpu(stat: &str) -> Option<f64> {
    // The name of the program may have anything in it, but no later field has a parenthesis.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let ticks = fields.next()?.parse::<f64>().ok()? + fields.next()?.parse::<f64>().ok()?;
    Some(ticks / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_read_whatever_the_program_is_called() {
        let stat = "12 (a) b) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0";
        assert_eq!(parse_cpu(stat), Some(2.0));
        assert_eq!(parse_cpu("12 (a"), None);
    }
}
