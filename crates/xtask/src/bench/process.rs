//! What a server takes: it and all processes that it has started, which are its process group.

use std::fs;
use std::path::Path;

use anyhow::{Result, bail};

/// What a server has taken so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Taken {
    /// Time of processors, in seconds.
    pub(crate) cpu: f64,
    /// Resident memory, in MiB. What processes share is divided among them.
    pub(crate) memory: f64,
}

/// Asks the system about the group that this process leads.
pub(crate) fn of_group(leader: u32) -> Result<Taken> {
    sum(leader, |path| fs::read_to_string(path.join("smaps_rollup")).ok().and_then(|maps| memory(&maps)).unwrap_or(0.0))
}

/// Time of processors alone, in seconds: memory takes the system milliseconds to tell.
pub(crate) fn cpu_of_group(leader: u32) -> Result<f64> {
    sum(leader, |_| 0.0).map(|taken| taken.cpu)
}

fn sum(leader: u32, memory: impl Fn(&Path) -> f64) -> Result<Taken> {
    let mut sum = Taken::default();
    let mut processes = 0;
    for process in fs::read_dir("/proc")? {
        // One that has ended meanwhile has no file.
        let path = process?.path();
        let stat = fs::read_to_string(path.join("stat")).ok();
        let Some((group, cpu)) = stat.and_then(|stat| group_and_cpu(&stat)) else { continue };
        if group == leader {
            processes += 1;
            sum = Taken { cpu: sum.cpu + cpu, memory: sum.memory + memory(&path) };
        }
    }
    if processes == 0 {
        bail!("a process has ended that is measured: see what it has said above");
    }
    Ok(sum)
}

/// The process group of `/proc/PID/stat`, and the time of processors, which is in hundredths of a second there.
fn group_and_cpu(stat: &str) -> Option<(u32, f64)> {
    // The name of the program may have anything in it, but no later field has a parenthesis.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |field: usize| fields.get(field)?.parse::<f64>().ok();
    Some((fields.get(2)?.parse().ok()?, (ticks(11)? + ticks(12)?) / 100.0))
}

/// The process's share of memory in `/proc/PID/smaps_rollup`, in MiB.
fn memory(maps: &str) -> Option<f64> {
    let kib = maps.lines().find_map(|line| line.strip_prefix("Pss:"))?.trim().strip_suffix("kB")?;
    Some(kib.trim().parse::<f64>().ok()? / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_read_whatever_the_program_is_called() {
        assert_eq!(group_and_cpu("12 (a) b) S 1 7 3 4 5 6 7 8 9 10 150 50 0 0"), Some((7, 2.0)));
        assert_eq!(group_and_cpu("12 (a"), None);
        assert_eq!(memory("55 rollup\nRss:  4096 kB\nPss:   2048 kB\n"), Some(2.0));
    }

    #[test]
    fn a_group_without_processes_is_an_error() {
        assert!(of_group(u32::MAX).is_err() && cpu_of_group(u32::MAX).is_err());
    }
}
