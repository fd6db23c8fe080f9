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
