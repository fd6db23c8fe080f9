//! How bytes, article keys and texts of others are written: the same at every edge. Pure.

/// Bytes as text.
pub mod hex;
/// An article's key as every edge takes it.
pub mod key;
/// Texts of others on a terminal.
pub mod printable;
