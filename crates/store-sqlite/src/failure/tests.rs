use super::*;

#[test]
fn sqlite_errors_contain_no_terminal_controls() {
    let error = || {
        let corrupt = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
        rusqlite::Error::SqliteFailure(
            corrupt,
            Some("malformed database schema (\u{1b}]0;a\u{7})".into()),
        )
    };
    let errors = [
        Failure::from(error()).to_string(),
        OpenError::from(OpenFailure::from(error())).to_string(),
    ];
    assert!(
        errors
            .iter()
            .all(|error| error.contains("\\u{1b}]0;a\\u{7}")),
        "{errors:?}"
    );
}

#[test]
fn each_failure_has_its_remedy() {
    let sqlite = |code| {
        Failure::Sqlite(rusqlite::Error::SqliteFailure(
            rusqlite::ffi::Error::new(code),
            None,
        ))
    };
    let salts = |kind: io::ErrorKind| Failure::Salts(kind.into());
    for (failure, cause, word) in [
        (sqlite(rusqlite::ffi::SQLITE_FULL), Cause::Full, "Make room"),
        (salts(io::ErrorKind::StorageFull), Cause::Full, "Make room"),
        (
            sqlite(rusqlite::ffi::SQLITE_READONLY),
            Cause::Denied,
            "Let the user",
        ),
        (
            salts(io::ErrorKind::ReadOnlyFilesystem),
            Cause::Denied,
            "Let the user",
        ),
        (
            sqlite(rusqlite::ffi::SQLITE_CORRUPT),
            Cause::Damaged,
            "gema restore",
        ),
        (
            sqlite(rusqlite::ffi::SQLITE_IOERR),
            Cause::Other,
            "disk of the database",
        ),
        (salts(io::ErrorKind::IsADirectory), Cause::Denied, "salts"),
        (
            Failure::Replaced("gema.db".into()),
            Cause::Replaced,
            "Put that file back",
        ),
        (
            Failure::Files(io::ErrorKind::PermissionDenied.into()),
            Cause::Denied,
            "Let the user",
        ),
        (Failure::Panic, Cause::Other, "report"),
    ] {
        assert_eq!(failure.cause(), cause, "{failure}");
        assert!(
            failure.remedy().contains(word),
            "{failure}: {}",
            failure.remedy()
        );
    }
}
