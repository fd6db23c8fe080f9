//! QtWebKit with one page, driven by a Python script that answers lines of JSON.

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::browser::Browser;

const QTWEBKIT_PROGRAM: &str = include_str!("qtwebkit.py");

/// A running QtWebKit.
pub(crate) struct QtWebKit {
    process: Child,
    answers: BufReader<ChildStdout>,
}

impl QtWebKit {
    /// Starts it with this Python.
    pub(crate) fn start(python: &Path) -> Self {
        let mut command = Command::new(python);
        command
            .args(["-c", QTWEBKIT_PROGRAM])
            .env("QT_QPA_PLATFORM", "offscreen");
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut process = command
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", python.display()));
        let answers = BufReader::new(process.stdout.take().expect("piped"));
        Self { process, answers }
    }

    fn call(&mut self, what: &str, with: &Value) -> Value {
        let call = json!({ "do": what, "with": with });
        writeln!(self.process.stdin.as_mut().expect("piped"), "{call}").expect("QtWebKit is there");
        let mut answer = String::new();
        self.answers.read_line(&mut answer).expect("an answer");
        let mut answer: Value =
            serde_json::from_str(&answer).unwrap_or_else(|_| panic!("QtWebKit ended at {call}"));
        answer["value"].take()
    }

    fn list(&mut self, what: &str) -> Vec<String> {
        serde_json::from_value(self.call(what, &json!([]))).expect("texts")
    }
}

impl Browser for QtWebKit {
    fn opens(&mut self, url: &str) {
        self.call("opens", &json!([url]));
    }

    fn runs(&mut self, expression: &str) -> Value {
        self.call("runs", &json!([expression]))
    }

    fn clicks(&mut self, x: f64, y: f64) {
        self.call("clicks", &json!([x, y]));
    }

    fn presses_tab(&mut self) {
        self.call("presses_tab", &json!([]));
    }

    fn console(&mut self) -> Vec<String> {
        self.list("console")
    }

    fn requested(&mut self) -> Vec<String> {
        self.list("requested")
    }

    fn picture(&mut self) -> Vec<u8> {
        STANDARD
            .decode(
                self.call("picture", &json!([]))
                    .as_str()
                    .expect("a picture"),
            )
            .expect("base64")
    }
}

impl Drop for QtWebKit {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
