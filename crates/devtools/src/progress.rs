//! xtask's output: one line per step, starting with the time since the start; the step's duration follows when it is
//! done.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// Starts the clock. Called once by `main`; a later call changes nothing.
pub fn start() -> Instant {
    static CLOCK_START: OnceLock<Instant> = OnceLock::new();
    *CLOCK_START.get_or_init(Instant::now)
}

/// Prints a line with the elapsed time in front.
pub fn line(text: impl AsRef<str>) {
    println!("[{}] {}", clock(start().elapsed()), text.as_ref());
}

/// Prints a heading, with a blank line before it.
pub fn heading(text: impl AsRef<str>) {
    println!();
    line(format!("== {}", text.as_ref()));
}

/// A running step; [`TimedStep::done`] prints its duration.
pub struct TimedStep {
    name: String,
    since: Instant,
}

impl TimedStep {
    /// Prints that the step begins.
    pub fn begin(name: impl Into<String>) -> Self {
        let name = name.into();
        line(format!("{name} …"));
        Self {
            name,
            since: Instant::now(),
        }
    }

    /// Prints that the step is done, and returns its duration.
    pub fn done(self) -> Duration {
        let took = self.since.elapsed();
        line(format!("{}: done in {}", self.name, seconds(took)));
        took
    }
}

/// `m:ss`.
pub fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// `4.2 s`, or `3 min 12 s` from a minute on.
pub fn seconds(time: Duration) -> String {
    match time.as_secs() {
        0..60 => format!("{:.1} s", time.as_secs_f64()),
        whole => format!("{} min {} s", whole / 60, whole % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_well() {
        assert_eq!(clock(Duration::from_secs(65)), "1:05");
        assert_eq!(seconds(Duration::from_millis(4240)), "4.2 s");
        assert_eq!(seconds(Duration::from_secs(192)), "3 min 12 s");
    }
}
