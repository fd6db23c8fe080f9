//! The latency of a bare `fdatasync`: the lower bound for every durable response.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use anyhow::Result;

/// Latency of `fdatasync` after a write of 4 KiB, in µs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Disk {
    pub(crate) p50: f64,
    pub(crate) p99: f64,
}

/// Writes a page and syncs it, a thousand times.
pub(crate) fn fdatasync(dir: &Path) -> Result<Disk> {
    let path = dir.join("fdatasync");
    let mut file = File::create(&path)?;
    let mut times = Vec::with_capacity(1000);
    for _ in 0..1000 {
        let since = Instant::now();
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        times.push(since.elapsed().as_secs_f64() * 1e6);
    }
    std::fs::remove_file(path)?;
    times.sort_by(f64::total_cmp);
    Ok(Disk {
        p50: times[500],
        p99: times[990],
    })
}
