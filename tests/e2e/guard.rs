//! Cleans up when this process ends, for whatever reason: ends the processes that all tests share. No test can do this,
//! since none knows that it is the last.

use std::{
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// A shell that waits for the end of this process, then kills a group of processes and removes a directory.
pub(crate) struct Guard {
    dir: PathBuf,
    _shell: Child,
}

impl Guard {
    /// A guard for the process group with this leader.
    pub(crate) fn of_group(leader: &Child) -> Self {
        let dir = tempfile::Builder::new()
            .prefix("gema-readers-")
            .disable_cleanup(true)
            .tempdir()
            .expect("a directory");
        let dir = dir.path().to_owned();
        let mut shell = Command::new("sh");
        // This process holds the other end of the shell's input.
        shell.args([
            "-c",
            "read nothing; kill -s KILL -- -$0; until rm -rf \"$1\"; do sleep 0.1; done",
        ]);
        shell
            .arg(leader.id().to_string())
            .arg(&dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        // Ctrl-C in a terminal must not end it with this process.
        shell.process_group(0);
        Self {
            _shell: shell.spawn().expect("a shell"),
            dir,
        }
    }

    /// The directory that is removed at the end of this process.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }
}
