//! `gema doctor`, as a webmaster runs it, on pages of a real server with a real gema behind them.

mod cases;
mod servers;

use std::process::Output;

use serde_json::Value;

use crate::{cli_harness::CliHarness, doctor::servers::Web};

/// The doctor's report on a page, as JSON, after checking that the exit status agrees with it.
fn examined(cli: &CliHarness, args: &[&str]) -> Value {
    let output = run(cli, &[args, &["--json"]].concat());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!(
            "{error}: {args:?} {}",
            String::from_utf8_lossy(&output.stderr)
        )
    });
    let has_faults = findings(&report)
        .iter()
        .any(|finding| finding["level"] != "note");
    assert_eq!(
        output.status.code(),
        Some(i32::from(has_faults)),
        "{args:?}: {report:#}"
    );
    report
}

fn run(cli: &CliHarness, args: &[&str]) -> Output {
    cli.gema(&[&["doctor"], args].concat())
        .env_remove("http_proxy")
        .env_remove("HTTP_PROXY")
        .output()
        .unwrap()
}

fn findings(report: &Value) -> &[Value] {
    report["findings"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
}

/// The names of errors and warnings, each once.
fn faults(report: &Value) -> Vec<&str> {
    let faults = findings(report)
        .iter()
        .filter(|finding| finding["level"] != "note");
    let mut ids: Vec<_> = faults
        .filter_map(|finding| finding["id"].as_str())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn each_broken_page_has_its_finding_and_remedy() {
    let web = Web::open().await;
    let mut wrong = Vec::new();
    for case in cases::FAULTY
        .iter()
        .filter(|case| web.has_files || !case.needs_files())
    {
        let page = web.publishes(case);
        let report = web.asks(async || examined(&web.cli, &[&page])).await;
        // If gema was built before the widget, it cannot serve the widget's files, and the doctor reports that.
        let found: Vec<_> = faults(&report)
            .into_iter()
            .filter(|id| web.has_files || *id != "files-missing")
            .collect();
        let mut expected = case.faults.to_vec();
        expected.sort_unstable();
        let of_first = findings(&report)
            .iter()
            .find(|finding| finding["id"] == case.faults[0]);
        let write = of_first
            .and_then(|finding| finding["write"].as_str())
            .unwrap_or_default();
        if found != expected || !write.contains(&web.filled(case.write, &page)) {
            wrong.push(format!(
                "{}: expected {expected:?} with `{}`\n{report:#}",
                case.about, case.write
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} cases: {}",
        wrong.len(),
        cases::FAULTY.len(),
        wrong.join("\n\n")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_page_has_no_fault() {
    let web = Web::open().await;
    for case in cases::SOUND {
        let page = web.publishes(case);
        let report = web.asks(async || examined(&web.cli, &[&page])).await;
        let found: Vec<_> = faults(&report)
            .into_iter()
            .filter(|id| web.has_files || *id != "files-missing")
            .collect();
        assert_eq!(found, [""; 0], "{}: {report:#}", case.about);
        assert_eq!(report["site"], case.site, "{}", case.about);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_reads_the_line_and_the_remedy() {
    let web = Web::open().await;
    let case = cases::FAULTY
        .iter()
        .find(|case| case.faults == ["site-unknown"])
        .unwrap();
    let page = web.publishes(case);
    let output = web.asks(async || run(&web.cli, &[&page])).await;
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    for part in [
        "ERROR site-unknown",
        "line 6: <script",
        "[sites.berita]",
        "Errors: 1.",
        "Not checked: what scripts",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_page_of_https_is_judged_by_its_address() {
    let web = Web::open().await;
    let markup = |head: &str| {
        format!(
            "<!doctype html><html lang=id><head><title>Judul</title>{head}</head><body><article>Isi.</article></body></html>"
        )
    };
    let tag = "<script async src='http://gema.news.example/embed.js' data-site=news></script>";
    let canonical = "<link rel=canonical href='http://www.news.example/a'>";
    std::fs::write(
        web.cli.path().join("page.html"),
        markup(&format!("{canonical}{tag}")),
    )
    .unwrap();
    let args = ["page.html", "--address", "https://www.news.example/a"];
    let report = web.asks(async || examined(&web.cli, &args)).await;
    assert_eq!(faults(&report), ["canonical-http", "mixed-content"]);
    assert_eq!(report["article"], "/a");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_page_gives_status_2_and_no_report() {
    let web = Web::open().await;
    let nobody = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let nobody = format!("http://{nobody}/");
    let endless = format!("{}endless", web.pages);
    for (page, why) in [
        (nobody.as_str(), "does not answer"),
        (endless.as_str(), "redirects"),
        ("file:///etc/passwd", "address of the web"),
        ("/no/such/file.html", "address of the web"),
    ] {
        let output = web.asks(async || run(&web.cli, &[page])).await;
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{page}: {said}");
        assert!(
            output.stdout.is_empty() && said.contains(why),
            "{page}: {said}"
        );
    }
}

/// The names of findings in the doctor's source.
fn names() -> Vec<String> {
    let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../doctor/src")];
    let mut names = Vec::new();
    while let Some(file) = folders.pop() {
        if file.is_dir() {
            folders.extend(
                std::fs::read_dir(file)
                    .unwrap()
                    .map(|inner| inner.unwrap().path()),
            );
            continue;
        }
        let text = std::fs::read_to_string(file).unwrap();
        for before in ["error(", "warning(", "note(", "id: "] {
            for (start, _) in text.match_indices(before).filter(|(start, _)| *start > 0) {
                let rest = text[start + before.len()..].trim_start();
                let name = rest
                    .strip_prefix('"')
                    .and_then(|rest| rest.split('"').next())
                    .unwrap_or_default();
                if name.contains('-') || name == "hidden" || name == "placeholder" {
                    names.push(name.to_owned());
                }
            }
        }
    }
    names.extend(["blocklist-host", "blocklist-path", "blocklist-site"].map(str::to_owned));
    names.sort_unstable();
    names.dedup();
    names
}

#[test]
fn the_documents_name_every_finding_and_no_other() {
    let names = names();
    assert!(names.len() > 80, "{names:?}");
    for document in [
        include_str!("../../../../docs/doctor.md"),
        include_str!("../../../../docs/id/dokter.md"),
    ] {
        let rows = document
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
        let mut told: Vec<_> = rows
            .map(|(name, _)| name.to_owned())
            .filter(|name| !name.starts_with("--"))
            .collect();
        told.sort_unstable();
        assert_eq!(told, names);
    }
}
