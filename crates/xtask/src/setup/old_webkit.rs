//! QtWebKit for the end-to-end tests: WebKit 602, by its bindings for Python.

use std::path::PathBuf;
use std::process::Command;

use crate::exec;

/// A Python that has QtWebKit's bindings. Debian's modules are for Debian's Python, which may not be the first on
/// `PATH`.
pub(crate) fn python() -> Option<PathBuf> {
    let own = Some(PathBuf::from("/usr/bin/python3")).filter(|python| python.is_file());
    let has_it = |python: &PathBuf| {
        exec::read(Command::new(python).args(["-c", "import PyQt5.QtTest, PyQt5.QtWebKitWidgets"]))
            .is_ok()
    };
    own.into_iter().chain(exec::which("python3")).find(has_it)
}
