//! The program for every Linux on x86_64: linked statically with musl, by Zig's linker and C compiler, which PyPI has.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::setup::Scope;
use crate::{dist, exec, progress, repo, setup, tools};

const TARGET: &str = "x86_64-unknown-linux-musl";

/// Builds the widget, then the program with the widget inside. Gives its path.
pub(crate) fn portable() -> Result<PathBuf> {
    dist::run(&setup::run(Scope::Package)?)?;
    progress::heading("The program for any Linux");
    let step = progress::TimedStep::begin("gema");
    let compiler = Compiler::find().with_context(|| {
        format!("no compiler has the standard library for {TARGET}: `rustup target add {TARGET}`, or on Debian rustc-web and rust-web-src")
    })?;
    let zig = tools::zig()?;
    let mut cargo = exec::program(zig.join("cargo-zigbuild"));
    cargo
        .env("CARGO_TARGET_DIR", repo::target())
        .env("PATH", tools::with_path([zig])?)
        .envs(compiler.env());
    exec::run(cargo.args([
        "zigbuild",
        "--release",
        "--package",
        "gema",
        "--target",
        TARGET,
    ]))?;
    step.done();
    Ok(repo::target().join(TARGET).join("release/gema"))
}

/// A compiler for the target.
#[derive(Debug, PartialEq, Eq)]
enum Compiler {
    /// The active one has the standard library for it.
    Active,
    /// The one in this directory has the standard library's source.
    WithSource(PathBuf),
}

impl Compiler {
    fn find() -> Option<Self> {
        if has(
            Path::new("rustc"),
            &["--print", "target-libdir", "--target", TARGET],
            "",
        ) {
            return Some(Self::Active);
        }
        let bin = PathBuf::from("/usr/bin");
        let source = "lib/rustlib/src/rust/library/std/Cargo.toml";
        has(&bin.join("rustc"), &["--print", "sysroot"], source).then_some(Self::WithSource(bin))
    }

    fn env(&self) -> Vec<(&'static str, OsString)> {
        // Zig has start files of its own. It ignores rustc's `-static-pie`, and without `-pie` the program would have a
        // fixed address.
        let mut env = vec![(
            "CARGO_TARGET_X86_64_UNKNOWN_LINUX_MUSL_RUSTFLAGS",
            FLAGS.into(),
        )];
        if let Self::WithSource(bin) = self {
            env.extend([
                ("RUSTC", bin.join("rustc").into()),
                ("CARGO", bin.join("cargo").into()),
                // The standard library is compiled with the program, which only this permits a stable compiler.
                ("RUSTC_BOOTSTRAP", "1".into()),
                ("CARGO_UNSTABLE_BUILD_STD", "std,panic_unwind".into()),
            ]);
        }
        env
    }
}

const FLAGS: &str = "-Clink-self-contained=no -Clink-arg=-pie";

/// Whether the directory that the compiler prints has this file.
fn has(rustc: &Path, words: &[&str], file: &str) -> bool {
    exec::read(Command::new(rustc).args(words)).is_ok_and(|dir| Path::new(&dir).join(file).exists())
}
