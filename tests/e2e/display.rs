//! A virtual display for a browser that cannot run headless: one for each reader. On a shared display, windows of
//! others that open and close make the pointer enter and leave, which ends a press.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use crate::engine::named_or;

/// A running X server without a screen.
pub(crate) struct Display {
    process: Child,
    /// Its name, for `DISPLAY`.
    pub(crate) name: String,
}

impl Display {
    /// Starts a display.
    pub(crate) fn start() -> Self {
        let mut process = Command::new(named_or("XVFB", "Xvfb"))
            // The server chooses a free number and prints it.
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1400x1000x24",
                "-nolisten",
                "tcp",
            ])
            // Without this, the server would reset between two windows, while the next one is already open.
            .arg("-noreset")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb starts");
        let mut number = String::new();
        BufReader::new(process.stdout.take().expect("piped"))
            .read_line(&mut number)
            .expect("Xvfb says its number");
        Self {
            process,
            name: format!(":{}", number.trim()),
        }
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
