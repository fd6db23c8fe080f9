//! The paths in this repository. All other modules take them from here; none builds such a path itself.

use std::path::{Path, PathBuf};

/// The address of the demo, and of the endpoint that `dev` proxies to (also in `Trunk.toml`).
pub const ADDRESS: &str = "127.0.0.1:8787";

/// The repository's root.
pub fn root() -> &'static Path {
    const CRATE: &str = env!("CARGO_MANIFEST_DIR");
    // The crate is at `crates/devtools`, two levels below the root.
    Path::new(CRATE)
        .ancestors()
        .nth(2)
        .unwrap_or(Path::new(CRATE))
}

/// Cargo's target directory for native builds.
pub fn target() -> PathBuf {
    root().join("target")
}

/// Cargo's target directory for wasm builds. Separate, because their compiler may be another one.
pub fn wasm_target() -> PathBuf {
    target().join("wasm")
}

/// The widget's release files, which the endpoint embeds.
pub fn dist() -> PathBuf {
    root().join("dist")
}

/// The packages of the endpoint and the widget.
pub fn packages() -> PathBuf {
    target().join("package")
}

/// The release build of the endpoint.
pub fn gema() -> PathBuf {
    gema_of("release")
}

/// The endpoint as built with this cargo profile.
pub fn gema_of(profile: &str) -> PathBuf {
    target().join(profile).join(exe("gema"))
}

/// The development build of the endpoint.
pub fn gema_debug() -> PathBuf {
    gema_of("debug")
}

/// A program's file name on this system.
pub fn exe(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}
