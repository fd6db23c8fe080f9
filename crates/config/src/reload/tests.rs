use super::*;
use crate::Bots;

/// A file in a temporary directory.
fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("gema.toml");
    std::fs::write(&path, text).unwrap();
    (dir, path)
}

const SITE: &str = "[sites.a]\norigins = [\"https://a.example\"]\n";

#[test]
fn flags_still_override_the_file_after_a_reload() {
    let (_dir, path) = file(SITE);
    let overrides = Overrides {
        bots: Some(Bots::Count),
        ..Overrides::default()
    };
    let live = ConfigHandle::load(Some(path.clone()), overrides).unwrap();
    std::fs::write(
        path,
        format!("bots = \"ignore\"\n{SITE}[sites.b]\norigins = []"),
    )
    .unwrap();
    assert_eq!(live.reload().unwrap().sites.len(), 2);
    assert_eq!(
        (live.current().bots, live.current().sites.len()),
        (Bots::Count, 2)
    );
}

#[test]
fn a_reload_keeps_and_names_restart_only_options() {
    let (_dir, path) = file(SITE);
    let live = ConfigHandle::load(Some(path.clone()), Overrides::default()).unwrap();
    let before = live.current();
    std::fs::write(
        path,
        format!(
            "listen = \"127.0.0.1:1\"\nmetrics = \"127.0.0.1:2\"\ndatabase = \"other.db\"\n{SITE}"
        ),
    )
    .unwrap();
    assert_eq!(
        live.reload().unwrap().needs_restart,
        ["listen", "metrics", "database"]
    );
    assert_eq!(
        (&live.current().listen, &live.current().database),
        (&before.listen, &before.database)
    );
}

#[test]
fn a_file_that_is_wrong_changes_nothing() {
    let (_dir, path) = file(SITE);
    let live = ConfigHandle::load(Some(path.clone()), Overrides::default()).unwrap();
    let before = live.current();
    std::fs::write(&path, "[sites.a]\norigin = []").unwrap();
    assert!(live.reload().unwrap_err().to_string().contains("origin"));
    std::fs::remove_file(path).unwrap();
    assert!(live.reload().is_err());
    assert!(Arc::ptr_eq(&before, &live.current()));
}

#[test]
fn a_request_sees_one_configuration_from_start_to_end() {
    let (_dir, path) = file(SITE);
    let live = ConfigHandle::load(Some(path), Overrides::default()).unwrap();
    let mut early = Extensions::new();
    let mut late = Extensions::new();
    let first = live.of(&mut early);
    live.reload().unwrap();
    assert!(Arc::ptr_eq(&first, &live.of(&mut early)));
    assert!(!Arc::ptr_eq(&first, &live.of(&mut late)));
}
