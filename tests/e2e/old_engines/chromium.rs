//! A Chromium of any age, or a program that embeds one, with one page.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{browser::Browser, protocol::Protocol, table::Program};

/// Starts QtWebEngine with an empty page, and presses keys; it exits if keys are sent by the protocol.
const QTWEBENGINE: &str = include_str!("qtwebengine.py");

/// A running Chromium.
pub(crate) struct Chromium {
    program: Program,
    process: Child,
    printed: BufReader<ChildStdout>,
    protocol: Protocol,
    _profile: TempDir,
}

impl Chromium {
    /// Starts it with one page of a phone's width, and an empty profile.
    pub(crate) fn start(program: Program, path: &Path) -> Self {
        let profile = TempDir::with_prefix("gema-old-engine-").expect("a directory");
        let mut command = Command::new(path);
        match program {
            Program::QtWebEngine => {
                let free = TcpListener::bind("127.0.0.1:0")
                    .and_then(|free| free.local_addr())
                    .expect("a port");
                command
                    .args(["-c", QTWEBENGINE])
                    .env("QTWEBENGINE_REMOTE_DEBUGGING", free.to_string());
                // The machine has neither a display nor OpenGL.
                command
                    .env("QT_QPA_PLATFORM", "offscreen")
                    .env("QT_QUICK_BACKEND", "software");
                command.env("QTWEBENGINE_CHROMIUM_FLAGS", "--disable-gpu --no-sandbox");
            }
            _ => {
                // Without a sandbox, it also runs as root.
                command.args([
                    "--headless",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--hide-scrollbars",
                ]);
                command.args(["--remote-debugging-port=0", "--window-size=412,900"]);
                command
                    .arg(format!("--user-data-dir={}", profile.path().display()))
                    .arg("about:blank");
            }
        }
        command
            .env("HOME", profile.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut process = command
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let printed = BufReader::new(process.stdout.take().expect("piped"));
        let mut lines = BufReader::new(process.stderr.take().expect("piped"))
            .lines()
            .map_while(Result::ok);
        let address = lines.by_ref().find_map(|line| address(&line));
        // Drain the pipe, so that it does not fill up.
        std::thread::spawn(move || lines.for_each(drop));
        let address =
            address.unwrap_or_else(|| panic!("{} has no developer tools", path.display()));
        let mut protocol = Protocol::with_the_page_at(&address);
        for domain in ["Runtime", "Log", "Network", "Page"] {
            protocol.call(&format!("{domain}.enable"), json!({}));
        }
        Self {
            program,
            process,
            printed,
            protocol,
            _profile: profile,
        }
    }

    fn events(&mut self, method: &'static str) -> impl Iterator<Item = &Value> {
        // Events arrive before the response to a later call.
        self.protocol
            .call("Runtime.evaluate", json!({ "expression": "0" }));
        self.protocol
            .events()
            .iter()
            .filter(move |event| event["method"] == method)
            .map(|event| &event["params"])
    }
}

/// Parses `DevTools listening on ws://127.0.0.1:40001/…`.
fn address(line: &str) -> Option<String> {
    let url = line.strip_prefix("DevTools listening on ws://")?;
    url.split('/').next().map(str::to_owned)
}

impl Browser for Chromium {
    fn opens(&mut self, url: &str) {
        self.protocol.call("Page.navigate", json!({ "url": url }));
    }

    fn runs(&mut self, expression: &str) -> Value {
        let call = json!({ "expression": expression, "returnByValue": true });
        let mut answer = self.protocol.call("Runtime.evaluate", call);
        assert!(
            answer["exceptionDetails"].is_null(),
            "{expression}: {answer}"
        );
        answer["result"]["value"].take()
    }

    fn clicks(&mut self, x: f64, y: f64) {
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({ "type": kind, "x": x, "y": y, "button": "left", "clickCount": 1 });
            self.protocol.call("Input.dispatchMouseEvent", event);
        }
    }

    fn presses_tab(&mut self) {
        if self.program == Program::QtWebEngine {
            writeln!(self.process.stdin.as_mut().expect("piped")).expect("QtWebEngine is there");
            self.printed
                .read_line(&mut String::new())
                .expect("confirmation of the key press");
            return;
        }
        for kind in ["rawKeyDown", "keyUp"] {
            let event =
                json!({ "type": kind, "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9 });
            self.protocol.call("Input.dispatchKeyEvent", event);
        }
    }

    fn console(&mut self) -> Vec<String> {
        let printed = self.events("Runtime.consoleAPICalled").map(|call| {
            let words = call["args"].as_array().into_iter().flatten();
            words
                .map(|word| {
                    word["value"]
                        .as_str()
                        .map_or_else(|| word.to_string(), Into::into)
                })
                .collect()
        });
        let mut lines: Vec<String> = printed.collect();
        lines.extend(
            self.events("Runtime.exceptionThrown")
                .map(|thrown| format!("thrown: {thrown}")),
        );
        lines.extend(self.events("Log.entryAdded").map(|log| {
            let entry = &log["entry"];
            format!("{}: {} {}", entry["source"], entry["text"], entry["url"]).replace('"', "")
        }));
        lines
    }

    fn requested(&mut self) -> Vec<String> {
        let urls = self
            .events("Network.requestWillBeSent")
            .map(|sent| sent["request"]["url"].as_str());
        urls.map(|url| url.expect("a URL").to_owned()).collect()
    }

    fn picture(&mut self) -> Vec<u8> {
        let picture = self
            .protocol
            .call("Page.captureScreenshot", json!({ "format": "png" }));
        STANDARD
            .decode(picture["data"].as_str().expect("a picture"))
            .expect("base64")
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
