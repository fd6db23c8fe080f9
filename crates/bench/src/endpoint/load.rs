//! One measurement with wrk, on the second core.

use std::fmt;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::targets::BenchRequest;
use devtools::exec;

/// The result of one run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Run {
    /// Number of responses, all successful.
    pub(crate) requests: u64,
    /// Duration of the run, in seconds.
    pub(crate) seconds: f64,
    /// Processor time of the server, in seconds.
    pub(crate) cpu: f64,
    /// Median latency, in µs.
    pub(crate) p50: f64,
    /// 99th percentile of the latency, in µs.
    pub(crate) p99: f64,
    /// By how much the server's counts grew; `None` for a target that counts nothing.
    pub(crate) counted: Option<u64>,
}

impl Run {
    pub(crate) fn per_second(&self) -> f64 {
        self.requests as f64 / self.seconds
    }

    /// Requests per second of the server's processor time.
    pub(crate) fn per_cpu_second(&self) -> f64 {
        self.requests as f64 / self.cpu
    }

    /// Counted votes per second of the server's processor time.
    pub(crate) fn counted_per_cpu_second(&self) -> f64 {
        self.counted.unwrap_or(0) as f64 / self.cpu
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { p50, p99, .. } = self;
        write!(
            f,
            "{:>7.0}/s {:>7.0}/CPU s  p50 {p50:.0} µs  p99 {p99:.0} µs",
            self.per_second(),
            self.per_cpu_second()
        )
    }
}

/// Makes the keys and visitors of each run distinct.
static RUN_NUMBER: AtomicU32 = AtomicU32::new(0);

/// Puts load on the server. `cpu` gives the server's processor time in seconds; it is called before and after.
pub(crate) fn run(
    dir: &Path,
    url: &str,
    request: BenchRequest,
    connections: usize,
    time: Duration,
    cpu: impl Fn() -> Result<f64>,
) -> Result<Run> {
    let script = dir.join("load.lua");
    std::fs::write(&script, include_str!("load.lua"))?;
    let (path, what, articles) = match request {
        BenchRequest::Get(path) => (path, "-", 1),
        BenchRequest::Post { what, articles } => ("/", what.word(), articles),
    };
    let words = [
        what.to_owned(),
        articles.to_string(),
        RUN_NUMBER.fetch_add(1, Ordering::Relaxed).to_string(),
    ];
    let mut wrk = Command::new("taskset");
    wrk.args([
        "-c",
        "1",
        "wrk",
        "--threads",
        "1",
        "--connections",
        &connections.to_string(),
        "--script",
    ])
    .arg(&script);
    // With 256 connections, some responses take longer than wrk's default of two seconds.
    wrk.args(["--timeout", "60s"]);
    // wrk takes whole seconds only.
    wrk.arg("--duration")
        .arg(format!("{}s", time.as_secs().max(1)))
        .arg(format!("{url}{path}"))
        .arg("--")
        .args(words);
    let before = cpu()?;
    let says = exec::read(&mut wrk)?;
    let cpu = cpu()? - before;
    parse(&says, cpu)
}

fn parse(says: &str, cpu: f64) -> Result<Run> {
    let line = says
        .lines()
        .find_map(|line| line.strip_prefix("RESULT "))
        .context("wrk has given no result")?;
    let result: serde_json::Value =
        serde_json::from_str(line).context("wrk's result is not JSON")?;
    let number = |name: &str| {
        result[name]
            .as_u64()
            .with_context(|| format!("wrk says no {name}: {line}"))
    };
    let requests = number("requests")?;
    let errors = number("errors")?;
    if errors > 0 || requests == 0 {
        bail!("{errors} of {requests} requests failed, so that this measures nothing:\n{says}");
    }
    let us = |name| number(name).map(|us| us as f64);
    Ok(Run {
        requests,
        seconds: us("us")? / 1e6,
        cpu,
        p50: us("p50")?,
        p99: us("p99")?,
        counted: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_with_a_failed_request_is_an_error() {
        let says = "Running\nRESULT {\"requests\":300,\"us\":2000000,\"p50\":10,\"p99\":20,\"errors\":0}\n";
        let run = parse(says, 1.5).unwrap();
        assert_eq!(
            (run.per_second(), run.per_cpu_second(), run.p99),
            (150.0, 200.0, 20.0)
        );
        let error = parse(&says.replace("\"errors\":0", "\"errors\":7"), 1.5)
            .unwrap_err()
            .to_string();
        assert!(error.contains("7 of 300"), "{error}");
        assert!(parse("Running", 1.0).is_err());
    }
}
