//! Servers that run until the user stops them: a signal stops xtask, and xtask stops them, gracefully.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::exec;

static STOP_REQUESTED: AtomicBool = AtomicBool::new(false);

/// How long a server may take to stop after SIGTERM, before it is killed.
const STOP_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the endpoint may take to start.
const START_TIMEOUT: Duration = Duration::from_secs(30);
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// Ctrl-C (and SIGTERM, SIGHUP) no longer ends xtask at once but makes it stop its servers.
pub fn catch_signals() -> Result<()> {
    ctrlc::set_handler(|| STOP_REQUESTED.store(true, Ordering::Relaxed))
        .context("cannot catch Ctrl-C")
}

/// A server process. Dropping it stops the process.
pub struct Server {
    name: String,
    child: Child,
}

impl Server {
    /// Starts it in a process group of its own: Ctrl-C reaches only xtask, and the server's own child processes stop
    /// with it.
    pub fn start(command: &mut Command) -> Result<Self> {
        let name = exec::shown(command);
        println!("      $ {name}");
        let child = command
            .stdin(Stdio::null())
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start `{name}`"))?;
        Ok(Self { name, child })
    }

    /// Starts an endpoint and waits until it prints the address on which it listens. Gives the server and that
    /// address.
    pub fn start_endpoint(command: &mut Command) -> Result<(Self, String)> {
        let mut server = Self::start(command.stdout(Stdio::piped()))?;
        let output = server
            .child
            .stdout
            .take()
            .context("the endpoint's output is not piped")?;
        let (line, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for text in BufReader::new(output).lines().map_while(Result::ok) {
                match listening(&text) {
                    // After the first URL the receiver is dropped.
                    Some(url) => drop(line.send(url.to_owned())),
                    None => println!("{text}"),
                }
            }
        });
        let since = Instant::now();
        loop {
            match lines.recv_timeout(POLL_INTERVAL) {
                Ok(url) => return Ok((server, url)),
                Err(_) if STOP_REQUESTED.load(Ordering::Relaxed) => bail!("stopped"),
                Err(_) => server.is_still_running()?,
            }
            if since.elapsed() > START_TIMEOUT {
                bail!(
                    "`{}` does not get ready: it has not said where it listens",
                    server.name
                );
            }
        }
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    fn is_still_running(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            Some(status) => bail!("`{}` has ended ({status})", self.name),
            None => Ok(()),
        }
    }

    fn signal(&self, signal: Signal) {
        if let Ok(group) = i32::try_from(self.child.id()) {
            // It may have exited already.
            let _ = killpg(Pid::from_raw(group), signal);
        }
    }

    fn stop(&mut self) -> Option<ExitStatus> {
        self.signal(Signal::SIGTERM);
        let since = Instant::now();
        while since.elapsed() < STOP_TIMEOUT {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Some(status);
            }
            std::thread::sleep(POLL_INTERVAL);
        }
        self.signal(Signal::SIGKILL);
        self.child.wait().ok()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            self.stop();
        }
    }
}

/// Waits for the user's signal. Fails if one of the servers exits before.
pub fn until_stopped(servers: &mut [Server]) -> Result<()> {
    while !STOP_REQUESTED.load(Ordering::Relaxed) {
        servers.iter_mut().try_for_each(Server::is_still_running)?;
        std::thread::sleep(POLL_INTERVAL);
    }
    Ok(())
}

/// The URL in the line with which the endpoint reports that it is ready.
fn listening(line: &str) -> Option<&str> {
    line.strip_prefix("listening on ").map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn an_endpoint_is_ready_when_it_says_where_it_listens() {
        let (server, url) = Server::start_endpoint(&mut sh(
            "echo hello; echo listening on http://127.0.0.1:9; exec sleep 60",
        ))
        .unwrap();
        assert_eq!(url, "http://127.0.0.1:9");
        let since = Instant::now();
        drop(server);
        assert!(since.elapsed() < STOP_TIMEOUT, "it ends when it is told to");
    }

    #[test]
    fn an_endpoint_that_ends_at_once_is_an_error_at_once() {
        let error = Server::start_endpoint(&mut sh("exit 4"))
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default();
        assert!(error.contains("has ended (exit status: 4)"), "{error}");
    }

    #[test]
    fn a_servers_child_processes_end_with_it() {
        let marker = std::env::temp_dir().join(format!("gema-supervise-{}", std::process::id()));
        let script = format!(
            "(trap 'touch {0}; exit' TERM; echo listening on x; while :; do sleep 0.05; done) & wait",
            marker.display()
        );
        let (server, _) = Server::start_endpoint(&mut sh(&script)).unwrap();
        drop(server);
        let since = Instant::now();
        while !marker.exists() {
            assert!(
                since.elapsed() < STOP_TIMEOUT,
                "the grandchild was not told"
            );
            std::thread::sleep(POLL_INTERVAL);
        }
        std::fs::remove_file(marker).unwrap();
    }
}
