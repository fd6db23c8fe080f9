//! The unix socket of `listen`, for a proxy on this machine. Unlike the local socket, it serves only the public
//! routes.

use std::{
    fs, io,
    os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

use tokio::net::{UnixListener, UnixStream};

use super::{NOT_A_SOCKET, SocketFile, bind_in, connect_blocking};

/// Owner and group may connect. A proxy that runs as another user needs the group of the directory.
const SOCKET_FILE_MODE: u32 = 0o660;

/// A bound unix socket for a proxy.
#[derive(Debug)]
pub struct ProxySocket {
    // Dropped before the listener: the file must not be removed after the listener is closed, since a new process may
    // have replaced it by then.
    file: SocketFile,
    listener: UnixListener,
}

impl ProxySocket {
    /// Binds a new file. An existing socket is removed if nothing is listening on it.
    ///
    /// # Errors
    /// If a process is listening there, if the file is not a socket, or if the directory is not writable.
    pub(crate) fn bind(path: &Path) -> io::Result<Self> {
        remove_stale(path)?;
        let parent = path.parent().unwrap_or(Path::new("/"));
        // Bind in a private directory, so that the file has its mode before others can connect.
        let staging = tempfile::Builder::new()
            .prefix(".gema-")
            .permissions(fs::Permissions::from_mode(0o700))
            .tempdir_in(parent)?;
        let (listener, file) = bind_in(staging.path(), SOCKET_FILE_MODE)?;
        // Unlike a rename, a hard link replaces nothing: of two processes that start at once, one fails.
        fs::hard_link(file, path).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => in_use(path),
            _ => error,
        })?;
        Ok(Self {
            file: SocketFile(path.into()),
            listener,
        })
    }

    pub(crate) fn path(&self) -> &PathBuf {
        &self.file.0
    }

    pub(crate) async fn accept(&self) -> io::Result<UnixStream> {
        Ok(self.listener.accept().await?.0)
    }
}

/// Removes the stale socket of a killed process.
fn remove_stale(path: &Path) -> io::Result<()> {
    let found = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        found => found?,
    };
    if !found.file_type().is_socket() {
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, NOT_A_SOCKET));
    }
    match connect_blocking(path) {
        Ok(()) => Err(in_use(path)),
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            // Do not remove a socket that another process has created meanwhile.
            let is_same = fs::symlink_metadata(path)
                .is_ok_and(|now| (now.dev(), now.ino()) == (found.dev(), found.ino()));
            if is_same {
                fs::remove_file(path)
            } else {
                Err(in_use(path))
            }
        }
        Err(error) => Err(error),
    }
}

fn in_use(path: &Path) -> io::Error {
    let what = format!(
        "another process listens on {}: stop that one, or name another path",
        path.display()
    );
    io::Error::new(io::ErrorKind::AddrInUse, what)
}

#[cfg(test)]
mod tests;
