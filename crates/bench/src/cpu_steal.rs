//! Steal time: how much of this machine's processors its host has given to others. It disturbs measurements by the
//! clock, and no process of this machine shows it. On physical hardware it is zero.

use std::fs;

use anyhow::{Context, Result};

/// The processors' time since boot, summed over all of them, in hundredths of a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CpuTimes {
    steal: u64,
    all: u64,
}

impl CpuTimes {
    pub(crate) fn now() -> Result<Self> {
        Self::read(
            &fs::read_to_string("/proc/stat")
                .context("no /proc/stat to tell what the host has taken")?,
        )
    }

    /// Parses the first line of `/proc/stat`: user, nice, system, idle, iowait, irq, softirq, steal. The guest fields
    /// that follow are included in user.
    fn read(text: &str) -> Result<Self> {
        let line = text
            .lines()
            .next()
            .and_then(|line| line.strip_prefix("cpu "))
            .context("no such /proc/stat")?;
        let times: Vec<u64> = line
            .split_whitespace()
            .take(8)
            .map(str::parse)
            .collect::<Result<_, _>>()?;
        Ok(Self {
            steal: *times.get(7).context("/proc/stat tells nothing of a host")?,
            all: times.iter().sum(),
        })
    }

    /// The share of steal time between `then` and now, from 0 to 1.
    pub(crate) fn steal_share_since(self, then: Self) -> f64 {
        match self.all.saturating_sub(then.all) {
            0 => 0.0,
            all => self.steal.saturating_sub(then.steal) as f64 / all as f64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steal_time_is_a_share_of_all_processors() {
        let then = CpuTimes::read("cpu  100 0 50 800 10 0 0 40 7 0\ncpu0 1 2 3\n").unwrap();
        let now = CpuTimes::read("cpu  130 0 60 850 10 0 0 50 9 0\n").unwrap();
        assert_eq!(now.steal_share_since(then), 0.1);
        assert_eq!(now.steal_share_since(now), 0.0);
        assert!(
            CpuTimes::read("cpu  100 0 50 800 10 0 0\n").is_err(),
            "of a kernel that knows no host"
        );
        assert!(CpuTimes::now().is_ok());
    }
}
