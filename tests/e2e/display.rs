//! A display that nobody sees, for the browser that knows no other way: one for each who reads. Where windows of others come and go,
//! the pointer enters and leaves, which ends a press.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use crate::engine::named_or;

/// A running X server without a screen.
pub(crate) struct Display {
    process: Child,
    /// What it is called, as `DISPLAY` wants it.
    pub(crate) name: String,
}

impl Display {
    /// A new one.
    pub(crate) fn start() -> Self {
        let mut process = Command::new(named_or("XVFB", "Xvfb"))
            // It chooses a number that is free, and says which.
            .args(["-displayfd", "1", "-screen", "0", "1400x1000x24", "-nolisten", "tcp"])
            // It would begin anew between two windows, while the next one is already there.
            .arg("-noreset")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb starts");
        let mut number = String::new();
        BufReader::new(process.stdout.take().expect("piped")).read_line(&mut number).expect("Xvfb says its number");
        Self { process, name: format!(":{}", number.trim()) }
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
