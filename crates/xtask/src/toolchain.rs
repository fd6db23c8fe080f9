//! The compiler for wasm: the active toolchain if it can, else Debian's own (rustc-web, cargo-web, rust-web-src). It
//! is configured by the environment of each child process: nothing is installed and no toolchain file is written.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::tools::{self, Tool};
use crate::{exec, repo};

/// The target that browsers run.
pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The oldest supported compiler: `rust-version` of Cargo.toml.
pub(crate) const MIN_RUST_VERSION: (u32, u32) = (1, 95);

/// A compiler that can make wasm, and its components.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Toolchain {
    /// The directory of its cargo and rustc, unless they are the active ones.
    bin: Option<PathBuf>,
    /// The output of `rustc --version`.
    pub(crate) version: String,
    /// The target's standard library is installed, precompiled.
    has_target: bool,
    /// The standard library's source is installed, so that it can be compiled for size.
    pub(crate) has_source: bool,
    linker: Linker,
}

/// The linker for wasm.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Linker {
    /// The compiler comes with a linker.
    Own,
    /// The compiler comes without one, and is given this path.
    At(PathBuf),
    Missing,
}

/// The purpose of a build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Build {
    /// As small as possible, for readers' downloads.
    Small,
    /// With messages and checks: development, lints, tests.
    Checked,
}

impl Toolchain {
    /// The first toolchain that can make wasm.
    pub(crate) fn find() -> Option<Self> {
        let debian = PathBuf::from("/usr/bin");
        [None, Some(debian)]
            .into_iter()
            .filter_map(|bin| Self::probe(bin).ok())
            .find(Self::is_usable)
    }

    /// Examines one toolchain: the active one, or that of a directory.
    fn probe(bin: Option<PathBuf>) -> Result<Self> {
        let rustc = bin.as_ref().map_or("rustc".into(), |bin| bin.join("rustc"));
        let ask = |arguments: &[&str]| exec::read(Command::new(&rustc).args(arguments));
        let sysroot = PathBuf::from(ask(&["--print", "sysroot"])?);
        let ready_made =
            PathBuf::from(ask(&["--print", "target-libdir", "--target", WASM_TARGET])?);
        Ok(Self {
            version: ask(&["--version"])?,
            has_target: has_std(&ready_made),
            has_source: sysroot
                .join("lib/rustlib/src/rust/library/std/Cargo.toml")
                .exists(),
            linker: match lld_of(&sysroot) {
                Some(_) => Linker::Own,
                None => a_linker().map_or(Linker::Missing, Linker::At),
            },
            bin,
        })
    }

    fn is_usable(&self) -> bool {
        let new_enough = version(&self.version) >= Some(MIN_RUST_VERSION);
        new_enough && self.linker != Linker::Missing && (self.has_target || self.has_source)
    }

    /// The compiler of the smallest module, as far as it decides the module's bytes.
    pub(crate) fn module_compiler(&self) -> String {
        let library = if self.has_source {
            "compiled"
        } else {
            "precompiled"
        };
        format!("{}, standard library {library}", self.version)
    }

    /// Whether it has clippy's driver too.
    pub(crate) fn has_clippy(&self) -> bool {
        self.bin
            .as_ref()
            .is_none_or(|bin| bin.join("cargo-clippy").exists())
    }

    /// Its cargo, with the environment for wasm.
    pub(crate) fn cargo(&self, build: Build) -> Result<Command> {
        self.cargo_with(build, &[])
    }

    /// Its cargo, with the environment for wasm, and with these tools on its `PATH`.
    pub(crate) fn cargo_with(&self, build: Build, besides: &[Tool]) -> Result<Command> {
        match &self.bin {
            Some(bin) => self.program(bin.join("cargo"), build, besides),
            None => self.program(
                std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()),
                build,
                besides,
            ),
        }
    }

    /// Its `cargo clippy`. For a toolchain that is not the active one, its own driver is called: cargo would find the
    /// driver of rustup's version instead.
    pub(crate) fn clippy(&self) -> Result<Command> {
        let mut command = match &self.bin {
            Some(bin) => self.program(bin.join("cargo-clippy"), Build::Checked, &[])?,
            None => self.cargo(Build::Checked)?,
        };
        command.arg("clippy");
        Ok(command)
    }

    /// Any program that calls cargo (such as Trunk), with the environment for wasm and with these tools on its `PATH`
    /// too.
    pub(crate) fn program(
        &self,
        name: impl Into<OsString>,
        build: Build,
        besides: &[Tool],
    ) -> Result<Command> {
        let mut command = exec::program(name.into());
        let path = [tools::directories(besides)?, tools::path()?]
            .into_iter()
            .flatten()
            .chain(self.bin.clone());
        command
            .env("PATH", tools::with_path(path)?)
            .env("CARGO_TARGET_DIR", repo::wasm_target())
            .envs(self.env(build));
        Ok(command)
    }

    fn env(&self, build: Build) -> Vec<(&'static str, OsString)> {
        let mut env: Vec<(&str, OsString)> = Vec::new();
        if let Some(bin) = &self.bin {
            env.extend([
                ("RUSTC", bin.join("rustc").into()),
                ("CARGO", bin.join("cargo").into()),
            ]);
        }
        if let Linker::At(linker) = &self.linker {
            env.push(("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker.into()));
        }
        match build {
            Build::Small if self.has_source => env.extend([
                ("RUSTC_BOOTSTRAP", "1".into()),
                ("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort".into()),
                (
                    "CARGO_UNSTABLE_BUILD_STD_FEATURES",
                    "optimize_for_size".into(),
                ),
                (
                    "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
                    SIZE_RUSTFLAGS.into(),
                ),
            ]),
            Build::Checked if !self.has_target => env.extend([
                ("RUSTC_BOOTSTRAP", "1".into()),
                ("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort,test".into()),
            ]),
            Build::Small | Build::Checked => {}
        }
        env
    }
}

/// A panic becomes a bare trap: no message, no location, no formatting code. (The module in `target/dist-debug` has
/// the functions' names for stack traces.) The stack, which is below the data, is a sixteenth smaller than the linker's
/// default: addresses of data are below 2^20 then, and take a byte less.
const SIZE_RUSTFLAGS: &str = "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=none \
     -Clink-arg=-zstack-size=983040";

fn has_std(libraries: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(libraries) else {
        return false;
    };
    entries
        .flatten()
        .any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
}

/// The linker that rustup's toolchains have.
fn lld_of(sysroot: &Path) -> Option<PathBuf> {
    let rustlib = std::fs::read_dir(sysroot.join("lib/rustlib")).ok()?;
    rustlib
        .flatten()
        .map(|host| host.path().join("bin").join(repo::exe("rust-lld")))
        .find(|lld| lld.exists())
}

/// A linker for a compiler that has none: the active toolchain's, or the system's.
pub(crate) fn a_linker() -> Option<PathBuf> {
    let active = exec::read(Command::new("rustc").args(["--print", "sysroot"])).ok();
    let system = ["wasm-ld", "wasm-ld-22", "wasm-ld-19"]
        .into_iter()
        .find_map(exec::which);
    active
        .and_then(|sysroot| lld_of(Path::new(&sysroot)))
        .or(system)
}

/// `(1, 95)` of `rustc 1.95.0 (…)`.
fn version(says: &str) -> Option<(u32, u32)> {
    let mut numbers = says.split_whitespace().nth(1)?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// The toolchain; without one, an error that names the remedy.
pub(crate) fn required() -> Result<Toolchain> {
    Toolchain::find()
        .with_context(|| format!("no compiler for {WASM_TARGET}: run `cargo xtask setup`"))
}

#[cfg(test)]
mod tests;
