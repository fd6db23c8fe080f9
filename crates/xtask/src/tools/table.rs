use anyhow::{Context, Result};

use super::{Source, Tool};
use crate::repo;

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
const TERSER: &str = "5.51.4";
const WALINE: &str = "1.39.3";
const WALINE_CLIENT: &str = "3.15.2";
// The last that runs on Node.js 20.
const LIGHTHOUSE: &str = "12.8.2";
const ISSO: &str = "0.14.0";

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
        Tool {
            name: "terser",
            version: TERSER.into(),
            source: Source::Npm { package: "terser", besides: &[], built: &[] },
            programs: &["terser"],
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
}
