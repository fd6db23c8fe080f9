//! The Debian packages that are needed, and their installation where that is possible (on Debian, as root).

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::job::{Job, Log};
use crate::{exec, progress};

/// A compiler for wasm, with the standard library's source.
pub(crate) const RUST: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", CLIPPY];
/// The lints of that compiler.
pub(crate) const CLIPPY: &str = "rust-web-clippy";
/// A linker for it, where no rustup toolchain has one.
pub(crate) const LINKER: &str = "lld-19";
/// The browser of the tests, and its driver.
pub(crate) const BROWSER: [&str; 2] = ["chromium", "chromium-driver"];
/// The font for the poll's emoji.
pub(crate) const EMOJI: &str = "fonts-noto-color-emoji";
/// Fonts of the scripts from Arabic to Thai.
pub(crate) const SCRIPTS: &str = "fonts-noto-core";
/// One small font for Chinese, Japanese and Korean.
pub(crate) const CJK: &str = "fonts-droid-fallback";

/// Programs for benchmarks of the endpoint; the packages have the same names.
pub(crate) const BENCH: [&str; 2] = ["nginx", "wrk"];

/// Programs that check packages, and make a Debian to install one in; the packages have the same names.
pub(crate) const PACKAGES_DEB: [&str; 5] = ["curl", "lintian", "mmdebstrap", "skopeo", "umoci"];

/// Reverse proxies and caches, and Prometheus' tool: the program and its package.
pub(crate) const IN_FRONT: [(&str, &str); 6] = [
    ("apache2", "apache2"),
    ("caddy", "caddy"),
    ("haproxy", "haproxy"),
    ("promtool", "prometheus"),
    ("squid", "squid"),
    ("varnishd", "varnish"),
];

/// Redis, the store of several endpoints. Its program has the same name; redis-cli comes with it.
pub(crate) const REDIS: &str = "redis-server";

/// The screen reader of GNOME; its program has the same name.
pub(crate) const SCREEN_READER: &str = "orca";
/// Requirements of the screen reader's tests: its display, speech and buses, and a program that presses keys. Each as
/// program and package.
pub(crate) const LISTENING: [(&str, &str); 5] = [
    ("Xvfb", "xvfb"),
    ("speech-dispatcher", "speech-dispatcher"),
    ("dbus-daemon", "dbus-daemon"),
    ("/usr/libexec/at-spi-bus-launcher", "at-spi2-core"),
    ("xdotool", "xdotool"),
];

/// The site generator Hugo; its program has the same name.
pub(crate) const HUGO_DEB: &str = "hugo";

/// PHP for a WordPress that keeps its posts in SQLite: the program `php`, and modules.
pub(crate) const PHP: [&str; 4] = ["php-cli", "php-mbstring", "php-sqlite3", "php-xml"];
/// A classic WordPress theme, with templates in PHP: its package and its path.
pub(crate) const CLASSIC_THEME: (&str, &str) = (
    "wordpress-theme-twentytwentyone",
    "/usr/share/wordpress/wp-content/themes/twentytwentyone",
);

/// WordPress itself and two of its themes, which are unpacked and not installed.
pub(crate) const WORDPRESS_DEB: [&str; 3] = [
    "wordpress",
    "wordpress-theme-twentytwentytwo",
    "wordpress-theme-twentytwentythree",
];
/// MediaWiki, which is unpacked and not installed.
pub(crate) const MEDIAWIKI: [&str; 2] = ["mediawiki", "mediawiki-classes"];

/// Requirements of the sites of the soak `recipes`: a path that each package has, and the package. MariaDB without the
/// package that starts it as a service.
pub(crate) const SYSTEMS_DEB: [(&str, &str); 6] = [
    ("/usr/bin/jekyll", "jekyll"),
    ("/usr/bin/mariadb", "mariadb-client-core"),
    ("/usr/sbin/mariadbd", "mariadb-server-core"),
    ("/usr/share/doc/php-intl", "php-intl"),
    ("/usr/share/doc/ruby-jekyll-feed", "ruby-jekyll-feed"),
    (
        "/usr/share/doc/ruby-jekyll-paginate",
        "ruby-jekyll-paginate",
    ),
];

/// Requirements of the soak `wordpress`, in the same form: WordPress with the database that most sites have.
pub(crate) const WORDPRESS_NEEDS: [(&str, &str); 2] = [
    ("/usr/sbin/mariadbd", "mariadb-server-core"),
    ("/usr/share/doc/php-mysql", "php-mysql"),
];

/// WebKit of 2016, with its bindings for Python.
pub(crate) const OLD_WEBKIT: &str = "python3-pyqt5.qtwebkit";

/// Python's virtual environments, for tools that pip installs.
pub(crate) const VENV: &str = "python3-venv";

/// Whether this is Debian and we are root.
pub(crate) fn may_install() -> bool {
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    is_debian(&release) && nix::unistd::geteuid().is_root()
}

fn is_debian(os_release: &str) -> bool {
    os_release
        .lines()
        .any(|line| matches!(line, "ID=debian" | "ID=\"debian\""))
}

/// Downloads packages and unpacks them into that directory, without what they depend on.
pub(crate) fn unpack(packages: &[&str], to: &Path) -> Result<()> {
    unpack_by(exec::quietly, packages, to)
}

/// The same, with the package lists refreshed first, as `install` does.
pub(super) fn download(log: &Log, packages: &[&str], to: &Path) -> Result<()> {
    let refreshed = refresh(log);
    unpack_by(|command| log.run(command), packages, to)
        .or_else(|error| refreshed.and(Err(error)))
        .context("apt-get could not download packages: run `apt-get update` as root")
}

fn unpack_by(run: impl Fn(&mut Command) -> Result<()>, packages: &[&str], to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    let mut download = exec::program("apt-get");
    run(download.current_dir(to).arg("download").args(packages))?;
    for file in fs::read_dir(to)?.collect::<Result<Vec<_>, _>>()? {
        let path = file.path();
        if path.extension().is_some_and(|ending| ending == "deb") {
            run(exec::program("dpkg-deb").arg("-x").arg(&path).arg(to))?;
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

pub(crate) fn install(packages: Vec<&'static str>) -> Job {
    progress::line(format!("missing: {}", packages.join(" ")));
    Job::new("Debian's packages", move |log| {
        // Refresh the package lists first: old ones name files that no longer exist, or a compiler that is too old. If
        // refreshing fails, as it does when one of several sources is unreachable, the packages may still be
        // installable.
        let refreshed = refresh(log);
        get(log, &packages)
            .or_else(|error| refreshed.and(Err(error)))
            .context(remedy(&packages))
    })
}

fn get(log: &Log, packages: &[&str]) -> Result<()> {
    log.run(
        apt()
            .args(["install", "--yes", "--no-install-recommends"])
            .args(packages),
    )
}

fn refresh(log: &Log) -> Result<()> {
    log.run(apt().arg("update"))
}

fn apt() -> Command {
    let mut apt = Command::new("apt-get");
    // In runlevel 1 no package starts its service.
    apt.env("DEBIAN_FRONTEND", "noninteractive")
        .env("RUNLEVEL", "1")
        .args(["-o", "DPkg::Lock::Timeout=120"]);
    apt
}

/// The remedy for missing packages, on Debian and elsewhere.
pub(crate) fn remedy(packages: &[&str]) -> String {
    let uses: Vec<_> = packages
        .iter()
        .filter_map(|package| elsewhere(package))
        .collect();
    let debian = format!(
        "on Debian, as root: apt-get install --no-install-recommends {}",
        packages.join(" ")
    );
    format!("{debian}\n    elsewhere: {}", uses.join("; "))
}

fn elsewhere(package: &str) -> Option<&'static str> {
    Some(match package {
        "rustc-web" => "rustup target add wasm32-unknown-unknown && rustup component add rust-src",
        CLIPPY => "rustup component add clippy",
        LINKER => "LLVM's wasm-ld, on PATH",
        VENV => "Python 3.10 or newer with its modules venv and ensurepip, as python3 on PATH",
        "chromium" => {
            "Chromium or Chrome, and the chromedriver of the same major version, on PATH (or named in CHROME and CHROMEDRIVER)"
        }
        "firefox-esr" => "Firefox 140 or newer, on PATH (or named in FIREFOX)",
        "webkit2gtk-driver" => {
            "WebKitGTK's WebKitWebDriver and MiniBrowser (or named in WEBKIT_DRIVER and WEBKIT)"
        }
        OLD_WEBKIT => {
            "the Python modules PyQt5.QtWebKitWidgets and PyQt5.QtTest (QtWebKit 5.212), for /usr/bin/python3"
        }
        "xvfb" => "Xvfb, on PATH",
        SCREEN_READER => "Orca 43 or newer, on PATH",
        "speech-dispatcher" => "Speech Dispatcher 0.11 or newer, on PATH",
        "dbus-daemon" => "dbus-daemon, on PATH",
        "at-spi2-core" => "AT-SPI 2's bus of accessibility, as /usr/libexec/at-spi-bus-launcher",
        "xdotool" => "xdotool, on PATH",
        "php-cli" => {
            "PHP 8.0 or newer with its modules dom, mbstring, pdo_sqlite and phar, on PATH"
        }
        "wordpress-theme-twentytwentyone" => {
            "the WordPress theme Twenty Twenty-One, as /usr/share/wordpress/wp-content/themes/twentytwentyone"
        }
        HUGO_DEB => "Hugo 0.111 or newer, on PATH",
        EMOJI => "a colour emoji font, such as Noto Color Emoji",
        SCRIPTS => "fonts for Arabic, Bengali, Devanagari, Tamil and Thai, such as Noto Sans",
        CJK => "a font for Chinese, Japanese and Korean, such as Noto Sans CJK",
        REDIS => "redis-server and redis-cli of Redis 7, on PATH",
        "apache2" => "Apache 2.4 as apache2, with its modules in /usr/lib/apache2/modules",
        "caddy" => "Caddy 2",
        "haproxy" => "HAProxy 2.4 or newer",
        "prometheus" => "Prometheus' promtool, on PATH",
        "squid" => "Squid 5 or newer",
        "varnish" => "Varnish 6 or newer, and a C compiler",
        "nginx" => "nginx",
        "wrk" => "wrk",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_debian_itself_is_debian() {
        assert!(is_debian("NAME=x\nID=debian\n"));
        assert!(!is_debian("ID=ubuntu\nID_LIKE=debian\n"));
    }

    #[test]
    fn the_remedy_serves_debian_and_others() {
        let text = remedy(&["chromium", "chromium-driver", EMOJI]);
        assert!(
            text.contains("apt-get install --no-install-recommends chromium chromium-driver fonts-noto-color-emoji")
        );
        assert!(
            text.contains("chromedriver of the same major version") && text.contains("emoji font")
        );
    }
}
