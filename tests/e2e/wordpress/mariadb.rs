//! MariaDB as a process of its own, for one WordPress. The tests use it in place of SQLite where
//! `GEMA_WORDPRESS_DATABASE` is `mariadb`, as in the second half of `cargo xtask soak wordpress`.

use std::{
    fs::{self, File},
    os::unix::net::UnixStream,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

use crate::patience::until;

/// A server with an empty database `wordpress`, on a socket only. Dropping it ends its process and deletes its data.
pub(super) struct MariaDb {
    dir: TempDir,
    process: Child,
}

impl MariaDb {
    pub(super) fn is_chosen() -> bool {
        std::env::var_os("GEMA_WORDPRESS_DATABASE").is_some_and(|name| name == "mariadb")
    }

    pub(super) fn new() -> Self {
        let dir = TempDir::with_prefix("gema-mariadb-").expect("a directory");
        let user = Command::new("id").arg("-un").output().expect("a user");
        let user = String::from_utf8(user.stdout).expect("text");
        let shared = [
            "--no-defaults".to_owned(),
            format!("--user={}", user.trim()),
            format!("--datadir={}", dir.path().join("data").display()),
            // The default takes 96 MiB of disk for each server.
            "--innodb-log-file-size=4M".to_owned(),
        ];
        let temporary = dir.path().join("tmp");
        fs::create_dir(&temporary).expect("a directory");
        let installed = Command::new("mariadb-install-db")
            // A starting server deletes the temporary tables of all servers that share the directory.
            .env("TMPDIR", &temporary)
            .args(&shared)
            .args(["--auth-root-authentication-method=normal", "--skip-test-db"])
            .output()
            .expect("mariadb-install-db runs");
        assert!(installed.status.success(), "{installed:?}");
        let log = File::create(dir.path().join("log")).expect("a log file");
        let socket = dir.path().join("socket");
        let process = Command::new("mariadbd")
            .env("TMPDIR", &temporary)
            .args(&shared)
            .args(["--skip-networking", "--skip-log-bin"])
            .arg(format!("--socket={}", socket.display()))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("mariadbd starts");
        until("a database server", true, || {
            UnixStream::connect(&socket).is_ok()
        });
        Self { dir, process }
    }

    pub(super) fn socket(&self) -> PathBuf {
        self.dir.path().join("socket")
    }
}

impl Drop for MariaDb {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
