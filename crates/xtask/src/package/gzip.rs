//! Compresses by the system's gzip: a compressor in Rust, unoptimised as xtask is, would take a minute for the packages.

use std::io::Write;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

/// The gzip file of these bytes, without name and time.
pub(super) fn compressed(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut gzip = Command::new("gzip");
    gzip.args(["-9", "-n", "-c"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut gzip = gzip.spawn().context("cannot start `gzip`")?;
    let mut input = gzip.stdin.take().context("gzip's input is not piped")?;
    let output = std::thread::scope(|scope| {
        // Written from another thread, since gzip writes before it has read everything.
        let writing = scope.spawn(move || input.write_all(bytes));
        let output = gzip.wait_with_output();
        writing.join().unwrap_or(Ok(())).and(output)
    })?;
    ensure!(output.status.success(), "gzip failed ({})", output.status);
    Ok(output.stdout)
}

/// The same bytes as a bare DEFLATE stream, with their CRC-32.
pub(super) fn deflated(bytes: &[u8]) -> Result<(Vec<u8>, u32)> {
    /// The header of a gzip file without name, comment and extra fields.
    const HEADER: usize = 10;
    /// CRC-32 and size.
    const TRAILER: usize = 8;
    let gzip = compressed(bytes)?;
    ensure!(
        gzip.len() >= HEADER + TRAILER && gzip[3] == 0,
        "gzip has written a header with optional fields"
    );
    let (stream, trailer) = gzip[HEADER..].split_at(gzip.len() - HEADER - TRAILER);
    let crc = u32::from_le_bytes([trailer[0], trailer[1], trailer[2], trailer[3]]);
    Ok((stream.to_vec(), crc))
}
