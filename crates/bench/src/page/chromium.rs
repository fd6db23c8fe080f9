//! Controls Chromium by the DevTools protocol over two pipes: JSON messages, each ended by a zero byte.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::process;
use devtools::{chromium, exec};

/// The shell puts the pipes where Chromium expects them: it reads file descriptor 3 and writes 4.
const PIPES: &str = "exec \"$@\" 3<&0 4>&1 0</dev/null 1>/dev/null 2>/dev/null";

/// The interval between two looks at the processes: Chromium is at rest if they use at most 10 ms of processor time in
/// it, three times in a row.
const IDLE_CHECK_INTERVAL: Duration = Duration::from_millis(200);

/// The timeout of everything.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(60);

/// A running browser; dropping it closes the browser.
pub(crate) struct Chromium {
    process: Child,
    write: ChildStdin,
    messages: Receiver<Value>,
    next: u64,
    events: Vec<Value>,
}

impl Chromium {
    /// Starts the browser with its profile in this directory.
    pub(crate) fn start(program: &Path, profile: &Path) -> Result<Self> {
        let mut shell = exec::program("sh");
        shell
            .args(["-c", PIPES, "sh"])
            .arg(program)
            .args(chromium::flags()?);
        shell
            .arg("--remote-debugging-pipe")
            .arg(format!("--user-data-dir={}", profile.display()));
        let mut process = shell
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .process_group(0)
            .spawn()
            .context("Chromium does not start")?;
        let write = process.stdin.take().context("no pipe to Chromium")?;
        let mut read = BufReader::new(process.stdout.take().context("no pipe from Chromium")?);
        let (sender, messages) = mpsc::channel();
        thread::spawn(move || {
            let mut message = Vec::new();
            while read
                .read_until(0, &mut message)
                .is_ok_and(|length| length > 0)
            {
                message.pop();
                let sent = serde_json::from_slice(&message).map(|message| sender.send(message));
                message.clear();
                if !matches!(sent, Ok(Ok(()))) {
                    break;
                }
            }
        });
        Ok(Self {
            process,
            write,
            messages,
            next: 0,
            events: vec![],
        })
    }

    /// Sends a command to the browser and gives its result.
    pub(crate) fn ask(&mut self, method: &str, parameters: Value) -> Result<Value> {
        self.asks(None, method, parameters)
    }

    /// Opens a tab in a browser context of its own: with an empty cache, and discarded afterwards.
    pub(crate) fn tab(&mut self) -> Result<Tab<'_>> {
        let text = |answer: Value, name: &str| {
            let text = answer[name].as_str().map(str::to_owned);
            text.with_context(|| format!("Chromium gives no {name}: {answer}"))
        };
        let context = text(
            self.ask("Target.createBrowserContext", json!({}))?,
            "browserContextId",
        )?;
        let about = json!({ "url": "about:blank", "browserContextId": context });
        let target = text(self.ask("Target.createTarget", about)?, "targetId")?;
        let attach = json!({ "targetId": target, "flatten": true });
        let session = text(self.ask("Target.attachToTarget", attach)?, "sessionId")?;
        self.rest()?;
        self.events.clear();
        Ok(Tab {
            chromium: self,
            context,
            session,
        })
    }

    /// Waits until the browser is at rest: opening a tab opens a window, too.
    fn rest(&self) -> Result<()> {
        let since = Instant::now();
        let mut before = process::cpu_of_group(self.process.id())?;
        let mut calm = 0;
        while calm < 3 {
            if since.elapsed() > COMMAND_TIMEOUT {
                bail!(
                    "Chromium does not come to rest, with nothing but an empty page: something disturbs this machine"
                );
            }
            thread::sleep(IDLE_CHECK_INTERVAL);
            let now = process::cpu_of_group(self.process.id())?;
            calm = if now - before <= 0.01 { calm + 1 } else { 0 };
            before = now;
        }
        Ok(())
    }

    fn asks(&mut self, session: Option<&str>, method: &str, parameters: Value) -> Result<Value> {
        self.next += 1;
        let mut message = json!({ "id": self.next, "method": method, "params": parameters });
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        write!(self.write, "{message}\0")
            .with_context(|| format!("{method}: Chromium has ended"))?;
        let since = Instant::now();
        loop {
            let answer = self.message(since)?;
            if answer["id"] != self.next {
                self.events.push(answer);
            } else if answer["error"].is_object() {
                bail!("{method}: {}", answer["error"]);
            } else {
                return Ok(answer["result"].clone());
            }
        }
    }

    fn message(&self, since: Instant) -> Result<Value> {
        let left = COMMAND_TIMEOUT.saturating_sub(since.elapsed());
        self.messages
            .recv_timeout(left)
            .context("Chromium says nothing any more")
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // It may have exited already.
        let _ = self.ask("Browser.close", json!({}));
        let _ = self.process.wait();
    }
}

/// One tab, with the events of the browser. Dropping it disposes its browser context.
pub(crate) struct Tab<'a> {
    chromium: &'a mut Chromium,
    context: String,
    session: String,
}

impl Tab<'_> {
    /// Sends a command to the tab and gives its result.
    pub(crate) fn ask(&mut self, method: &str, parameters: Value) -> Result<Value> {
        self.chromium.asks(Some(&self.session), method, parameters)
    }

    /// The value of an expression in the page.
    pub(crate) fn evaluate(&mut self, expression: &str) -> Result<Value> {
        let answer = self.ask(
            "Runtime.evaluate",
            json!({ "expression": expression, "returnByValue": true }),
        )?;
        if answer["exceptionDetails"].is_object() {
            bail!("{expression}: {}", answer["exceptionDetails"]);
        }
        Ok(answer["result"]["value"].clone())
    }

    /// Waits for an event of this name.
    pub(crate) fn wait_for(&mut self, event: &str) -> Result<()> {
        let since = Instant::now();
        while !self
            .chromium
            .events
            .iter()
            .any(|message| message["method"] == event)
        {
            let message = self
                .chromium
                .message(since)
                .with_context(|| format!("{event} does not come"))?;
            self.chromium.events.push(message);
        }
        Ok(())
    }

    /// Starts tracing, in all of Chromium's processes.
    pub(crate) fn starts_tracing(&mut self, categories: &[&str]) -> Result<()> {
        let config = json!({ "includedCategories": categories });
        self.chromium
            .ask(
                "Tracing.start",
                json!({ "transferMode": "ReportEvents", "traceConfig": config }),
            )
            .map(drop)
    }

    /// Stops tracing. The trace is in the events named `Tracing.dataCollected`.
    pub(crate) fn stops_tracing(&mut self) -> Result<()> {
        self.chromium.ask("Tracing.end", json!({}))?;
        self.wait_for("Tracing.tracingComplete")
    }

    /// The parameters of all events of this name so far.
    pub(crate) fn events<'a>(&'a self, event: &'a str) -> impl Iterator<Item = &'a Value> {
        self.chromium
            .events
            .iter()
            .filter(move |message| message["method"] == event)
            .map(|message| &message["params"])
    }
}

impl Drop for Tab<'_> {
    fn drop(&mut self) {
        // A browser that has exited has no contexts.
        let _ = self.chromium.ask(
            "Target.disposeBrowserContext",
            json!({ "browserContextId": self.context }),
        );
    }
}
