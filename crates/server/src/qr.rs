//! QR codes of addresses, drawn on demand and cached.

use std::{fmt::Write, net::IpAddr, sync::Arc};

use axum::body::Bytes;
use fast_qr::{ECL, QRBuilder, QRCode};
use quick_cache::{Weighter, sync};
use wire::MAX_QR_BYTES;

use crate::work_queue::WorkQueue;

/// Minimum size of a module, so that cameras can resolve it, and of a code; in CSS pixels.
const MIN_MODULE_PX: usize = 3;
const MIN_CODE_PX: usize = 200;

/// Width of the quiet zone in modules, which readers require (ISO/IEC 18004).
const QUIET_ZONE_MODULES: usize = 4;

/// Maximum length of an address whose code is at most [`MIN_CODE_PX`] wide at level M (15 % of it may be damaged): the
/// capacity of version 10, which has 57 modules (ISO/IEC 18004, table 7).
const MAX_BYTES_AT_MEDIUM: usize = 213;

/// Capacity of the cache in bytes. A code takes 5 to 60 KB.
const QR_CACHE_BYTES: u64 = 8 * 1024 * 1024;

/// Estimated size of a cache entry besides address and drawing.
const QR_ENTRY_OVERHEAD_BYTES: usize = 128;

/// Cache of recently drawn codes, by address.
pub struct QrCache {
    drawn: sync::Cache<Box<str>, Bytes, QrWeighter>,
}

/// Why there is no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoCode {
    /// The address is longer than [`MAX_QR_BYTES`], or than the capacity of a code.
    TooLong,
    /// The queue is full, or the client's network has its share of it already.
    Busy,
}

#[derive(Clone)]
struct QrWeighter;

impl Weighter<Box<str>, Bytes> for QrWeighter {
    fn weight(&self, address: &Box<str>, svg: &Bytes) -> u64 {
        (address.len() + svg.len() + QR_ENTRY_OVERHEAD_BYTES) as u64
    }
}

impl Default for QrCache {
    fn default() -> Self {
        Self {
            drawn: sync::Cache::with_weighter(256, QR_CACHE_BYTES, QrWeighter),
        }
    }
}

impl QrCache {
    /// The code as SVG, for the client at this address. A long address takes a millisecond, which is spent off the async threads.
    ///
    /// # Errors
    /// [`NoCode`] names the cause.
    pub async fn of(
        self: &Arc<Self>,
        queue: &WorkQueue,
        client: Option<IpAddr>,
        address: &str,
    ) -> Result<Bytes, NoCode> {
        if address.len() > MAX_QR_BYTES {
            return Err(NoCode::TooLong);
        }
        if let Some(svg) = self.drawn.get(address) {
            return Ok(svg);
        }
        let codes = Arc::clone(self);
        let address = Box::<str>::from(address);
        let drawn = queue.run(client, move || {
            codes.drawn.get(&*address).or_else(|| codes.draw(address))
        });
        drawn.await.ok_or(NoCode::Busy)?.ok_or(NoCode::TooLong)
    }

    /// Whether the code is in the cache.
    pub fn is_drawn(&self, address: &str) -> bool {
        self.drawn.peek(address).is_some()
    }

    fn draw(&self, address: Box<str>) -> Option<Bytes> {
        let svg = Bytes::from(draw(&address)?);
        self.drawn.insert(address, svg.clone());
        Some(svg)
    }
}

/// Draws the code as SVG, one unit per module, with each run of dark modules of a row as a subpath, and with its
/// preferred size in pixels. `None` if the address is too long.
fn draw(address: &str) -> Option<String> {
    let code = encode(address)?;
    let side = code.size + 2 * QUIET_ZONE_MODULES;
    let pixels = MIN_CODE_PX.max(MIN_MODULE_PX * side);
    let mut path = String::new();
    for y in 0..code.size {
        let mut x = 0;
        for run in code[y].chunk_by(|a, b| a.value() == b.value()) {
            if run[0].value() {
                // Writing to a String cannot fail.
                let _ = write!(
                    path,
                    "M{} {}h{}v1h-{}z",
                    x + QUIET_ZONE_MODULES,
                    y + QUIET_ZONE_MODULES,
                    run.len(),
                    run.len()
                );
            }
            x += run.len();
        }
    }
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{pixels}\" height=\"{pixels}\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path d=\"{path}\"/></svg>"
    ))
}

/// Uses less error correction if the code would be large otherwise: screens do not get damaged, and larger modules are
/// easier to read.
fn encode(address: &str) -> Option<QRCode> {
    let level = match address.len() {
        ..=MAX_BYTES_AT_MEDIUM => ECL::M,
        ..=MAX_QR_BYTES => ECL::L,
        _ => return None,
    };
    QRBuilder::new(address).ecl(level).build().ok()
}

#[cfg(test)]
mod tests;
