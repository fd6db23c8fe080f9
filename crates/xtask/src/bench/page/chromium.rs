//! A Chromium that is steered by the DevTools protocol, on two pipes: JSON, each message ended by a zero byte.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::bench::process;
use crate::{chromium, exec};

/// The shell puts the pipes where Chromium expects them: what it reads is 3, what it writes is 4.
const PIPES: &str = "exec \"$@\" 3<&0 4>&1 0</dev/null 1>/dev/null 2>/dev/null";

/// It is at rest if its processes take less than a hundredth of a second in so long, three times in a row.
const GLANCE: Duration = Duration::from_millis(200);

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running browser; it ends when this is dropped.
pub(crate) struct Chromium {
    process: Child,
    write: ChildStdin,
    said: Receiver<Value>,
    next: u64,
    events: Vec<Value>,
}

impl Chromium {
    /// Starts it with a profile in that directory.
    pub(crate) fn start(program: &Path, profile: &Path) -> Result<Self> {
        let mut shell = exec::program("sh");
        shell.args(["-c", PIPES, "sh"]).arg(program).args(chromium::flags()?);
        shell.arg("--remote-debugging-pipe").arg(format!("--user-data-dir={}", profile.display()));
        let mut process = shell
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .process_group(0)
            .spawn()
            .context("Chromium does not start")?;
        let write = process.stdin.take().context("no pipe to Chromium")?;
        let mut read = BufReader::new(process.stdout.take().context("no pipe from Chromium")?);
        let (say, said) = mpsc::channel();
        thread::spawn(move || {
            let mut message = Vec::new();
            while read.read_until(0, &mut message).is_ok_and(|length| length > 0) {
                message.pop();
                let told = serde_json::from_slice(&message).map(|message| say.send(message));
                message.clear();
                if !matches!(told, Ok(Ok(()))) {
                    break;
                }
            }
        });
        Ok(Self { process, write, said, next: 0, events: vec![] })
    }

    /// Asks the browser: its answer.
    pub(crate) fn ask(&mut self, method: &str, parameters: Value) -> Result<Value> {
        self.asks(None, method, parameters)
    }

    /// Opens a tab in a context of its own: nothing is cached in it, and nothing kept.
    pub(crate) fn tab(&mut self) -> Result<Tab<'_>> {
        let text = |answer: Value, name: &str| {
            let text = answer[name].as_str().map(str::to_owned);
            text.with_context(|| format!("Chromium gives no {name}: {answer}"))
        };
        let context = text(self.ask("Target.createBrowserContext", json!({}))?, "browserContextId")?;
        let about = json!({ "url": "about:blank", "browserContextId": context });
        let target = text(self.ask("Target.createTarget", about)?, "targetId")?;
        let attach = json!({ "targetId": target, "flatten": true });
        let session = text(self.ask("Target.attachToTarget", attach)?, "sessionId")?;
        self.rest()?;
        self.events.clear();
        Ok(Tab { chromium: self, context, session })
    }

    /// Waits until it is at rest: a tab brings a window with it.
    fn rest(&self) -> Result<()> {
        let since = Instant::now();
        let mut before = process::cpu_of_group(self.process.id())?;
        let mut calm = 0;
        while calm < 3 {
            if since.elapsed() > PATIENCE {
                bail!(
                    "Chromium does not come to rest, with nothing but an empty page: something disturbs this machine"
                );
            }
            thread::sleep(GLANCE);
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
        write!(self.write, "{message}\0").with_context(|| format!("{method}: Chromium has ended"))?;
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
        let left = PATIENCE.saturating_sub(since.elapsed());
        self.said.recv_timeout(left).context("Chromium says nothing any more")
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // It may have ended by itself: then there is nobody to tell.
        let _ = self.ask("Browser.close", json!({}));
        let _ = self.process.wait();
    }
}

/// One tab, and all that happens in it. Its context goes with it.
pub(crate) struct Tab<'a> {
    chromium: &'a mut Chromium,
    context: String,
    session: String,
}

impl Tab<'_> {
    /// Asks the tab: its answer.
    pub(crate) fn ask(&mut self, method: &str, parameters: Value) -> Result<Value> {
        self.chromium.asks(Some(&self.session), method, parameters)
    }

    /// What an expression is in the page.
    pub(crate) fn evaluate(&mut self, expression: &str) -> Result<Value> {
        let answer = self.ask("Runtime.evaluate", json!({ "expression": expression, "returnByValue": true }))?;
        if answer["exceptionDetails"].is_object() {
            bail!("{expression}: {}", answer["exceptionDetails"]);
        }
        Ok(answer["result"]["value"].clone())
    }

    /// Waits for an event of that name.
    pub(crate) fn wait_for(&mut self, event: &str) -> Result<()> {
        let since = Instant::now();
        while !self.chromium.events.iter().any(|told| told["method"] == event) {
            let message = self.chromium.message(since).with_context(|| format!("{event} does not come"))?;
            self.chromium.events.push(message);
        }
        Ok(())
    }

    /// From now on Chromium traces what it does, all of its processes.
    pub(crate) fn starts_tracing(&mut self, categories: &[&str]) -> Result<()> {
        let config = json!({ "includedCategories": categories });
        self.chromium.ask("Tracing.start", json!({ "transferMode": "ReportEvents", "traceConfig": config })).map(drop)
    }

    /// And no more: what it has traced is in events of the name `Tracing.dataCollected`.
    pub(crate) fn stops_tracing(&mut self) -> Result<()> {
        self.chromium.ask("Tracing.end", json!({}))?;
        self.wait_for("Tracing.tracingComplete")
    }

    /// The parameters of all events of that name so far.
    pub(crate) fn events<'a>(&'a self, event: &'a str) -> impl Iterator<Item = &'a Value> {
        self.chromium.events.iter().filter(move |told| told["method"] == event).map(|told| &told["params"])
    }
}

impl Drop for Tab<'_> {
    fn drop(&mut self) {
        // A browser that has ended has no contexts any more.
        let _ = self.chromium.ask("Target.disposeBrowserContext", json!({ "browserContextId": self.context }));
    }
}
