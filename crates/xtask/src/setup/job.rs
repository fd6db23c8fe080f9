//! Installations that run at the same time, each with a log of its own; the last lines of the logs are shown from time
//! to time.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::{exec, progress, tools};

/// How often a long installation shows its last log line.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(20);

/// One installation.
pub(crate) struct Job {
    /// Name of what is installed; also the name of its log.
    pub(crate) name: String,
    /// Why it cannot run, with the remedy.
    pub(crate) obstacle: Option<String>,
    work: JobFn,
}

type JobFn = Box<dyn FnOnce(&Log) -> Result<()> + Send>;

impl Job {
    /// An installation that can run.
    pub(crate) fn new(
        name: impl Into<String>,
        work: impl FnOnce(&Log) -> Result<()> + Send + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            obstacle: None,
            work: Box::new(work),
        }
    }

    /// The job with an obstacle, if there is one.
    pub(crate) fn blocked(self, obstacle: Option<String>) -> Self {
        Self { obstacle, ..self }
    }
}

/// The log file to which an installation's commands write.
pub(crate) struct Log {
    path: PathBuf,
}

impl Log {
    fn create(name: &str) -> Result<Self> {
        let dir = tools::cache()?.join("logs");
        let path = dir.join(format!("{}.log", name.replace([' ', '\''], "-")));
        std::fs::create_dir_all(&dir)
            .and_then(|()| File::create(&path))
            .with_context(|| {
                format!(
                    "cannot write {}: set GEMA_CACHE to a directory of yours",
                    path.display()
                )
            })?;
        Ok(Self { path })
    }

    /// Runs a command with its output in the log. If it fails, the error has the log's last lines.
    pub(crate) fn run(&self, command: &mut Command) -> Result<()> {
        let mut log = File::options().append(true).open(&self.path)?;
        writeln!(log, "$ {}", exec::shown(command))?;
        let status = command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .status()
            .with_context(|| format!("cannot start `{}`", exec::shown(command)))?;
        if !status.success() {
            bail!(
                "`{}` failed ({status}):\n{}\n(all of it: {})",
                exec::shown(command),
                self.tail(12),
                self.path.display()
            );
        }
        Ok(())
    }

    fn tail(&self, lines: usize) -> String {
        let text = std::fs::read(&self.path)
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default();
        last_lines(&text, lines)
    }
}

/// Runs all jobs at the same time, each to its end, even if another fails: what is installed need not be installed
/// again. Gives the first failure.
pub(crate) fn run_all(jobs: Vec<Job>) -> Result<()> {
    let mut running = Vec::new();
    let (finished, results) = mpsc::channel();
    for job in jobs {
        let log = Log::create(&job.name)?;
        running.push((job.name.clone(), log.path.clone()));
        let step = progress::TimedStep::begin(format!("{}: installing", job.name));
        let finished = finished.clone();
        std::thread::spawn(move || {
            let result =
                (job.work)(&log).with_context(|| format!("{} could not be installed", job.name));
            // Cannot fail: the receiver waits for every job.
            let _ = finished.send((job.name, step, result));
        });
    }
    let mut outcome = Ok(());
    while !running.is_empty() {
        let Ok((name, step, result)) = results.recv_timeout(PROGRESS_INTERVAL) else {
            running.iter().for_each(|(name, log)| show_life(name, log));
            continue;
        };
        running.retain(|(other, _)| *other != name);
        match &result {
            Ok(()) => drop(step.done()),
            Err(_) => progress::line(format!("{name}: failed")),
        }
        outcome = outcome.and(result);
    }
    outcome
}

fn show_life(name: &str, log: &Path) {
    let log = Log {
        path: log.to_owned(),
    };
    progress::line(format!("{name}: … {}", log.tail(1).trim()));
}

fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<_> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_shown_by_its_last_lines() {
        assert_eq!(last_lines("a\n\nb\nc\n", 2), "b\nc");
        assert_eq!(last_lines("a", 5), "a");
        assert_eq!(last_lines("", 5), "");
    }
}
