use std::{
    fs::File,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::site::FIREFOX;

const SAVED_NEWS_PAGE: &str = include_str!("fixtures/saved-news-page.html");

/// The real binary.
pub(crate) const GEMA: &str = env!("CARGO_BIN_EXE_gema");

/// The arguments of a command line without quotes.
pub(crate) fn words(line: &str) -> Vec<&str> {
    line.split(' ').collect()
}

/// A working directory of an operator, with an article to submit.
pub(crate) struct CliHarness(TempDir);

impl CliHarness {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("saved.html"), SAVED_NEWS_PAGE).unwrap();
        std::fs::write(
            dir.path().join("short.md"),
            "Isi *berita* <script>alert(1)</script>",
        )
        .unwrap();
        Self(dir)
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn gema(&self, args: &[&str]) -> Command {
        self.command(GEMA, args)
    }

    /// A command in this directory, without Gema's environment variables.
    pub(crate) fn command(&self, program: &str, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(args)
            .current_dir(self.path())
            .stdin(Stdio::null());
        for name in [
            "GEMA_DATABASE",
            "GEMA_CONFIG",
            "GEMA_LISTEN",
            "GEMA_BOTS",
            "GEMA_LIMITS",
        ] {
            command.env_remove(name);
        }
        command
    }

    /// Runs `gema …`, which must succeed; returns its output.
    pub(crate) fn says(&self, args: &[&str]) -> String {
        let output = self.gema(args).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success(),
            "{args:?}: {}{text}",
            String::from_utf8_lossy(&output.stderr)
        );
        text
    }

    /// Runs `gema …`, which must fail; returns standard output and standard error.
    pub(crate) fn fails(&self, args: &[&str]) -> (String, String) {
        let output = self.gema(args).output().unwrap();
        assert_eq!(
            output.status.code(),
            Some(1),
            "{args:?}: {}",
            String::from_utf8_lossy(&output.stdout)
        );
        let [stdout, stderr] = [output.stdout, output.stderr]
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        (stdout, stderr)
    }

    /// Runs `gema article …`, which must succeed; returns its output.
    pub(crate) fn article(&self, args: &[&str]) -> String {
        self.says(&[&["article"], args].concat())
    }

    /// Puts an article under each of these keys, with seven starting reads.
    pub(crate) fn puts(&self, keys: &[&str]) {
        for key in keys {
            let put = format!("put short.md --title A --imported-reads 7 --article {key}");
            self.article(&words(&put));
        }
    }

    /// Runs `gema article …`, which must fail; returns the error.
    pub(crate) fn refused(&self, args: &[&str]) -> String {
        Self::failed(self.gema(&[&["article"], args].concat()).output().unwrap())
    }

    /// The error of a command that failed without other output.
    pub(crate) fn failed(output: Output) -> String {
        assert!(
            !output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stdout)
        );
        assert!(output.stdout.is_empty());
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    pub(crate) fn serves(&self) -> Serving {
        self.serves_with(&[])
    }

    /// Starts `gema serve` with further arguments.
    pub(crate) fn serves_with(&self, args: &[&str]) -> Serving {
        self.serving(self.gema(&[&["serve", "--listen", "127.0.0.1:0"], args].concat()))
    }

    /// Starts that command, and waits until it listens.
    pub(crate) fn serving(&self, mut command: Command) -> Serving {
        let log = File::create(self.path().join("gema.log")).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line.trim().strip_prefix("listening on ").unwrap();
        // For a unix socket, the address is `unix:` and the path.
        let address = address
            .strip_prefix("http://")
            .unwrap_or(address)
            .to_owned();
        Serving { child, address }
    }
}

/// A running `gema serve`; it is killed when it is dropped.
pub(crate) struct Serving {
    pub(crate) child: Child,
    pub(crate) address: String,
}

impl Serving {
    pub(crate) fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "GET {path} HTTP/1.0\r\nHost: gema\r\n\r\n").unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        reply
    }

    /// Posts a reader's events. Returns the status and the body.
    pub(crate) fn post(&self, body: &Value) -> (u16, Value) {
        let body = body.to_string();
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = format!(
            "POST /v1/sites/demo/events HTTP/1.0\r\nHost: gema\r\nUser-Agent: {FIREFOX}\r\nContent-Type: text/plain"
        );
        write!(
            stream,
            "{head}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        let (head, body) = reply.split_once("\r\n\r\n").unwrap();
        (
            head.split(' ').nth(1).unwrap().parse().unwrap(),
            serde_json::from_str(body).unwrap(),
        )
    }

    pub(crate) fn view(&self, article: &str) -> Value {
        let reply = self.get(&format!("/v1/sites/demo/view?article={article}&body=1"));
        serde_json::from_str(reply.split_once("\r\n\r\n").unwrap().1).unwrap()
    }

    /// Current and maximum resident memory of the process, in KB.
    pub(crate) fn memory(&self) -> (u64, u64) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = |name: &str| {
            let line = status
                .lines()
                .find_map(|line| line.strip_prefix(name))
                .unwrap();
            line.trim_matches(|c: char| !c.is_ascii_digit())
                .parse::<u64>()
                .unwrap()
        };
        (line("VmRSS:"), line("VmHWM:"))
    }

    pub(crate) fn signal(&self, signal: &str) {
        assert!(
            Command::new("kill")
                .args([signal, &self.child.id().to_string()])
                .status()
                .unwrap()
                .success()
        );
    }

    pub(crate) fn stop(mut self) {
        self.signal("-TERM");
        assert!(self.child.wait().unwrap().success());
    }

    pub(crate) fn dies(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
