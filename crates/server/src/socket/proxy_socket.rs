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
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::symlink_metadata(path).unwrap().mode() & 0o7777
    }

    #[tokio::test]
    async fn bind_replaces_a_stale_socket_but_not_one_in_use() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("gema.sock");
        drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
        assert!(path.exists(), "as after a kill");
        let socket = ProxySocket::bind(&path).unwrap();
        assert_eq!(mode(&path), SOCKET_FILE_MODE);
        let refused = ProxySocket::bind(&path).unwrap_err();
        assert!(
            refused.kind() == io::ErrorKind::AddrInUse
                && refused.to_string().contains("name another path")
        );
        let (accepted, connected) = tokio::join!(socket.accept(), UnixStream::connect(&path));
        assert!(
            accepted.is_ok() && connected.is_ok(),
            "the first one still listens"
        );
        drop(socket);
        assert_eq!(
            fs::read_dir(dir.path()).unwrap().count(),
            0,
            "and nothing stays"
        );
    }

    #[tokio::test]
    async fn a_file_that_is_not_a_socket_is_never_removed() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        let link = dir.path().join("link");
        let folder = dir.path().join("folder");
        fs::write(&file, "mine").unwrap();
        let stale = dir.path().join("stale");
        drop(std::os::unix::net::UnixListener::bind(&stale).unwrap());
        std::os::unix::fs::symlink(&stale, &link).unwrap();
        fs::create_dir(&folder).unwrap();
        for path in [&file, &link, &folder] {
            let refused = ProxySocket::bind(path).unwrap_err();
            assert!(refused.to_string().contains("not a socket"), "{refused}");
        }
        assert_eq!(fs::read_to_string(file).unwrap(), "mine");
        assert!(fs::symlink_metadata(link).is_ok() && folder.is_dir());
    }

    #[tokio::test]
    async fn a_missing_directory_is_named() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(
            ProxySocket::bind(&dir.path().join("no/gema.sock"))
                .unwrap_err()
                .kind(),
            io::ErrorKind::NotFound
        );
    }
}
