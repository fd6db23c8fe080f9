//! The machine of a benchmark, and the date.

use std::fs;
use std::process::Command;

use anyhow::{Result, bail};

use devtools::exec;

/// Checks that the server and the load can each have a core.
pub(crate) fn has_two_cores() -> Result<()> {
    if std::thread::available_parallelism()?.get() < 2 {
        bail!("a core for the server and one for the load are needed: this machine has one");
    }
    Ok(())
}

/// One line: processor, memory, system, date.
pub(crate) fn line() -> String {
    let processor =
        of_file("/proc/cpuinfo", "model name").unwrap_or_else(|| "an unknown processor".into());
    let memory = of_file("/proc/meminfo", "MemTotal")
        .and_then(|kib| kib.split(' ').next()?.parse::<u64>().ok());
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let says = |program: &str, words: &[&str]| {
        exec::read(Command::new(program).args(words)).unwrap_or_default()
    };
    let kernel = says("uname", &["-sr"]);
    let date = says("date", &["-u", "+%Y-%m-%d"]);
    format!(
        "{processor}, {cores} cores, {} GiB, {kernel}; {date}",
        memory.unwrap_or(0) / (1 << 20)
    )
}

fn of_file(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
