//! `cargo xtask setup`: installs what builds and tests need. What is already there is left alone; what is missing is
//! installed, all at the same time; what cannot be installed here is listed with the remedy. Never calls sudo.

mod browser;
mod debian;
mod engine;
mod fonts;
mod job;
pub(crate) mod old_webkit;
mod rustup;
mod tool;

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

pub(crate) use browser::Browser;
pub(crate) use debian::{MEDIAWIKI, WORDPRESS_DEB, unpack};
pub(crate) use engine::{Engine, all as engines};

use crate::toolchain::{self, Toolchain};
use crate::tools::{Source, Tool};
use crate::{exec, progress, tools};
use job::Job;

/// Purpose of a setup; determines what is installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Building and serving.
    Build,
    /// Rebuilding on every change.
    Development,
    /// The test command: besides building, lints for wasm, three browsers with their drivers, fonts, Redis servers,
    /// and benchmark tools.
    Test,
    /// The old-engines soak: the requirements of the tests, and all old engines.
    OldEngines,
    /// The recipes soak: the requirements of the tests, and all generators and content management systems.
    Systems,
    /// The WordPress soak: the requirements of the tests, more themes, and MariaDB.
    WordPress,
    /// Building packages: Zig, and binutils.
    Package,
    /// Building packages and installing them: also the programs that inspect, check and install each kind.
    Packaged,
    /// Benchmarks of the endpoint: nginx and wrk.
    Bench,
    /// Benchmarks beside competitors: also other software that counts votes.
    Competitors,
    /// Benchmarks of the stores: Redis servers too.
    Engines,
    /// The outage soak: Redis servers and Valkey.
    Outage,
    /// The robots soak: lists of devices and robots.
    Robots,
    /// Building and benchmarking pages: a browser, and the clients that are compared.
    Page,
    /// Building and auditing pages: a browser, and Lighthouse.
    Lighthouse,
}

impl Scope {
    fn is_for_tests(self) -> bool {
        matches!(
            self,
            Self::Test | Self::OldEngines | Self::Systems | Self::WordPress
        )
    }
}

/// Installs what is missing and gives the compiler for wasm.
pub(crate) fn run(scope: Scope) -> Result<Toolchain> {
    progress::heading("Setup");
    let mut missing = Missing::default();
    missing.toolchain(scope);
    missing.tools(tools::all());
    match scope {
        _ if scope.is_for_tests() => missing.browsers(engines()),
        Scope::Page | Scope::Lighthouse => missing.browsers(&[Engine::Chromium]),
        _ => {}
    }
    let is_for_tests = scope.is_for_tests();
    if is_for_tests {
        missing.tools(vec![tools::wasm_bindgen()?]);
        missing.tools(tools::of_fonts());
        missing
            .packages
            .extend(old_webkit::python().is_none().then_some(debian::OLD_WEBKIT));
        missing.packages.extend(
            exec::which(debian::HUGO_DEB)
                .is_none()
                .then_some(debian::HUGO_DEB),
        );
        missing.in_front();
        if !has_php() {
            missing.packages.extend(debian::PHP);
        }
        let (theme, place) = debian::CLASSIC_THEME;
        missing
            .packages
            .extend((!Path::new(place).exists()).then_some(theme));
        missing.listening();
    }
    if is_for_tests || matches!(scope, Scope::Engines | Scope::Outage) {
        match exec::which(debian::REDIS) {
            Some(program) => there(program.display()),
            None => missing.packages.push(debian::REDIS),
        }
    }
    match scope {
        Scope::Development => missing.tools(tools::of_development()?),
        Scope::Test => missing.tools(of_tests_with(Vec::new())),
        Scope::OldEngines => missing.tools([tools::of_tests(), tools::old_engines::all()].concat()),
        Scope::Package => missing.tools(tools::of_packages()),
        Scope::Packaged => {
            missing.tools([tools::of_packages(), tools::of_packaged()].concat());
            missing.packages.extend(
                debian::PACKAGES_DEB
                    .iter()
                    .filter(|program| exec::which(program).is_none()),
            );
        }
        Scope::Systems => {
            missing.tools(of_tests_with(tools::systems()));
            missing.paths(&debian::SYSTEMS_DEB);
        }
        Scope::WordPress => {
            missing.tools(of_tests_with(tools::of_wordpress()));
            missing.paths(&debian::WORDPRESS_NEEDS);
        }
        Scope::Competitors => missing.tools(tools::competitors()),
        Scope::Page => missing.tools(tools::clients()),
        Scope::Lighthouse => missing.tools(tools::auditors()),
        Scope::Outage => missing.tools(tools::stores()),
        Scope::Robots => missing.tools(tools::agents()),
        Scope::Build | Scope::Bench | Scope::Engines => {}
    }
    let builds_only = matches!(
        scope,
        Scope::Build | Scope::Development | Scope::Package | Scope::Packaged
    );
    if !builds_only
        && !matches!(
            scope,
            Scope::Page | Scope::Lighthouse | Scope::Outage | Scope::Robots
        )
    {
        missing.packages.extend(
            debian::BENCH
                .iter()
                .filter(|program| exec::which(program).is_none()),
        );
    }
    missing.install()?;
    Toolchain::find().with_context(|| {
        let (target, (major, minor)) = (toolchain::WASM_TARGET, toolchain::MIN_RUST_VERSION);
        format!(
            "what there is to install here cannot make {target}: it needs rustc {major}.{minor} or newer, with rust-src"
        )
    })
}

/// The tools of the test command, and these.
fn of_tests_with(more: Vec<Tool>) -> Vec<Tool> {
    [tools::of_tests(), tools::old_engines::of_short_form(), more].concat()
}

/// Whether PHP is there with the modules that WordPress needs.
fn has_php() -> bool {
    let modules = exec::which("php")
        .and_then(|php| exec::read(Command::new(php).arg("-m")).ok())
        .unwrap_or_default();
    ["dom", "mbstring", "pdo_sqlite", "Phar"]
        .iter()
        .all(|module| modules.lines().any(|line| line == *module))
}

fn there(what: impl std::fmt::Display) {
    progress::line(format!("{what}: there"));
}

/// Missing items, by how they are installed: by jobs, as Debian packages, or by the user.
#[derive(Default)]
struct Missing {
    jobs: Vec<Job>,
    /// Jobs that run after the others.
    then: Vec<Job>,
    packages: Vec<&'static str>,
    remedies: Vec<String>,
}

impl Missing {
    /// Finds the compiler for wasm: the active one, else by rustup, else Debian's, in this order.
    fn toolchain(&mut self, scope: Scope) {
        match Toolchain::find() {
            Some(found) => {
                there(format!("{} for {}", found.version, toolchain::WASM_TARGET));
                if !found.has_source && rustup::may_download() {
                    self.jobs.push(rustup::add_source());
                }
                if scope.is_for_tests() && !found.has_clippy() {
                    self.packages.push(debian::CLIPPY);
                }
            }
            None if rustup::may_download() => self.jobs.push(rustup::add_target()),
            None => {
                self.packages.extend(debian::RUST);
                if toolchain::a_linker().is_none() {
                    self.packages.push(debian::LINKER);
                }
            }
        }
    }

    /// Debian packages, each preceded by a path that it has.
    fn paths(&mut self, packages: &[(&str, &'static str)]) {
        let lacks = packages
            .iter()
            .filter(|(path, _)| !Path::new(path).exists());
        self.packages.extend(lacks.map(|(_, package)| package));
    }

    fn browsers(&mut self, engines: &[Engine]) {
        for engine in engines {
            match engine.missing() {
                missing if missing.is_empty() => there(engine.found()),
                missing => self.packages.extend(missing),
            }
        }
        for (package, names) in fonts::NEEDED {
            match fonts::named(names) {
                Some(font) => there(font),
                None => self.packages.push(package),
            }
        }
    }

    /// Reverse proxies and caches for the tests. Linux only: elsewhere their files are in other places.
    fn in_front(&mut self) {
        if cfg!(target_os = "linux") {
            let lacks = debian::IN_FRONT
                .iter()
                .filter(|(program, _)| exec::which(program).is_none());
            self.packages.extend(lacks.map(|(_, package)| package));
        }
    }

    /// A screen reader. Linux only: the accessibility bus that it uses exists only there.
    fn listening(&mut self) {
        if cfg!(not(target_os = "linux")) {
            return;
        }
        let lacks = |program: &str| !Path::new(program).exists() && exec::which(program).is_none();
        match exec::which(debian::SCREEN_READER) {
            Some(program) => there(program.display()),
            None => self.packages.push(debian::SCREEN_READER),
        }
        let others = debian::LISTENING
            .into_iter()
            .filter(|(program, _)| lacks(program))
            .map(|(_, package)| package);
        for package in others {
            if !self.packages.contains(&package) {
                self.packages.push(package);
            }
        }
    }

    fn tools(&mut self, tools: Vec<Tool>) {
        for tool in tools {
            match tool.programs() {
                Some(_) => there(tool.to_string()),
                // apt-get locks its package lists.
                None if matches!(tool.source, Source::Debian { .. }) => {
                    self.then.push(tool::install(tool));
                }
                None if tool::can_be_installed(&tool) => self.jobs.push(tool::install(tool)),
                None => {
                    self.packages.push(debian::VENV);
                    self.then.push(tool::install(tool));
                }
            }
        }
    }

    fn install(mut self) -> Result<()> {
        if !self.packages.is_empty() {
            match debian::may_install() {
                true => self.jobs.push(debian::install(self.packages)),
                false => self.remedies.push(debian::remedy(&self.packages)),
            }
        }
        self.remedies
            .extend(self.jobs.iter().filter_map(|job| job.obstacle.clone()));
        if !self.remedies.is_empty() {
            bail!(
                "some things must be installed first:\n  - {}\nThen run the same command again.",
                self.remedies.join("\n  - ")
            );
        }
        job::run_all(self.jobs)?;
        job::run_all(self.then)
    }
}
