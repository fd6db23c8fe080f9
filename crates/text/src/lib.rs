//! Text formats: bytes as hex, article keys, names of sections, and display of untrusted text. Pure functions.

/// Hexadecimal encoding.
pub mod hex;
/// Normalisation of article keys.
pub mod key;
/// Escaping of untrusted text for terminals.
pub mod printable;
/// Display of a site's section of `gema.toml`.
pub mod section;
