//! The tools that builds need besides the compiler: which, in which version, and where they are kept. Installs nothing
//! (`setup` does).

/// The paths of individual tools.
mod found;
/// Old engines for tests.
pub(crate) mod old_engines;
/// The list of tools, with their versions.
mod table;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::{exec, repo};
pub(crate) use found::{
    axe, cargo_deny, device_detector, esbuild, eslint, fonts, geckodriver, isso, lighthouse,
    mkdocs, modules, node, schemathesis, system, themes, types, typescript, uv, valkey, waline,
    waline_client, zig,
};
pub(crate) use table::{
    agents, all, auditors, clients, competitors, of_development, of_fonts, of_packaged,
    of_packages, of_tests, of_wordpress, stores, systems, wasm_bindgen,
};

/// A tool of one exact version.
#[derive(Clone, Debug)]
pub(crate) struct Tool {
    /// The name of its directory in the cache, and of its main program.
    pub(crate) name: &'static str,
    pub(crate) version: String,
    pub(crate) source: Source,
    /// The programs, or of fonts the directories, that must be there.
    programs: &'static [&'static str],
}

/// Where a tool comes from.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// `cargo install PACKAGE`, with these arguments.
    Cargo {
        package: &'static str,
        arguments: &'static [&'static str],
    },
    /// `npm install PACKAGE`, with the packages `besides`. Install scripts run only for the packages in `built`.
    Npm {
        package: &'static str,
        besides: &'static [&'static str],
        built: &'static [&'static str],
    },
    /// `pip install PACKAGE`, in a virtual environment of its own, with the packages `besides`.
    Pip {
        package: &'static str,
        besides: &'static [&'static str],
    },
    /// The program that is this package of npm, with its dependencies in its own directory.
    NpmProgram { package: &'static str },
    /// The browser that the npm package of this name contains, compressed with brotli.
    NpmBrowser { package: &'static str },
    /// Debian's packages, unpacked and not installed.
    Debian { packages: &'static [&'static str] },
}

impl Tool {
    /// Its own directory in the cache: exists if and only if the tool is completely installed.
    pub(crate) fn home(&self) -> Result<PathBuf> {
        Ok(cache()?.join(self.to_string()))
    }

    /// The directory of its programs if it is installed in exactly this version, in the cache or by the user. For a
    /// tool without programs, the directory of its modules.
    pub(crate) fn programs(&self) -> Option<PathBuf> {
        let has_none = self.programs.is_empty();
        let cached = self.home().ok()?.join(if has_none {
            "node_modules"
        } else {
            self.source.programs()
        });
        [cached]
            .into_iter()
            .chain(self.users_own())
            .find(|dir| self.is_in(dir))
    }

    fn is_in(&self, dir: &Path) -> bool {
        dir.is_dir()
            && self
                .programs
                .iter()
                .all(|program| dir.join(repo::exe(program)).exists() || dir.join(program).exists())
    }

    /// The directory of the user's own copy. Only for tools that take minutes to install.
    fn users_own(&self) -> Option<PathBuf> {
        let Source::Cargo { .. } = self.source else {
            return None;
        };
        let program = exec::which(self.programs[0])?;
        let says = exec::read(Command::new(&program).arg("--version")).ok()?;
        (says.split_whitespace().nth(1) == Some(&self.version))
            .then(|| program.parent().map(Path::to_owned))?
    }
}

impl std::fmt::Display for Tool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.name, self.version)
    }
}

impl Source {
    /// Where the programs are in an installation.
    fn programs(&self) -> &'static str {
        match self {
            Self::Cargo { .. } | Self::Pip { .. } | Self::NpmBrowser { .. } => "bin",
            Self::Npm { .. } => "node_modules/.bin",
            Self::NpmProgram { .. } => "",
            Self::Debian { .. } => "usr/share",
        }
    }
}

/// The directories of the programs that builds need, for the front of `PATH`.
pub(crate) fn path() -> Result<Vec<PathBuf>> {
    directories(&all())
}

/// The directories of these tools' programs.
pub(crate) fn directories(tools: &[Tool]) -> Result<Vec<PathBuf>> {
    let programs = |tool: &Tool| {
        tool.programs()
            .with_context(|| format!("{tool} is missing: run `cargo xtask setup`"))
    };
    tools.iter().map(programs).collect()
}

/// The user's cache, which all clones of this repository share: `$GEMA_CACHE`, or `gema` in `$XDG_CACHE_HOME` or
/// `~/.cache`.
pub(crate) fn cache() -> Result<PathBuf> {
    let set = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    set("GEMA_CACHE")
        .or_else(|| set("XDG_CACHE_HOME").map(|dir| dir.join("gema")))
        .or_else(|| set("HOME").map(|home| home.join(".cache/gema")))
        .context("no place to keep tools: set GEMA_CACHE to a directory")
}

/// `PATH` with these directories in front.
pub(crate) fn with_path(front: impl IntoIterator<Item = PathBuf>) -> Result<OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(front.into_iter().chain(std::env::split_paths(&path)))
        .context("a directory's name has a separator in it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_installed_tool_is_not_there() {
        let home = std::env::temp_dir().join(format!("gema-tools-{}", std::process::id()));
        std::fs::create_dir_all(&home).unwrap();
        let tool = wasm_bindgen().unwrap();
        std::fs::write(home.join(repo::exe("wasm-bindgen")), "").unwrap();
        assert!(!tool.is_in(&home), "the test runner is missing");
        std::fs::write(home.join(repo::exe("wasm-bindgen-test-runner")), "").unwrap();
        assert!(tool.is_in(&home));
        std::fs::remove_dir_all(home).unwrap();
    }
}
