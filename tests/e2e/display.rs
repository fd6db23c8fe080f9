//! A display that nobody sees, for the browser that knows no other way: one for all who read at the same time.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError, Weak},
};

use crate::engine::named;

/// A running X server without a screen.
pub(crate) struct Display {
    process: Child,
    /// What it is called, as `DISPLAY` wants it.
    pub(crate) name: String,
}

static SHARED: Mutex<Weak<Display>> = Mutex::new(Weak::new());

impl Display {
    /// The one that runs, or a new one.
    pub(crate) fn shared() -> Arc<Self> {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let display = Arc::new(Self::start());
            *shared = Arc::downgrade(&display);
            display
        })
    }

    fn start() -> Self {
        let mut process = Command::new(named("XVFB"))
            // It chooses a number that is free, and says which.
            .args(["-displayfd", "1", "-screen", "0", "1400x1000x24", "-nolisten", "tcp"])
            // It would begin anew between two browsers, while the next one is already there.
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
