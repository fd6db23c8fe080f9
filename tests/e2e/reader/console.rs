use serde_json::json;

use super::{Command, Reader, Session};
use crate::{
    engine::Engine,
    patience::{until, wait},
};

impl Reader {
    /// Takes the new console messages of scripts: our own lines and exceptions, but not the browser's messages about
    /// failed requests, which no page can prevent.
    pub(crate) fn console(&self) -> Vec<String> {
        match Engine::current() {
            Engine::Chromium => self.console_of_chromium(),
            Engine::Firefox => self.console_of_firefox(),
            Engine::WebKit => self.console_of_webkit(),
        }
    }

    /// Waits for exactly these lines in the console, each given by a part of it.
    pub(crate) fn says_in_console(&self, parts: &[&str]) {
        let mut lines = Vec::new();
        until("lines in the console", Ok(()), || {
            lines.extend(self.console());
            if lines.len() == parts.len() {
                Ok(())
            } else {
                Err(lines.clone())
            }
        });
        let fits = lines
            .iter()
            .zip(parts)
            .all(|(line, part)| line.contains("Gema: ") && line.contains(part));
        assert!(fits, "{parts:?} was expected in the console: {lines:?}");
    }

    /// Checks that the console has no new messages.
    pub(crate) fn console_is_quiet(&self) {
        assert_eq!(self.console(), [""; 0], "in the console");
    }

    fn console_of_chromium(&self) -> Vec<String> {
        let log = self.asks(Command::log());
        let lines = log
            .as_array()
            .into_iter()
            .flatten()
            .filter(|line| line["source"] != "network");
        let lines = lines
            .filter_map(|line| line["message"].as_str())
            .filter(|line| !is_the_browsers_own(line));
        lines.map(str::to_owned).collect()
    }

    /// Firefox's driver prints the console, along with messages of the browser's own scripts. A mark shows that
    /// everything has arrived.
    fn console_of_firefox(&self) -> Vec<String> {
        const LAST_MESSAGE: &str = "that is all";
        self.runs("console.log(arguments[0])", &[json!(LAST_MESSAGE)]);
        let mut printed = Vec::new();
        until("the console", true, || {
            printed.extend(self.session().driver.take_printed());
            printed.iter().any(|line| line.contains(LAST_MESSAGE))
        });
        printed.retain(|line| {
            is_of_a_page(line) && !line.contains(LAST_MESSAGE) && !is_the_browsers_own(line)
        });
        printed
    }

    /// WebKit does not report its console, so the pages of the news site record it (`page::RECORDER`).
    fn console_of_webkit(&self) -> Vec<String> {
        let lines = self.runs("return window.recorded?.splice(0) ?? []", &[]);
        serde_json::from_value(lines).expect("lines")
    }
}

/// The whole console, for the report of a failed test.
pub(super) fn everything(session: &Session) -> String {
    match Engine::current() {
        Engine::Chromium => format!("{:#?}", wait(session.client.issue_cmd(Command::log()))),
        Engine::Firefox => format!("{:#?}", session.driver.take_printed()),
        Engine::WebKit => format!(
            "{:#?}",
            wait(session.client.execute("return window.recorded", vec![]))
        ),
    }
}

/// Whether a line that Firefox prints is from a page's script: a message or an exception.
fn is_of_a_page(line: &str) -> bool {
    let written = ["error", "warn", "log", "info"]
        .iter()
        .any(|level| line.starts_with(&format!("console.{level}: \"")));
    written || line.starts_with("JavaScript error: http")
}

/// Whether a line is one of the browser's own messages about policies.
fn is_the_browsers_own(line: &str) -> bool {
    line.contains("Content Security Policy") && !line.contains("Gema: ")
}
