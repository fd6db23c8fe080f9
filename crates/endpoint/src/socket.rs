//! The socket beside the database, by which whoever may open that file talks to the process that has it open: the same
//! HTTP as outside, but no key is asked for, and what an operator asks is answered too.

use std::{
    fs::{self, DirBuilder, Permissions},
    future::Future,
    io,
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::{Path, PathBuf},
};

use tokio::net::UnixListener;

use crate::app::{App, local_router};

/// Where the socket of a database is: `gema.db.sock` for `gema.db`.
pub fn path(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".sock");
    name.into()
}

/// A socket that is listened on. Its file goes when this does.
#[derive(Debug)]
pub struct Socket {
    listener: UnixListener,
    file: SocketFile,
}

impl Socket {
    /// Listens beside a database that the caller has open. Since nobody else can have it open, a socket that is there
    /// is one that a killed process left, and is replaced.
    ///
    /// # Errors
    /// If the directory cannot be written to, or the path is longer than the system allows for sockets (about 100 bytes).
    pub fn bind(database: &Path) -> io::Result<Self> {
        let path = path(database);
        // Made in a directory that nobody else can enter, so that it is never open to others, not even for a moment.
        let nursery = PathBuf::from(format!("{}.new", path.display()));
        let _ = fs::remove_dir_all(&nursery);
        DirBuilder::new().mode(0o700).create(&nursery)?;
        let born = Self::born(&nursery.join("s"), path);
        let _ = fs::remove_dir_all(&nursery);
        born
    }

    fn born(cradle: &Path, path: PathBuf) -> io::Result<Self> {
        let listener = UnixListener::bind(cradle)?;
        fs::set_permissions(cradle, Permissions::from_mode(0o600))?;
        fs::rename(cradle, &path)?;
        Ok(Self { listener, file: SocketFile(path) })
    }

    /// Answers until `shutdown`, then lets requests finish and takes the file away.
    ///
    /// # Errors
    /// If the socket cannot be used.
    pub async fn serve(self, app: App, shutdown: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
        let Self { listener, file } = self;
        let service = local_router(app.clone());
        let served = axum::serve(listener, service).with_graceful_shutdown(shutdown).await;
        // In this order: as long as the database is open, nobody else can have put a socket there.
        drop(file);
        drop(app);
        served
    }
}

/// Removes the file when it is dropped.
#[derive(Debug)]
struct SocketFile(PathBuf);

impl Drop for SocketFile {
    fn drop(&mut self) {
        // If it stays, the next one replaces it.
        let _ = fs::remove_file(&self.0);
    }
}
