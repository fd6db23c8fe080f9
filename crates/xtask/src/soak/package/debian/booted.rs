use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::exec;

/// How long systemd may take to start its units.
const BOOT: Duration = Duration::from_secs(60);
const BOOT_POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Mounts what systemd expects, below the directory that is the first argument, and becomes its init.
const INIT: &str = include_str!("init.sh");

/// Removes the control groups that systemd leaves in the kernel.
const CLEARED: &str = include_str!("cleared.sh");

/// A system in namespaces of its own: processes, mounts, and a network with a loopback only. Dropping it stops all of
/// it.
pub(super) struct Booted {
    unshare: Child,
    /// The process id of its init.
    init: u32,
}

impl Booted {
    /// Boots the system in a directory.
    pub(super) fn start(root: &Path) -> Result<Self> {
        let mut unshare = Command::new("unshare");
        unshare.args([
            "--mount",
            "--pid",
            "--net",
            "--ipc",
            "--uts",
            "--cgroup",
            "--fork",
            "--kill-child",
            "--",
        ]);
        unshare
            .args(["sh", "-eu", "-c", INIT, "sh"])
            .arg(root)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        let unshare = unshare
            .spawn()
            .context("cannot start `unshare`: this needs to be root")?;
        let mut booted = Self { init: 0, unshare };
        let since = Instant::now();
        while !booted.is_up() {
            if let Some(status) = booted.unshare.try_wait()? {
                bail!("the system has ended ({status})");
            }
            ensure!(since.elapsed() < BOOT, "the system does not start");
            std::thread::sleep(BOOT_POLL_INTERVAL);
        }
        Ok(booted)
    }

    /// Whether all units are started (or have failed: some cannot work in a container).
    fn is_up(&mut self) -> bool {
        let id = self.unshare.id();
        let children =
            std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        let Some(init) = children
            .split_whitespace()
            .next()
            .and_then(|child| child.parse().ok())
        else {
            return false;
        };
        self.init = init;
        // `is-system-running` fails unless the state is `running`, and prints the state nevertheless.
        let state = self.command(&["systemctl", "is-system-running"]).output();
        state.is_ok_and(|output| {
            ["running", "degraded"].contains(&String::from_utf8_lossy(&output.stdout).trim())
        })
    }

    /// A program of the container, run inside it.
    pub(super) fn command(&self, words: &[&str]) -> Command {
        let mut nsenter = self.nsenter(&["--all", "--root", "--wd"]);
        nsenter
            .args(words)
            .env_clear()
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .env("DEBIAN_FRONTEND", "noninteractive");
        nsenter
    }

    /// A program of this machine, run in the container's network.
    pub(super) fn beside(&self, words: &[&str]) -> Command {
        let mut nsenter = self.nsenter(&["--net"]);
        nsenter.args(words);
        nsenter
    }

    fn nsenter(&self, namespaces: &[&str]) -> Command {
        let mut nsenter = Command::new(exec::which("nsenter").unwrap_or_else(|| "nsenter".into()));
        nsenter
            .args(["--target", &self.init.to_string()])
            .args(namespaces)
            .arg("--");
        nsenter
    }
}

impl Drop for Booted {
    fn drop(&mut self) {
        // Killing unshare kills init (`--kill-child`), and with it every process of the namespace.
        let _ = self.unshare.kill();
        let _ = self.unshare.wait();
        let _ = Command::new("unshare")
            .args(["--mount", "--cgroup", "--", "sh", "-eu", "-c", CLEARED])
            .status();
    }
}
