use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::{
    process::terminate,
    site::{FIREFOX, PAGE},
};

/// A directory with a configuration, for one service after another.
pub(super) struct Home(TempDir);

impl Home {
    pub(super) fn with(config: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("gema.toml"), config).unwrap();
        Self(dir)
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Starts `gema serve` as an operator does, with the most verbose log, as JSON.
    pub(super) async fn serve(&self) -> Service<'_> {
        let mut child = Command::new(env!("CARGO_BIN_EXE_gema"))
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--metrics",
                "127.0.0.1:0",
                "--log-format",
                "json",
            ])
            .current_dir(self.path())
            .env("GEMA_LOG", "trace")
            .stdout(Stdio::piped())
            .stderr(
                File::options()
                    .create(true)
                    .append(true)
                    .open(self.log())
                    .unwrap(),
            )
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = tokio::time::timeout(Duration::from_secs(30), lines.next_line())
            .await
            .unwrap()
            .unwrap();
        let line = line
            .unwrap_or_else(|| panic!("it has ended: {}", fs::read_to_string(self.log()).unwrap()));
        let url = line.strip_prefix("listening on ").unwrap().to_owned();
        Service {
            home: self,
            child,
            url,
            client: Client::builder().user_agent(FIREFOX).build().unwrap(),
        }
    }

    /// Runs another command there, which must succeed. Returns its output.
    pub(super) async fn gema(&self, words: &[&str]) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_gema"))
            .args(words)
            .current_dir(self.path())
            .output()
            .await;
        let output = output.unwrap();
        assert!(
            output.status.success(),
            "{words:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    pub(super) fn log(&self) -> PathBuf {
        self.path().join("log")
    }

    /// The log so far: one object per line.
    pub(super) fn logged(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.log()).unwrap();
        text.lines()
            .map(|line| {
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
            })
            .collect()
    }
}

/// A running `gema serve`.
pub(super) struct Service<'h> {
    home: &'h Home,
    child: Child,
    pub(super) url: String,
    pub(super) client: Client,
}

impl Service<'_> {
    pub(super) async fn get(&self, path: &str) -> StatusCode {
        self.client
            .get(format!("{}{path}", self.url))
            .send()
            .await
            .unwrap()
            .status()
    }

    /// Sends events from a page of the site.
    pub(super) async fn post(&self, site: &str, body: &Value) -> Response {
        self.page_posts(site, PAGE, body).send().await.unwrap()
    }

    pub(super) fn page_posts(&self, site: &str, origin: &str, body: &Value) -> RequestBuilder {
        let request = self
            .client
            .post(format!("{}/v1/sites/{site}/events", self.url));
        request
            .header("content-type", "text/plain")
            .header("origin", origin)
            .body(body.to_string())
    }

    pub(super) async fn metrics(&self) -> String {
        let logged = self.home.logged();
        let said = logged
            .iter()
            .rev()
            .find_map(|line| line["message"].as_str()?.strip_prefix("metrics on "));
        self.client
            .get(said.unwrap())
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap()
    }

    pub(super) async fn dies(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Sends SIGTERM, and waits until it has exited.
    pub(super) async fn stops(mut self) {
        let status = terminate(&mut self.child).await;
        assert!(status.success(), "{status}");
    }
}
