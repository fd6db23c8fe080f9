//! The newsroom's endpoint: `gema serve` with its own database file, on a port that it keeps across restarts.

use std::{
    fs::{self, File, Permissions},
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;
use wire::{Network, Reaction, Tallies, Tally};

use crate::{
    engine::named,
    patience::{until, until_some, wait},
};

/// The site whose articles are counted.
pub(crate) const SITE: &str = "warta";

/// The article of pages that have only one.
pub(crate) const ARTICLE: &str = "berita/banjir kanal";

/// Reads are due so soon that tests need not wait.
const CONFIG: &str = r#"
    bots = "count"
    [sites.warta]
    origins = ["loopback"]
    languages = ["id", "en"]
    reads = { after_ms = 300 }
"#;

fn with_origins(origins: &str) -> String {
    let (here, there) = (r#"origins = ["loopback"]"#, format!("origins = {origins}"));
    assert!(CONFIG.contains(here));
    CONFIG.replace(here, &there)
}

/// A running endpoint. Dropping it ends the process and deletes its files.
pub(crate) struct Newsroom {
    dir: TempDir,
    gema: PathBuf,
    is_demo: bool,
    address: String,
    process: Option<Child>,
}

impl Newsroom {
    /// An endpoint for one site, with an empty database.
    pub(crate) fn open() -> Self {
        Self::with("")
    }

    /// An endpoint with further configuration: of the site, and then of the endpoint.
    pub(crate) fn with(more: &str) -> Self {
        Self::start(Some(&(CONFIG.to_owned() + more)))
    }

    /// An endpoint whose files have other names, as in another release. The files and their list are part of the
    /// program.
    pub(crate) fn of_the_next_release() -> Self {
        let mut program = fs::read(named("GEMA_BIN")).expect("gema is there");
        let named = |name: &[u8]| {
            name.starts_with(b"widget-") && name[7..].iter().all(u8::is_ascii_hexdigit)
        };
        let places = program
            .windows(19)
            .enumerate()
            .filter(|(_, name)| named(name));
        for place in places.map(|(place, _)| place + 7).collect::<Vec<_>>() {
            program[place..place + 4].copy_from_slice(b"next");
        }
        let dir = TempDir::with_prefix("gema-newsroom-").expect("a directory");
        let gema = dir.path().join("gema");
        fs::write(&gema, program).expect("the program is written");
        fs::set_permissions(&gema, Permissions::from_mode(0o755)).expect("it may be run");
        Self::start_in(dir, gema, Some(CONFIG))
    }

    /// An endpoint with this reading time, in ms.
    pub(crate) fn with_reads_after(ms: u32) -> Self {
        assert!(CONFIG.contains("after_ms = 300"));
        Self::start(Some(
            &CONFIG.replace("after_ms = 300", &format!("after_ms = {ms}")),
        ))
    }

    /// An endpoint for a site with these languages, and further configuration as above.
    pub(crate) fn in_languages(languages: &[String], more: &str) -> Self {
        let (few, many) = (
            r#"languages = ["id", "en"]"#,
            format!("default_language = \"id\"\nlanguages = {languages:?}"),
        );
        assert!(CONFIG.contains(few));
        Self::start(Some(&(CONFIG.replace(few, &many) + more)))
    }

    /// An endpoint for pages of these origins only, as in gema.toml.
    pub(crate) fn for_origins(origins: &str) -> Self {
        Self::start(Some(&with_origins(origins)))
    }

    /// Accepts events from these origins only from now on: runs `gema reload` beside the endpoint.
    pub(crate) fn takes_origins(&mut self, origins: &str) {
        fs::write(self.dir.path().join("gema.toml"), with_origins(origins))
            .expect("the configuration is written");
        self.reloads();
    }

    fn reloads(&self) {
        let output = self.gema(&["reload"]).output().expect("gema runs");
        assert!(
            output.status.success(),
            "gema reload: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// Accepts events from a further origin from now on.
    pub(crate) fn also_takes(&mut self, origin: &str) {
        let file = self.dir.path().join("gema.toml");
        let (here, more) = (r#""loopback""#, format!(r#""loopback", "{origin}""#));
        let config = fs::read_to_string(&file).expect("a configuration");
        assert!(config.contains(here));
        fs::write(file, config.replace(here, &more)).expect("the configuration is written");
        self.reloads();
    }

    /// An endpoint without a configuration: with the demo's articles and pages.
    pub(crate) fn demo() -> Self {
        Self::start(None)
    }

    fn start(config: Option<&str>) -> Self {
        Self::start_in(
            TempDir::with_prefix("gema-newsroom-").expect("a directory"),
            named("GEMA_BIN"),
            config,
        )
    }

    fn start_in(dir: TempDir, gema: PathBuf, config: Option<&str>) -> Self {
        if let Some(config) = config {
            fs::write(dir.path().join("gema.toml"), config).expect("the configuration is written");
        }
        let mut newsroom = Self {
            dir,
            gema,
            is_demo: config.is_none(),
            address: "127.0.0.1:0".into(),
            process: None,
        };
        newsroom.restart();
        newsroom
    }

    /// Starts it again on the same port, with the same database.
    pub(crate) fn restart(&mut self) {
        assert!(self.process.is_none(), "it is running");
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.log())
            .expect("a log file");
        let mut serve = self.gema(&[
            "serve",
            "--limits",
            "off",
            "--metrics",
            "127.0.0.1:0",
            "--listen",
            &self.address,
        ]);
        if self.is_demo {
            serve.args(["--bots", "count"]);
        }
        let mut process = serve
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("gema starts");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("piped"))
            .read_line(&mut line)
            .expect("gema prints its address");
        self.process = Some(process);
        let address = line.trim().strip_prefix("listening on http://");
        self.address = address
            .unwrap_or_else(|| panic!("gema did not start: {}", self.said()))
            .to_owned();
        assert!(
            self.get("/embed.js").contains("gema-article"),
            "this gema was built without the widget"
        );
    }

    /// Kills it without warning, as a power cut would.
    pub(crate) fn is_killed(&mut self) {
        let mut process = self.process.take().expect("it is running");
        process
            .kill()
            .and_then(|()| process.wait())
            .expect("gema can be ended");
    }

    /// Pauses it: it accepts connections, and answers nothing.
    pub(crate) fn falls_asleep(&self) {
        self.signal("-STOP");
    }

    /// Resumes it.
    pub(crate) fn wakes_up(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let id = self
            .process
            .as_ref()
            .expect("it is running")
            .id()
            .to_string();
        assert!(
            Command::new("kill")
                .args([signal, &id])
                .status()
                .expect("kill")
                .success()
        );
    }

    /// Its address: host and port.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// The URL of a path, such as `/embed.js`.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The tag, as the newsroom gives it to its webmaster, with further attributes.
    pub(crate) fn tag(&self, attributes: &str) -> String {
        let site = if self.is_demo { "demo" } else { SITE };
        format!(
            r#"<script {attributes} src="{}" data-site="{site}"></script>"#,
            self.url("/embed.js")
        )
    }

    /// Runs `gema article put` beside the running endpoint.
    pub(crate) fn puts(&self, article: &str, html: &str, options: &[&str]) {
        let file = self.dir.path().join("article.html");
        fs::write(&file, html).expect("the article is written");
        let mut put = self.gema(&["article", "put"]);
        put.arg(file)
            .args(["--article", article, "--site", SITE])
            .args(options);
        let output = put.output().expect("gema runs");
        assert!(
            output.status.success(),
            "gema article put: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// Runs `gema import --from csv` beside the running endpoint.
    pub(crate) fn imports(&self, table: &str) {
        let file = self.dir.path().join("counts.csv");
        fs::write(&file, table).expect("the table is written");
        let output = self
            .gema(&["import", "--from", "csv", "--site", SITE])
            .arg(file)
            .output()
            .expect("gema runs");
        assert!(
            output.status.success(),
            "gema import: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// Adds a user of the newsroom's pages beside the running endpoint. Returns the address of the one-time link.
    pub(crate) fn invites(&self, name: &str, role: &str) -> String {
        let said = self.manages_users(&["add", name, "--site", SITE, "--role", role]);
        let (_, path) = said.split_once("/redaksi/").expect("a link");
        let path = path.split_whitespace().next().expect("a path");
        self.url(&format!("/redaksi/{path}"))
    }

    /// Removes a user of the newsroom's pages.
    pub(crate) fn removes(&self, name: &str) {
        self.manages_users(&["rm", name]);
    }

    fn manages_users(&self, arguments: &[&str]) -> String {
        let mut user = self.gema(&["user"]);
        let output = user.args(arguments).output().expect("gema runs");
        assert!(
            output.status.success(),
            "gema user: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).expect("text")
    }

    /// The output of a command beside the running endpoint, which must succeed.
    pub(crate) fn says(&self, arguments: &[&str]) -> String {
        let output = self.gema(arguments).output().expect("gema runs");
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {error}");
        String::from_utf8(output.stdout).expect("text")
    }

    /// Whether any file of the endpoint contains these bytes.
    pub(crate) fn files_have(&self, bytes: &[u8]) -> bool {
        let files = fs::read_dir(self.dir.path()).expect("its directory");
        let paths = files.map(|file| file.expect("a file").path());
        paths.filter(|path| path.is_file()).any(|path| {
            let written = fs::read(path).expect("its bytes");
            written.windows(bytes.len()).any(|part| part == bytes)
        })
    }

    fn gema(&self, arguments: &[&str]) -> Command {
        let mut gema = Command::new(&self.gema);
        gema.args(arguments)
            .current_dir(self.dir.path())
            .stdin(Stdio::null())
            .env("RUST_LOG", "info");
        gema
    }

    /// The text at one of its paths.
    pub(crate) fn get(&self, path: &str) -> String {
        let response = wait(reqwest::get(self.url(path))).expect("the endpoint answers");
        assert!(
            response.status().is_success(),
            "{path}: {}",
            response.status()
        );
        wait(response.text()).expect("text")
    }

    /// Its counts.
    pub(crate) fn tally(&self, article: &str) -> Tally {
        let query = reqwest::Url::parse_with_params(
            &self.url(&format!("/v1/sites/{SITE}/tallies")),
            [("article", article)],
        );
        let text = self.get(
            query
                .expect("an address")
                .as_str()
                .split_once(&self.address)
                .expect("its own")
                .1,
        );
        serde_json::from_str::<Tallies>(&text)
            .expect("tallies")
            .tallies
            .remove(0)
    }

    /// Waits until it has counted this many reads.
    pub(crate) fn has_reads(&self, article: &str, reads: u64) {
        until(&format!("reads of {article}"), reads, || {
            self.tally(article).reads
        });
    }

    /// Waits until it has counted these reactions, and no others.
    pub(crate) fn has_reactions(&self, article: &str, expected: &[(&str, u64)]) {
        let expected: Vec<_> = expected
            .iter()
            .map(|(key, count)| (Reaction::parse(key).expect("a key"), *count))
            .collect();
        until(&format!("reactions to {article}"), expected, || {
            self.tally(article)
                .reactions
                .0
                .into_iter()
                .filter(|(_, count)| *count > 0)
                .collect()
        });
    }

    /// Waits until it has counted this many shares to a network.
    pub(crate) fn has_shares(&self, article: &str, network: &str, shares: u64) {
        let key = Network::parse(network).expect("a key");
        until(&format!("shares of {article} to {network}"), shares, || {
            self.tally(article).shares.get(&key)
        });
    }

    /// The value of a metric; 0 if the metric is missing.
    pub(crate) fn metric(&self, name: &str) -> u64 {
        let url = until_some("where its metrics are", || {
            let said = self.said();
            said.rsplit_once("metrics on ")?
                .1
                .split_whitespace()
                .next()
                .map(str::to_owned)
        });
        let text = wait(async { reqwest::get(url).await?.text().await }).expect("metrics");
        let value = text
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        value.map_or(0, |value| value.parse().expect("a number"))
    }

    /// Waits until this many live-count connections are open.
    pub(crate) fn has_watchers(&self, watchers: u64) {
        until("live-count connections", watchers, || {
            self.metric("gema_watching")
        });
    }

    /// Sends events to it without a browser.
    pub(crate) fn takes(&self, batch: &Value) {
        let request = reqwest::Client::new().post(self.url(&format!("/v1/sites/{SITE}/events")));
        let request = request
            .header("content-type", "text/plain")
            .header("origin", "http://localhost");
        let answer = wait(request.body(batch.to_string()).send());
        assert_eq!(answer.expect("the endpoint answers").status(), 200);
    }

    /// The output of `gema article show` beside the running endpoint.
    pub(crate) fn shows(&self, article: &str) -> String {
        let output = self
            .gema(&["article", "show", "--article", article, "--site", SITE])
            .output()
            .expect("gema runs");
        String::from_utf8(output.stdout).expect("text")
    }

    /// The output of `gema article list` beside the running endpoint.
    pub(crate) fn lists(&self) -> String {
        let output = self
            .gema(&["article", "list", "--site", SITE])
            .output()
            .expect("gema runs");
        assert!(
            output.status.success(),
            "gema article list: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).expect("text")
    }

    /// The names of the widget's files, as the view lists them.
    pub(crate) fn assets(&self) -> Value {
        let view: Value =
            serde_json::from_str(&self.get(&format!("/v1/sites/{SITE}/view?article=a")))
                .expect("JSON");
        view["assets"].clone()
    }

    fn log(&self) -> PathBuf {
        self.dir.path().join("gema.log")
    }

    fn said(&self) -> String {
        fs::read_to_string(self.log()).unwrap_or_default()
    }
}

impl Drop for Newsroom {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            let _ = process.kill();
            let _ = process.wait();
        }
        if std::thread::panicking() {
            eprintln!("gema said:\n{}", self.said());
        }
    }
}
