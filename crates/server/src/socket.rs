//! The socket beside the database, by which whoever may open that file talks to the process that has it open: the same
//! HTTP as outside, but no key is asked for, and what an operator asks is answered too.

/// The socket for a proxy.
mod proxy_socket;

use std::{
    fs::{self, DirBuilder, File, Permissions},
    future::Future,
    io,
    os::unix::{
        fs::{DirBuilderExt, PermissionsExt},
        net::SocketAddr,
    },
    path::{Path, PathBuf},
};

use axum::Router;
use tokio::net::{UnixListener, UnixStream};

pub use proxy_socket::ProxySocket;

/// Where the socket of a database is: `gema.db.sock` for `gema.db`.
pub fn path(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".sock");
    name.into()
}

/// Connects to the socket beside a database, however long its path is.
///
/// # Errors
/// As the system's: nobody listens, or the socket belongs to another user.
pub async fn connect(database: &Path) -> io::Result<UnixStream> {
    let path = path(database);
    if fits(&path) {
        return UnixStream::connect(path).await;
    }
    let by_handle = ByHandle::open(&path)?;
    UnixStream::connect(&by_handle.path).await
}

/// Whether a path fits into the address of a socket: 107 bytes on Linux, 103 elsewhere.
fn fits(path: &Path) -> bool {
    SocketAddr::from_pathname(path).is_ok()
}

/// A short path to a file or directory, valid as long as this is: `/proc/self/fd/N`.
struct ByHandle {
    path: PathBuf,
    _open: File,
}

impl ByHandle {
    #[cfg(target_os = "linux")]
    fn open(file: &Path) -> io::Result<Self> {
        use std::{
            fs::OpenOptions,
            os::{fd::AsRawFd, unix::fs::OpenOptionsExt},
        };
        // A socket cannot be opened otherwise, and a directory need not be readable.
        let open = OpenOptions::new().read(true).custom_flags(libc::O_PATH).open(file)?;
        Ok(Self { path: format!("/proc/self/fd/{}", open.as_raw_fd()).into(), _open: open })
    }

    #[cfg(not(target_os = "linux"))]
    fn open(_file: &Path) -> io::Result<Self> {
        Err(io::ErrorKind::InvalidInput.into())
    }
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
    /// If the directory cannot be written to; [`io::ErrorKind::InvalidInput`] if the path is longer than the system allows for
    /// sockets (about 100 bytes), and there is no way around that: not on Linux.
    pub fn bind(database: &Path) -> io::Result<Self> {
        let path = path(database);
        // Made in a directory that nobody else can enter, so that it is never open to others, not even for a moment.
        let mut nursery = path.clone().into_os_string();
        nursery.push(".new");
        let nursery = PathBuf::from(nursery);
        let _ = fs::remove_dir_all(&nursery);
        DirBuilder::new().mode(0o700).create(&nursery)?;
        let born = Self::born(&nursery, path);
        let _ = fs::remove_dir_all(&nursery);
        born
    }

    fn born(nursery: &Path, path: PathBuf) -> io::Result<Self> {
        let (listener, cradle) = bind_aside(nursery, 0o600)?;
        fs::rename(&cradle, &path)?;
        Ok(Self { listener, file: SocketFile(path) })
    }

    /// Answers by these routes until `shutdown`, then lets requests finish and takes the file away.
    ///
    /// # Errors
    /// If the socket cannot be used.
    pub async fn serve(self, routes: Router, shutdown: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
        let Self { listener, file } = self;
        let served = axum::serve(listener, routes.clone()).with_graceful_shutdown(shutdown).await;
        // In this order: as long as the database is open, which the routes use, nobody else can have put a socket there.
        drop(file);
        drop(routes);
        served
    }
}

/// Listens on a new file of that mode in a directory that nobody else can enter; its final place is the caller's to give.
fn bind_aside(directory: &Path, mode: u32) -> io::Result<(UnixListener, PathBuf)> {
    let file = directory.join("s");
    let listener = if fits(&file) {
        UnixListener::bind(&file)?
    } else {
        let by_handle = ByHandle::open(directory)?;
        UnixListener::bind(by_handle.path.join("s"))?
    };
    fs::set_permissions(&file, Permissions::from_mode(mode))?;
    Ok((listener, file))
}

/// Whether somebody listens on a socket, whoever that is.
fn connect_blocking(path: &Path) -> io::Result<()> {
    let connect = |path: &Path| std::os::unix::net::UnixStream::connect(path).map(drop);
    if fits(path) { connect(path) } else { connect(&ByHandle::open(path)?.path) }
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
