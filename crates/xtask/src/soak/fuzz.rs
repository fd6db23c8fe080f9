//! libFuzzer on every target of `crates/fuzz`, one after the other. The corpus is kept in `target/fuzz`, and the next
//! run continues from it.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::{exec, progress, repo};

/// Instrumentation by which libFuzzer sees coverage. Only for the target platform: not for build scripts.
const COVERAGE_RUSTFLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
                        -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
                        -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1";

/// Seconds for each target, unless `GEMA_FUZZ_SECONDS` sets another number.
const DEFAULT_SECONDS_PER_TARGET: u32 = 60;

/// The largest input, in bytes: larger ones find nothing new.
const MAX_INPUT_BYTES: u32 = 8192;

pub(crate) fn run() -> Result<()> {
    let seconds = std::env::var("GEMA_FUZZ_SECONDS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(DEFAULT_SECONDS_PER_TARGET);
    let dir = repo::target().join("fuzz");
    let host = host()?;
    let mut cargo = exec::cargo();
    cargo.args([
        "build",
        "--package",
        "fuzz",
        "--bin",
        "libfuzzer",
        "--features",
        "libfuzzer",
        "--target",
        &host,
    ]);
    cargo
        .arg("--target-dir")
        .arg(&dir)
        .env("RUSTFLAGS", COVERAGE_RUSTFLAGS)
        .env("CARGO_PROFILE_DEV_OPT_LEVEL", "2");
    exec::run(&mut cargo)?;
    let program = dir.join(&host).join("debug").join(repo::exe("libfuzzer"));
    let mut failed = Vec::new();
    for name in names()? {
        progress::heading(format!("{name}: {seconds} s"));
        let corpus = dir.join("corpus").join(&name);
        fs::create_dir_all(&corpus).with_context(|| format!("cannot make {}", corpus.display()))?;
        let mut fuzzing = Command::new(&program);
        fuzzing.current_dir(&dir).env("GEMA_FUZZ", &name);
        fuzzing.arg(&corpus).args([
            &format!("-max_total_time={seconds}"),
            &format!("-max_len={MAX_INPUT_BYTES}"),
            &format!("-artifact_prefix={name}-"),
            "-timeout=10",
            "-print_final_stats=1",
            "-verbosity=0",
        ]);
        if exec::run(&mut fuzzing).is_err() {
            failed.push(name);
        }
    }
    ensure!(
        failed.is_empty(),
        "found something: {}. The inputs are in {}",
        failed.join(", "),
        dir.display()
    );
    Ok(())
}

/// The targets that the crate lists; it also writes their seeds into the corpus.
fn names() -> Result<Vec<String>> {
    let corpus = repo::target().join("fuzz/corpus");
    let mut cargo = exec::cargo();
    let says = exec::read(
        cargo
            .args(["run", "--quiet", "--package", "fuzz", "--bin", "seeds"])
            .arg(corpus),
    )?;
    Ok(says.lines().map(str::to_owned).collect())
}

/// The compiler's host platform.
fn host() -> Result<String> {
    let says = exec::read(Command::new("rustc").arg("-vV"))?;
    match says.lines().find_map(|line| line.strip_prefix("host: ")) {
        Some(host) => Ok(host.to_owned()),
        None => bail!("rustc does not say for which platform it is: {says}"),
    }
}
