use super::{Command, Reader};
use crate::patience::until;

impl Reader {
    /// What scripts have brought to the console since it was asked last: our own lines, and whatever was thrown. (Not what the
    /// browser itself says of requests that fail: no page can keep it from that.)
    pub(crate) fn console(&self) -> Vec<String> {
        let log = self.asks(Command::log());
        let lines = log.as_array().into_iter().flatten().filter(|line| line["source"] != "network");
        lines
            .filter_map(|line| line["message"].as_str())
            .filter(|line| !is_the_browsers_own(line))
            .map(str::to_owned)
            .collect()
    }

    /// Waits for exactly these lines in the console, by a part of each.
    pub(crate) fn says_in_console(&self, parts: &[&str]) {
        let mut lines = Vec::new();
        until("lines in the console", parts.len(), || {
            lines.extend(self.console());
            lines.len()
        });
        let fits = lines.iter().zip(parts).all(|(line, part)| line.contains("Gema: ") && line.contains(part));
        assert!(fits, "{parts:?} was expected in the console: {lines:?}");
    }

    /// Nothing has come to the console since it was asked last.
    pub(crate) fn console_is_quiet(&self) {
        assert_eq!(self.console(), [""; 0], "in the console");
    }
}

/// Of policies it tells by itself as well.
fn is_the_browsers_own(line: &str) -> bool {
    line.contains("Content Security Policy") && !line.contains("Gema: ")
}
