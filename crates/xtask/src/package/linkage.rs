//! How a Linux program is linked, which decides the systems that it runs on: read from the file itself.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::exec;

/// The C library that a program needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Linkage {
    /// None: it runs on every distribution, and alone in a container.
    Static,
    /// glibc 2.N or newer.
    Glibc(u32),
}

/// The libraries that manylinux guarantees and a Rust program may need: all of glibc, and the compiler's.
const GUARANTEED: [&str; 8] = [
    "ld-linux-x86-64.so.2",
    "libc.so.6",
    "libdl.so.2",
    "libgcc_s.so.1",
    "libm.so.6",
    "libpthread.so.0",
    "librt.so.1",
    "libutil.so.1",
];

/// The glibc of manylinux2014 (CentOS 7): the oldest for which a wheel is labelled.
const OLDEST_GLIBC: u32 = 17;

impl Linkage {
    /// Reads the header, the libraries and the versions of symbols.
    pub(crate) fn of(program: &Path) -> Result<Self> {
        let mut readelf = Command::new("readelf");
        readelf
            .env("LC_ALL", "C")
            .args(["--wide", "--file-header", "--dynamic", "--version-info"])
            .arg(program);
        let told = exec::read(&mut readelf).context("binutils' readelf is needed")?;
        Self::read(&told).with_context(|| format!("{} cannot be packaged", program.display()))
    }

    fn read(told: &str) -> Result<Self> {
        ensure!(told.contains("X86-64"), "it is not for x86_64");
        let between = |line: &str| {
            Some(
                line.split_once("Shared library: [")?
                    .1
                    .split_once(']')?
                    .0
                    .to_owned(),
            )
        };
        let libraries: Vec<_> = told.lines().filter_map(between).collect();
        if let Some(other) = libraries
            .iter()
            .find(|library| !GUARANTEED.contains(&library.as_str()))
        {
            bail!("it needs {other}, which not every system has");
        }
        if libraries.is_empty() {
            return Ok(Self::Static);
        }
        let versions = told.split("Name: GLIBC_2.").skip(1);
        let minor = |rest: &str| {
            rest.split(|c: char| !c.is_ascii_digit())
                .next()?
                .parse()
                .ok()
        };
        Ok(Self::Glibc(
            versions
                .filter_map(minor)
                .max()
                .context("it names no version of glibc")?,
        ))
    }

    /// The platforms of a wheel with this program.
    pub(super) fn python_platforms(self) -> Vec<String> {
        match self {
            Self::Static => ["manylinux_2_17", "manylinux2014", "musllinux_1_1"]
                .map(x86_64)
                .into(),
            Self::Glibc(minor) if minor <= OLDEST_GLIBC => {
                ["manylinux_2_17", "manylinux2014"].map(x86_64).into()
            }
            Self::Glibc(minor) => vec![x86_64(&format!("manylinux_2_{minor}"))],
        }
    }

    /// The dependencies of a Debian package with this program.
    pub(super) fn debian_depends(self) -> Option<String> {
        match self {
            Self::Static => None,
            Self::Glibc(minor) => Some(format!("libc6 (>= 2.{minor}), libgcc-s1")),
        }
    }

    /// The C library that npm requires on the user's system.
    pub(super) fn npm_libc(self) -> Option<&'static str> {
        match self {
            Self::Static => None,
            Self::Glibc(_) => Some("glibc"),
        }
    }
}

impl std::fmt::Display for Linkage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Static => f.write_str("static: it needs no C library"),
            Self::Glibc(minor) => write!(f, "it needs glibc 2.{minor} or newer"),
        }
    }
}

fn x86_64(platform: &str) -> String {
    format!("{platform}_x86_64")
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "  Machine:                           Advanced Micro Devices X86-64\n";

    fn told(libraries: &[&str], versions: &[&str]) -> String {
        let libraries = libraries
            .iter()
            .map(|name| format!(" 0x01 (NEEDED)  Shared library: [{name}]\n"));
        let versions = versions
            .iter()
            .map(|name| format!("  0x0160:   Name: {name}  Flags: none  Version: 23\n"));
        HEAD.to_owned() + &libraries.chain(versions).collect::<String>()
    }

    #[test]
    fn the_newest_symbol_decides_which_systems_run_it() {
        let needs = |versions: &[&str]| {
            Linkage::read(&told(&["libc.so.6", "libm.so.6"], versions)).unwrap()
        };
        assert_eq!(
            needs(&["GLIBC_2.2.5", "GLIBC_2.9", "GLIBC_2.17", "GCC_4.2.0"]),
            Linkage::Glibc(17)
        );
        assert_eq!(needs(&["GLIBC_2.34", "GLIBC_2.3.4"]), Linkage::Glibc(34));
        assert_eq!(Linkage::read(HEAD).unwrap(), Linkage::Static);
    }

    #[test]
    fn a_wheel_claims_only_the_platforms_that_run_its_program() {
        let of = |linkage: Linkage| linkage.python_platforms().join(".");
        assert_eq!(
            of(Linkage::Static),
            "manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64"
        );
        assert_eq!(
            of(Linkage::Glibc(14)),
            "manylinux_2_17_x86_64.manylinux2014_x86_64"
        );
        assert_eq!(of(Linkage::Glibc(34)), "manylinux_2_34_x86_64");
    }

    #[test]
    fn a_program_for_other_libraries_or_machines_is_refused() {
        let error = Linkage::read(&told(&["libc.so.6", "libssl.so.3"], &["GLIBC_2.17"]))
            .unwrap_err()
            .to_string();
        assert!(error.contains("libssl.so.3"), "{error}");
        assert!(Linkage::read("  Machine: AArch64\n").is_err());
    }
}
