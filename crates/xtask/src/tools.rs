//! The tools that builds need beside the compiler: which, in which version, and where they are kept. Installs nothing (`setup` does).

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::{exec, repo};

const AXE: &str = "4.14.1";
const TRUNK: &str = "0.21.14";
const BINARYEN: &str = "132.0.0";
const SCHEMATHESIS: &str = "4.32.5";
const GECKODRIVER: &str = "0.37.1";
const HTMX: &str = "4.0.1";
const REACT: &str = "19.3.1";
const TURBO: &str = "8.0.23";
const VUE: &str = "3.5.45";
const ESBUILD: &str = "0.28.2";
const WALINE: &str = "1.39.3";
const WALINE_CLIENT: &str = "3.15.2";
// The last that runs on Node.js 20.
const LIGHTHOUSE: &str = "12.8.2";
const ISSO: &str = "0.14.0";

/// A tool of one exact version.
#[derive(Clone, Debug)]
pub(crate) struct Tool {
    /// The name of its directory in the cache, and of its main program.
    pub(crate) name: &'static str,
    /// The exact version.
    pub(crate) version: String,
    /// Where it comes from.
    pub(crate) source: Source,
    /// The programs that must be there.
    programs: &'static [&'static str],
}

/// Where a tool comes from.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// `cargo install PACKAGE`, with these arguments besides.
    Cargo { package: &'static str, arguments: &'static [&'static str] },
    /// `npm install PACKAGE`. Only these packages among those that come with it are built: by their install scripts.
    Npm { package: &'static str, besides: &'static [&'static str], built: &'static [&'static str] },
    /// `pip install PACKAGE`, in a virtual environment of its own, with these besides.
    Pip { package: &'static str, besides: &'static [&'static str] },
}

/// Every tool, in the order of how long it takes to install, the longest first.
pub(crate) fn all() -> Result<Vec<Tool>> {
    let lock = repo::root().join("Cargo.lock");
    let lock = std::fs::read_to_string(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    let bindgen = locked(&lock, "wasm-bindgen").context("Cargo.lock names no wasm-bindgen: run `cargo update`")?;
    Ok(vec![
        Tool {
            name: "trunk",
            version: TRUNK.into(),
            // Without TLS: it has nothing to download here, everything it needs is in this list.
            source: Source::Cargo { package: "trunk", arguments: &["--no-default-features"] },
            programs: &["trunk"],
        },
        Tool {
            name: "wasm-bindgen",
            version: bindgen,
            source: Source::Cargo { package: "wasm-bindgen-cli", arguments: &[] },
            programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
        },
        Tool {
            name: "binaryen",
            version: BINARYEN.into(),
            source: Source::Npm { package: "binaryen", besides: &[], built: &[] },
            programs: &["wasm-opt"],
        },
        Tool {
            name: "esbuild",
            version: ESBUILD.into(),
            source: Source::Npm { package: "esbuild", besides: &[], built: &[] },
            programs: &["esbuild"],
        },
    ])
}

/// The tools that only tests need.
pub(crate) fn of_tests() -> Vec<Tool> {
    vec![
        Tool {
            name: "geckodriver",
            version: GECKODRIVER.into(),
            source: Source::Cargo { package: "geckodriver", arguments: &[] },
            programs: &["geckodriver"],
        },
        Tool {
            name: "schemathesis",
            version: SCHEMATHESIS.into(),
            source: Source::Pip { package: "schemathesis", besides: &[] },
            programs: &["python"],
        },
        of_a_page("react", REACT, "react-dom", &["react@19.3.1"]),
        of_a_page("vue", VUE, "vue", &[]),
        of_a_page("turbo", TURBO, "@hotwired/turbo", &[]),
        of_a_page("htmx", HTMX, "htmx.org", &[]),
        Tool {
            name: "axe",
            version: AXE.into(),
            source: Source::Npm { package: "axe-core", besides: &[], built: &[] },
            programs: &[],
        },
    ]
}

/// What host pages are made with.
fn of_a_page(name: &'static str, version: &str, package: &'static str, besides: &'static [&'static str]) -> Tool {
    Tool { name, version: version.into(), source: Source::Npm { package, besides, built: &[] }, programs: &[] }
}

/// Where the modules are that host pages are made with.
pub(crate) fn modules() -> Result<Vec<PathBuf>> {
    let names = ["react", "vue", "turbo", "htmx"];
    names.into_iter().map(|name| programs_of(name, of_tests(), "cargo xtask test setup")).collect()
}

/// The script that judges whether a page is accessible.
pub(crate) fn axe() -> Result<PathBuf> {
    Ok(programs_of("axe", of_tests(), "cargo xtask test setup")?.join("axe-core/axe.min.js"))
}

/// What is measured beside the endpoint.
pub(crate) fn peers() -> Vec<Tool> {
    vec![
        Tool {
            name: "waline",
            version: WALINE.into(),
            source: Source::Npm { package: "@waline/vercel", besides: &[], built: &["sqlite3"] },
            programs: &[],
        },
        Tool {
            name: "isso",
            version: ISSO.into(),
            source: Source::Pip { package: "isso", besides: &["gunicorn==27.0.1"] },
            programs: &["python"],
        },
    ]
}

/// What is measured beside the widget.
pub(crate) fn clients() -> Vec<Tool> {
    vec![Tool {
        name: "waline-client",
        version: WALINE_CLIENT.into(),
        source: Source::Npm { package: "@waline/client", besides: &[], built: &[] },
        programs: &[],
    }]
}

/// What judges whole pages.
pub(crate) fn judges() -> Vec<Tool> {
    vec![Tool {
        name: "lighthouse",
        version: LIGHTHOUSE.into(),
        source: Source::Npm { package: "lighthouse", besides: &[], built: &[] },
        programs: &[],
    }]
}

/// The directory of modules that has Lighthouse.
pub(crate) fn lighthouse() -> Result<PathBuf> {
    programs_of("lighthouse", judges(), "cargo xtask soak lighthouse")
}

/// The Python that has schemathesis.
pub(crate) fn schemathesis() -> Result<PathBuf> {
    Ok(programs_of("schemathesis", of_tests(), "cargo xtask test setup")?.join("python"))
}

/// What steers Firefox.
pub(crate) fn geckodriver() -> Result<PathBuf> {
    Ok(programs_of("geckodriver", of_tests(), "cargo xtask test setup")?.join(repo::exe("geckodriver")))
}

/// The directory of modules that has Waline's server.
pub(crate) fn waline() -> Result<PathBuf> {
    programs_of("waline", peers(), "cargo xtask bench endpoint --peers")
}

/// The directory of Waline's client, as it is made for pages.
pub(crate) fn waline_client() -> Result<PathBuf> {
    Ok(programs_of("waline-client", clients(), "cargo xtask bench page")?.join("@waline/client/dist"))
}

/// The Python that has Isso and a server for it.
pub(crate) fn isso() -> Result<PathBuf> {
    Ok(programs_of("isso", peers(), "cargo xtask bench endpoint --peers")?.join("python"))
}

fn programs_of(name: &str, tools: Vec<Tool>, remedy: &str) -> Result<PathBuf> {
    let tool = tools.into_iter().find(|tool| tool.name == name).with_context(|| format!("{name} is no tool"))?;
    tool.programs().with_context(|| format!("{tool} is missing: run `{remedy}`"))
}

impl Tool {
    /// Its own directory in the cache: there if and only if the tool is completely installed.
    pub(crate) fn home(&self) -> Result<PathBuf> {
        Ok(cache()?.join(self.to_string()))
    }

    /// The directory of its programs, if it is installed: in the cache, or by the user, in just this version. Of what has none,
    /// the directory of its modules.
    pub(crate) fn programs(&self) -> Option<PathBuf> {
        let has_none = self.programs.is_empty();
        let cached = self.home().ok()?.join(if has_none { "node_modules" } else { self.source.programs() });
        [cached].into_iter().chain(self.users_own()).find(|dir| self.is_in(dir))
    }

    fn is_in(&self, dir: &Path) -> bool {
        dir.is_dir()
            && self.programs.iter().all(|program| dir.join(repo::exe(program)).exists() || dir.join(program).exists())
    }

    /// Where the user's own copy is. Only for what takes minutes to install.
    fn users_own(&self) -> Option<PathBuf> {
        let Source::Cargo { .. } = self.source else { return None };
        let program = exec::which(self.programs[0])?;
        let says = exec::read(Command::new(&program).arg("--version")).ok()?;
        (says.split_whitespace().nth(1) == Some(&self.version)).then(|| program.parent().map(Path::to_owned))?
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
            Self::Cargo { .. } | Self::Pip { .. } => "bin",
            Self::Npm { .. } => "node_modules/.bin",
        }
    }
}

/// The directories with the tools' programs, for the front of `PATH`.
pub(crate) fn path() -> Result<Vec<PathBuf>> {
    all()?
        .iter()
        .map(|tool| tool.programs().with_context(|| format!("{tool} is missing: run `cargo xtask setup`")))
        .collect()
}

/// The user's cache, which all clones of this repository share: `$GEMA_CACHE`, or `gema` in `$XDG_CACHE_HOME` or `~/.cache`.
pub(crate) fn cache() -> Result<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
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

/// The version of a package in the text of a Cargo.lock.
fn locked(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name).skip(1);
    Some(lines.next()?.strip_prefix("version = \"")?.strip_suffix('"')?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "version = 4\n\n[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.80\"\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";

    #[test]
    fn the_lock_file_says_which_wasm_bindgen() {
        assert_eq!(locked(LOCK, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(locked(LOCK, "yew"), None);
        assert_eq!(locked("name = \"wasm-bindgen\"\n", "wasm-bindgen"), None);
    }

    #[test]
    fn our_own_lock_file_has_it() {
        let tools = all().unwrap();
        let bindgen = tools.iter().find(|tool| tool.name == "wasm-bindgen").unwrap();
        assert!(bindgen.version.starts_with("0.2."), "{bindgen}");
    }

    #[test]
    fn a_half_installed_tool_is_not_there() {
        let home = std::env::temp_dir().join(format!("gema-tools-{}", std::process::id()));
        std::fs::create_dir_all(&home).unwrap();
        let tool = all().unwrap().into_iter().find(|tool| tool.name == "wasm-bindgen").unwrap();
        std::fs::write(home.join(repo::exe("wasm-bindgen")), "").unwrap();
        assert!(!tool.is_in(&home), "the test runner is missing");
        std::fs::write(home.join(repo::exe("wasm-bindgen-test-runner")), "").unwrap();
        assert!(tool.is_in(&home));
        std::fs::remove_dir_all(home).unwrap();
    }
}
