//! The local socket beside the database: HTTP for users who may open the database file, without keys and with operator
//! commands, served by the process that has the database open.

/// The unix socket for a proxy.
mod proxy_socket;

use std::{
    fs::{self, DirBuilder, File, Permissions},
    future::Future,
    io,
    os::unix::{
        fs::{DirBuilderExt, FileTypeExt, PermissionsExt},
        net::SocketAddr,
    },
    path::{Path, PathBuf},
};

use axum::Router;
use tokio::net::{UnixListener, UnixStream};

pub use proxy_socket::ProxySocket;

/// The error for a path that a file other than a socket has.
const NOT_A_SOCKET: &str = "there is a file that is not a socket: remove it, or name another path";

/// Path of a database's socket: `gema.db.sock` for `gema.db`.
pub fn path(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".sock");
    name.into()
}

/// Whether a path is that of the database's socket, under any name of its directory.
pub fn is_local_socket(file: &Path, database: &Path) -> bool {
    let socket = path(database);
    let directory = |file: &Path| match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.canonicalize().ok(),
        _ => Path::new(".").canonicalize().ok(),
    };
    file == socket
        || (file.file_name() == socket.file_name()
            && directory(file).is_some()
            && directory(file) == directory(&socket))
}

/// Connects to the socket beside a database, also if its path is too long for a socket address.
///
/// # Errors
/// The errors of the system: nothing is listening, or the socket belongs to another user.
pub async fn connect(database: &Path) -> io::Result<UnixStream> {
    let path = path(database);
    if fits(&path) {
        return UnixStream::connect(path).await;
    }
    let short_path = ShortPath::open(&path)?;
    UnixStream::connect(&short_path.path).await
}

/// Whether a path fits in a socket address: 107 bytes on Linux, 103 elsewhere.
fn fits(path: &Path) -> bool {
    SocketAddr::from_pathname(path).is_ok()
}

/// A short alias of a path, `/proc/self/fd/N`, valid while this is open.
struct ShortPath {
    path: PathBuf,
    _open: File,
}

impl ShortPath {
    #[cfg(target_os = "linux")]
    fn open(file: &Path) -> io::Result<Self> {
        use std::{
            fs::OpenOptions,
            os::{fd::AsRawFd, unix::fs::OpenOptionsExt},
        };
        // `O_PATH`: sockets cannot be opened otherwise, and it needs no read permission for a directory.
        let open = OpenOptions::new()
            .read(true)
            .custom_flags(libc::O_PATH)
            .open(file)?;
        Ok(Self {
            path: format!("/proc/self/fd/{}", open.as_raw_fd()).into(),
            _open: open,
        })
    }

    #[cfg(not(target_os = "linux"))]
    fn open(_file: &Path) -> io::Result<Self> {
        Err(io::ErrorKind::InvalidInput.into())
    }
}

/// A bound local socket. Dropping it removes its file.
#[derive(Debug)]
pub struct Socket {
    listener: UnixListener,
    file: SocketFile,
}

impl Socket {
    /// Binds the socket of a database that the caller has open. An existing socket is stale, because only one process
    /// can have the database open, and is replaced.
    ///
    /// # Errors
    /// If the directory is not writable; [`io::ErrorKind::InvalidInput`] if the path is too long for a socket address
    /// (about 100 bytes) on a system other than Linux.
    pub fn bind(database: &Path) -> io::Result<Self> {
        let path = path(database);
        // Bind in a 0700 directory, chmod, then rename: no window in which others can connect.
        let mut staging_dir = path.clone().into_os_string();
        staging_dir.push(".new");
        let staging_dir = PathBuf::from(staging_dir);
        let _ = fs::remove_dir_all(&staging_dir);
        DirBuilder::new().mode(0o700).create(&staging_dir)?;
        let bound = Self::bind_private(&staging_dir, path);
        let _ = fs::remove_dir_all(&staging_dir);
        bound
    }

    fn bind_private(staging_dir: &Path, path: PathBuf) -> io::Result<Self> {
        let (listener, staging_path) = bind_in(staging_dir, 0o600)?;
        // A rename would replace a file that is not ours.
        if fs::symlink_metadata(&path).is_ok_and(|there| !there.file_type().is_socket()) {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, NOT_A_SOCKET));
        }
        fs::rename(&staging_path, &path)?;
        Ok(Self {
            listener,
            file: SocketFile(path),
        })
    }

    /// Serves these routes until `shutdown`, then lets requests finish and removes the file.
    ///
    /// # Errors
    /// The errors of the listener.
    pub async fn serve(
        self,
        routes: Router,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        let Self { listener, file } = self;
        let served = axum::serve(listener, routes.clone())
            .with_graceful_shutdown(shutdown)
            .await;
        // In this order: while the routes keep the database open, no other process can have created a new socket.
        drop(file);
        drop(routes);
        served
    }
}

/// Binds a new file with that mode in a private directory; the caller moves it to its final path.
fn bind_in(directory: &Path, mode: u32) -> io::Result<(UnixListener, PathBuf)> {
    let file = directory.join("s");
    let listener = if fits(&file) {
        UnixListener::bind(&file)?
    } else {
        let short_path = ShortPath::open(directory)?;
        UnixListener::bind(short_path.path.join("s"))?
    };
    fs::set_permissions(&file, Permissions::from_mode(mode))?;
    Ok((listener, file))
}

/// Whether a process is listening on the socket.
fn connect_blocking(path: &Path) -> io::Result<()> {
    let connect = |path: &Path| std::os::unix::net::UnixStream::connect(path).map(drop);
    if fits(path) {
        connect(path)
    } else {
        connect(&ShortPath::open(path)?.path)
    }
}

/// Removes the file when dropped.
#[derive(Debug)]
struct SocketFile(PathBuf);

impl Drop for SocketFile {
    fn drop(&mut self) {
        // Best effort: a stale file is replaced at the next start.
        let _ = fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_local_socket_replaces_a_stale_socket_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let database = dir.path().join("gema.db");
        let file = path(&database);
        fs::write(&file, "mine").unwrap();
        let refused = Socket::bind(&database).unwrap_err();
        assert!(refused.to_string().contains("not a socket"), "{refused}");
        assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
        fs::remove_file(&file).unwrap();
        drop(std::os::unix::net::UnixListener::bind(&file).unwrap());
        drop(Socket::bind(&database).unwrap());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
