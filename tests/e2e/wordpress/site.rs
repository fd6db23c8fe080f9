//! A running WordPress: PHP's built-in web server, SQLite or MariaDB, and the plugin as a webmaster copies it. Each test
//! has its own content and database; the program is shared.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

use super::mariadb::MariaDb;
use crate::{
    engine::named,
    newsroom::Newsroom,
    patience::{until, wait},
    reader::Reader,
};

/// The site's key at the endpoint.
pub(super) const KEY: &str = "0123456789abcdef0123456789abcdef01234567";

/// The version that the test command runs.
pub(super) const CURRENT: &str = "6.5";

/// A site with the plugin. Dropping it ends its process and deletes its files.
pub(super) struct WordPress {
    content: TempDir,
    core: PathBuf,
    port: u16,
    process: Option<Child>,
    /// Its database, unless that is SQLite.
    mariadb: Option<MariaDb>,
    posts: BTreeMap<String, u64>,
}

impl WordPress {
    /// A site with posts, with the plugin activated and connected to the newsroom's endpoint.
    pub(super) fn new(version: &str, newsroom: &Newsroom) -> Self {
        let made = named("GEMA_WORDPRESS");
        let content = TempDir::with_prefix("gema-wordpress-").expect("a directory");
        let core = made.join(version);
        let mut site = Self {
            content,
            core,
            port: free_port(),
            process: None,
            mariadb: MariaDb::is_chosen().then(MariaDb::new),
            posts: BTreeMap::new(),
        };
        site.has_content(&made);
        if site.mariadb.is_some() {
            site.php(&[tests().join("install.php").to_str().expect("a path")]);
        } else {
            site.has_sqlite();
        }
        let posts = site.php(&[
            tests().join("seed.php").to_str().expect("a path"),
            &newsroom.url(""),
            KEY,
        ]);
        site.posts =
            serde_json::from_str(&posts).unwrap_or_else(|error| panic!("{error}: {posts}"));
        site.starts();
        site
    }

    fn has_content(&self, made: &Path) {
        let content = self.content.path();
        copy(
            &self.core.join("wp-content/themes"),
            &content.join("themes"),
        );
        copy(&made.join("themes"), &content.join("themes"));
        copy(&made.join("plugins"), &content.join("plugins"));
        copy(&plugin(), &content.join("plugins/gema"));
        fs::create_dir_all(content.join("mu-plugins")).expect("a directory");
        fs::copy(
            tests().join("quiet.php"),
            content.join("mu-plugins/quiet.php"),
        )
        .expect("a plugin of the test");
    }

    /// The database of an installed WordPress, and what connects WordPress to it.
    fn has_sqlite(&self) {
        let content = self.content.path();
        fs::create_dir_all(content.join("database")).expect("a directory");
        let database = "wp-content/database/.ht.sqlite";
        if self.core.join(database).exists() {
            fs::copy(
                self.core.join(database),
                content.join("database/.ht.sqlite"),
            )
            .expect("a database");
        }
        fs::copy(
            content.join("plugins/sqlite-database-integration/db.copy"),
            content.join("db.php"),
        )
        .expect("the drop-in");
    }

    fn starts(&mut self) {
        let log = File::create(self.content.path().join("server.log")).expect("a log file");
        let mut serve = interpreter();
        serve
            .args(["-S", &format!("localhost:{}", self.port), "-t"])
            .arg(&self.core);
        let serve = self.surrounded(serve.arg(tests().join("router.php")));
        self.process = Some(
            serve
                .stdout(Stdio::null())
                .stderr(log)
                .spawn()
                .expect("PHP starts"),
        );
        until("a web server", true, || {
            TcpStream::connect(("localhost", self.port)).is_ok()
        });
    }

    fn surrounded<'a>(&self, php: &'a mut Command) -> &'a mut Command {
        php.env("WARTA_CONTENT", self.content.path())
            .env("WARTA_HOME", self.url(""))
            .env("WARTA_CORE", &self.core)
            .env(
                "WARTA_SOCKET",
                self.mariadb
                    .as_ref()
                    .map(MariaDb::socket)
                    .unwrap_or_default(),
            )
    }

    fn php(&self, arguments: &[&str]) -> String {
        let mut php = interpreter();
        let output = self
            .surrounded(
                php.args(["-d", "opcache.file_cache_only=1"])
                    .args(arguments)
                    .stdin(Stdio::null()),
            )
            .output()
            .expect("PHP runs");
        assert!(
            output.status.success(),
            "{arguments:?}: {output:?}\n{}",
            self.complaints()
        );
        String::from_utf8(output.stdout).expect("text")
    }

    /// Runs PHP code in WordPress; returns its output.
    pub(super) fn runs(&self, code: &str) -> String {
        self.php(&[
            "-r",
            &format!("require getenv('WARTA_CORE') . '/wp-load.php'; {code}"),
        ])
    }

    /// Adds a must-use plugin with this code.
    pub(super) fn must_use(&self, name: &str, code: &str) {
        let file = self.content.path().join("mu-plugins").join(name);
        fs::write(file, format!("<?php {code}")).expect("a plugin");
    }

    /// Runs PHP code in WordPress' administration, which has further functions and hooks.
    pub(super) fn administers(&self, code: &str) -> String {
        let load = "define('WP_ADMIN', true); require getenv('WARTA_CORE') . '/wp-load.php'; require ABSPATH . 'wp-admin/includes/admin.php';";
        self.php(&["-r", &format!("{load} {code}")])
    }

    /// Runs a command of `wp gema`. Returns whether it succeeds, and its output.
    pub(super) fn commands(&self, words: &[&str]) -> (bool, String) {
        let mut php = interpreter();
        let command = self
            .surrounded(php.arg(tests().join("cli.php")).args(words))
            .stdin(Stdio::null());
        let output = command.output().expect("PHP runs");
        (
            output.status.success(),
            String::from_utf8(output.stdout).expect("text"),
        )
    }

    /// Makes it the first site of a network, and activates the plugin on all sites. Returns the second site's number.
    pub(super) fn becomes_a_network(&self) -> u64 {
        self.php(&[tests().join("network.php").to_str().expect("a path")])
            .parse()
            .expect("a number")
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.port)
    }

    /// The text at one of its paths.
    pub(super) fn text(&self, path: &str) -> String {
        let response = wait(reqwest::get(self.url(path))).expect("WordPress answers");
        wait(response.text()).expect("text")
    }

    /// The ID of a post.
    pub(super) fn id(&self, name: &str) -> u64 {
        self.posts[name]
    }

    /// The article key of a post.
    pub(super) fn key(&self, name: &str) -> String {
        format!("wp-{}", self.id(name))
    }

    /// Activates a theme.
    pub(super) fn wears(&self, theme: &str) -> &Self {
        self.runs(&format!("switch_theme('{theme}');"));
        self
    }

    /// Runs the due events, as the system's cron does.
    pub(super) fn runs_what_is_due(&self) {
        self.php(&[self.core.join("wp-cron.php").to_str().expect("a path")]);
    }

    /// Signs the reader in as the administrator.
    pub(super) fn lets_in(&self, reader: &Reader) {
        reader.goes_to(&self.url("/wp-login.php"));
        reader.runs(
            "document.querySelector('#user_login').value = 'admin'; document.querySelector('#user_pass').value = 'password';
             document.querySelector('#loginform').submit();",
            &[],
        );
        reader.sees("document.querySelector('#wpadminbar') !== null", true);
    }

    /// PHP's notices, warnings and errors about the plugin.
    pub(super) fn complaints(&self) -> String {
        let log = fs::read_to_string(self.content.path().join("debug.log")).unwrap_or_default();
        log.lines()
            .filter(|line| line.contains("plugins/gema/") || line.contains("Fatal"))
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// Checks that PHP has no complaints about the plugin.
    pub(super) fn is_quiet(&self) {
        assert_eq!(self.complaints(), "");
    }
}

impl Drop for WordPress {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            let _ = process.kill();
            let _ = process.wait();
        }
        if std::thread::panicking() {
            eprintln!("PHP said:\n{}", self.complaints());
        }
    }
}

/// The plugin's directory.
pub(super) fn plugin() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("integrations/wordpress/gema")
}

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/wordpress")
}

/// The PHP command; it caches the compiled WordPress for all tests.
fn interpreter() -> Command {
    let compiled = named("GEMA_WORDPRESS").join("compiled");
    let mut php = Command::new("php");
    php.args([
        "-d",
        "opcache.enable_cli=1",
        "-d",
        &format!("opcache.file_cache={}", compiled.display()),
    ]);
    php.args([
        "-d",
        &format!(
            "opcache.blacklist_filename={}",
            compiled.join("not").display()
        ),
    ]);
    php
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("localhost:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a directory");
    for entry in fs::read_dir(from).unwrap_or_else(|error| panic!("{}: {error}", from.display())) {
        let (from, to) = {
            let entry = entry.expect("an entry");
            (entry.path(), to.join(entry.file_name()))
        };
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(&from, &to).expect("a copy");
        }
    }
}
