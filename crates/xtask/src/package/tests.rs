use super::*;
use linkage::Linkage;
use version::Version;

/// A release with a script as its program.
fn small(linkage: Linkage) -> Release {
    let version = Version::new("0.2.0", Some(PreRelease::parse("rc.1").unwrap())).unwrap();
    let manual = vec![("gema.1".into(), b".TH gema 1\n".to_vec())];
    let completions = vec![b"complete".to_vec(); release::SHELLS.len()];
    let notices = "notices".into();
    Release {
        version,
        linkage,
        program: b"#!/bin/sh\n".to_vec(),
        manual,
        completions,
        notices,
        time: 1_800_000_000,
    }
}

#[test]
fn the_same_release_gives_the_same_bytes() {
    for kind in &KINDS {
        let [first, second] = [(); 2].map(|()| (kind.make)(&small(Linkage::Static)).unwrap());
        assert!(
            first.name == second.name && first.bytes == second.bytes,
            "{}",
            kind.name
        );
        let later = Release {
            time: 1_800_000_001,
            ..small(Linkage::Static)
        };
        let differs = (kind.make)(&later).unwrap().bytes != first.bytes;
        assert_eq!(
            differs,
            kind.name != "wheel",
            "{}: its time comes from the release; wheels have none",
            kind.name
        );
    }
}

#[test]
fn every_packages_name_has_version_and_machine() {
    let names: Vec<_> = KINDS
        .iter()
        .map(|kind| (kind.make)(&small(Linkage::Static)).unwrap().name)
        .collect();
    let expected = [
        "gema-0.2.0-rc.1-x86_64-linux.tar.gz",
        "gema_0.2.0~rc.1-1_amd64.deb",
        "gema-0.2.0rc1-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64.whl",
        "gema-news-gema-0.2.0-rc.1.tgz",
        "gema-news-widget-0.2.0-rc.1.tgz",
        "gema-0.2.0-rc.1-oci.tar",
    ];
    assert_eq!(names, expected);
}

#[test]
fn a_program_that_needs_glibc_gives_no_image() {
    let dir = repo::target().join("tmp/packages-of-glibc");
    let made = make_all(&small(Linkage::Glibc(17)), &dir).unwrap();
    let kinds: Vec<_> = made.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, ["archive", "deb", "wheel", "npm", "npm-widget"]);
    let sums = fs::read_to_string(dir.join("SHA256SUMS")).unwrap();
    assert_eq!(sums.lines().count(), 5);
    assert!(oci::make(&small(Linkage::Glibc(17))).is_err());
}
