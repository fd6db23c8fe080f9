//! Who this is without knowing who: one-way hashes of what a browser shows, and the windows after
//! which the salts of some of them are thrown away. Reads no clock and makes no randomness.

/// Days of a site, and the window that is open in each.
mod window;

pub use window::{Day, Window};
