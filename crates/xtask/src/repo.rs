//! Where things are in this repository. Every other module asks here; none builds such a path itself.

use std::path::{Path, PathBuf};

/// The address of the demo and of the endpoint that `dev` proxies to (also in `Trunk.toml`).
pub(crate) const ADDRESS: &str = "127.0.0.1:8787";

/// The repository's root.
pub(crate) fn root() -> &'static Path {
    const CRATE: &str = env!("CARGO_MANIFEST_DIR");
    // The crate is at `crates/xtask`: it has two ancestors.
    Path::new(CRATE).ancestors().nth(2).unwrap_or(Path::new(CRATE))
}

/// Cargo's directory for what the native compiler makes.
pub(crate) fn target() -> PathBuf {
    root().join("target")
}

/// Cargo's directory for what the wasm compiler makes. Apart, because that may be another compiler.
pub(crate) fn wasm_target() -> PathBuf {
    target().join("wasm")
}

/// What the endpoint serves out of itself.
pub(crate) fn dist() -> PathBuf {
    root().join("dist")
}

/// The release build of the endpoint.
pub(crate) fn gema() -> PathBuf {
    gema_of("release")
}

/// What that cargo profile makes of it.
pub(crate) fn gema_of(profile: &str) -> PathBuf {
    target().join(profile).join(exe("gema"))
}

/// The development build of the endpoint.
pub(crate) fn gema_debug() -> PathBuf {
    gema_of("debug")
}

/// A program's file name on this system.
pub(crate) fn exe(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}
