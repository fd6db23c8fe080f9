//! Text formats: article keys, names of sections, and display of untrusted text. Pure functions.

/// Characters that are shown as nothing.
mod invisible;
/// Normalisation of article keys.
pub mod key;
/// Classification of pages by their address.
pub mod page;
/// Escaping of untrusted text for terminals.
pub mod printable;
/// Display of a site's section of `gema.toml`.
pub mod section;
