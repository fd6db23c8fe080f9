//! The resources of a server: those of its whole process group, with all processes that it started.

use std::fs;
use std::path::Path;

use anyhow::{Result, bail};

/// The resources that a server has used.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Resources {
    /// Processor time, in seconds.
    pub(crate) cpu: f64,
    /// Resident memory, in MiB. Shared memory is divided among the processes that share it (PSS).
    pub(crate) memory: f64,
}

/// The resources of the process group that this process leads.
pub(crate) fn of_group(leader: u32) -> Result<Resources> {
    sum(leader, |path| {
        fs::read_to_string(path.join("smaps_rollup"))
            .ok()
            .and_then(|maps| memory(&maps))
            .unwrap_or(0.0)
    })
}

/// Only the group's processor time, in seconds: reading memory takes the kernel milliseconds.
pub(crate) fn cpu_of_group(leader: u32) -> Result<f64> {
    sum(leader, |_| 0.0).map(|taken| taken.cpu)
}

fn sum(leader: u32, memory: impl Fn(&Path) -> f64) -> Result<Resources> {
    let mut sum = Resources::default();
    let mut processes = 0;
    for process in fs::read_dir("/proc")? {
        // A process that has just exited has no such file.
        let path = process?.path();
        let stat = fs::read_to_string(path.join("stat")).ok();
        let Some((group, cpu)) = stat.and_then(|stat| group_and_cpu(&stat)) else {
            continue;
        };
        if group == leader {
            processes += 1;
            sum = Resources {
                cpu: sum.cpu + cpu,
                memory: sum.memory + memory(&path),
            };
        }
    }
    if processes == 0 {
        bail!("a process has ended that is measured: see what it has said above");
    }
    Ok(sum)
}

/// The process group in `/proc/PID/stat`, and the processor time in seconds (hundredths of a second in the file).
fn group_and_cpu(stat: &str) -> Option<(u32, f64)> {
    // The program's name may contain anything, but no later field contains a parenthesis.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |field: usize| fields.get(field)?.parse::<f64>().ok();
    Some((
        fields.get(2)?.parse().ok()?,
        (ticks(11)? + ticks(12)?) / 100.0,
    ))
}

/// The process's share of memory (PSS) in `/proc/PID/smaps_rollup`, in MiB.
fn memory(maps: &str) -> Option<f64> {
    let kib = maps
        .lines()
        .find_map(|line| line.strip_prefix("Pss:"))?
        .trim()
        .strip_suffix("kB")?;
    Some(kib.trim().parse::<f64>().ok()? / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_read_whatever_the_program_is_called() {
        assert_eq!(
            group_and_cpu("12 (a) b) S 1 7 3 4 5 6 7 8 9 10 150 50 0 0"),
            Some((7, 2.0))
        );
        assert_eq!(group_and_cpu("12 (a"), None);
        assert_eq!(
            memory("55 rollup\nRss:  4096 kB\nPss:   2048 kB\n"),
            Some(2.0)
        );
    }

    #[test]
    fn a_group_without_processes_is_an_error() {
        assert!(of_group(u32::MAX).is_err() && cpu_of_group(u32::MAX).is_err());
    }
}
