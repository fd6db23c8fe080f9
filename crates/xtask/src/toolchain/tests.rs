use super::*;

fn active() -> Toolchain {
    Toolchain {
        bin: None,
        version: "rustc 1.95.0 (x)".into(),
        has_target: true,
        has_source: false,
        linker: Linker::Own,
    }
}

fn debian() -> Toolchain {
    Toolchain {
        bin: Some("/usr/bin".into()),
        version: "rustc 1.96.0 (x) (built from a source tarball)".into(),
        has_target: false,
        has_source: true,
        linker: Linker::At("/opt/rust-lld".into()),
    }
}

fn names(toolchain: &Toolchain, build: Build) -> Vec<&'static str> {
    toolchain
        .env(build)
        .into_iter()
        .map(|(name, _)| name)
        .collect()
}

#[test]
fn a_toolchain_with_the_target_needs_nothing() {
    assert!(active().is_usable());
    assert_eq!(names(&active(), Build::Checked), [""; 0]);
    assert_eq!(
        names(&active(), Build::Small),
        [""; 0],
        "without the source: plain stable"
    );
}

#[test]
fn only_the_release_build_compiles_its_own_std() {
    let both = Toolchain {
        has_source: true,
        ..active()
    };
    assert!(names(&both, Build::Small).contains(&"CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS"));
    assert_eq!(names(&both, Build::Checked), [""; 0]);
}

#[test]
fn debians_set_is_named_in_full() {
    let env = debian().env(Build::Checked);
    assert!(env.contains(&("RUSTC", "/usr/bin/rustc".into())));
    assert!(env.contains(&("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort,test".into())));
    assert!(env.contains(&(
        "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER",
        "/opt/rust-lld".into()
    )));
}

#[test]
fn an_old_compiler_or_one_that_cannot_link_is_passed_over() {
    assert!(debian().is_usable());
    assert!(
        !Toolchain {
            version: "rustc 1.63.0".into(),
            ..debian()
        }
        .is_usable()
    );
    assert!(
        !Toolchain {
            linker: Linker::Missing,
            ..debian()
        }
        .is_usable()
    );
    assert!(
        !Toolchain {
            has_target: false,
            ..active()
        }
        .is_usable()
    );
}

#[test]
fn versions_are_compared_as_numbers() {
    assert_eq!(version("rustc 1.100.2 (abc 2027-01-01)"), Some((1, 100)));
    assert!(version("rustc 1.100.2") > Some((1, 95)));
    assert_eq!(version("no such thing"), None);
}
