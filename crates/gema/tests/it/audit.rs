use std::fs;

use serde_json::{Value, json};

use crate::cli_harness::{CliHarness, Serving};

/// A site whose pages may send events, with further options.
fn serving(options: &str) -> (CliHarness, Serving) {
    let cli = CliHarness::new();
    let config = format!("{options}\n[sites.demo]\norigins = [\"https://news.example\"]\n");
    fs::write(cli.path().join("gema.toml"), config).unwrap();
    let serving = cli.serves();
    (cli, serving)
}

/// The exit code and the report of an audit, whose pairs "outside" are as near as those inside: Gema's rule knows no
/// time within a day.
fn audit(cli: &CliHarness, serving: &Serving) -> (Option<i32>, Value) {
    let address = format!("http://{}/", serving.address);
    let arguments = ["audit", &address, "--site", "demo", "--gap", "0", "--json"];
    let output = cli.gema(&arguments).output().unwrap();
    let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| {
        panic!("{}", String::from_utf8_lossy(&output.stderr));
    });
    (output.status.code(), report)
}

fn assert_no_article(cli: &CliHarness) {
    let list = cli.article(&["list", "--site", "demo"]);
    assert!(!list.contains("audit"), "{list}");
}

fn numbers(report: &Value) -> Vec<(u64, u64)> {
    let findings = report["findings"].as_array().unwrap();
    let number = |finding: &Value, name: &str| finding[name].as_u64().unwrap();
    findings
        .iter()
        .map(|finding| (number(finding, "expected"), number(finding, "found")))
        .collect()
}

#[test]
fn all_of_counters_tests_are_as_the_site_says() {
    let (cli, serving) = serving("");
    let (code, report) = audit(&cli, &serving);
    let numbers = numbers(&report);
    assert_eq!(code, Some(0), "{report:#}");
    assert_eq!(numbers[..2], [(15, 15), (15, 15)]);
    assert_eq!(report["findings"][1]["counter"], json!([30, 15]));
    assert!(
        numbers[2].0 > 1000 && numbers[2].0 == numbers[2].1,
        "{report:#}"
    );
    assert_eq!(numbers[3], (6, 6));
    // The article of the audit is gone, with its counts of today.
    assert_no_article(&cli);
    let top = serving.get("/v1/sites/demo/top.json");
    assert!(top.ends_with("\"articles\":[]}"), "{top}");
}

#[test]
fn an_audit_expects_what_the_options_of_the_site_say() {
    for (options, expected) in [
        (
            "sites.demo.reads = { identity = \"hash\" }\narticles = \"registered\"",
            [15, 15, 1, 6],
        ),
        ("sites.demo.reads = { identity = \"off\" }", [0, 0, 1, 0]),
        ("bots = \"count\"", [15, 15, 0, 6]),
    ] {
        let cli = CliHarness::new();
        let (before, site) = match options.strip_prefix("sites.demo.") {
            Some(option) => ("", option),
            None => (options, ""),
        };
        let config =
            format!("{before}\n[sites.demo]\norigins = [\"https://*.news.example\"]\n{site}\n");
        fs::write(cli.path().join("gema.toml"), config).unwrap();
        let serving = cli.serves();
        let (code, report) = audit(&cli, &serving);
        assert_eq!(code, Some(0), "{options}: {report:#}");
        let found = numbers(&report)
            .into_iter()
            .map(|(_, found)| found.min(100));
        let expected = expected.map(|number| if number == 1 { 100 } else { number });
        assert_eq!(found.collect::<Vec<_>>(), expected, "{options}");
    }
}

#[test]
fn an_audit_fails_where_less_is_counted_than_the_rules_say() {
    // A limit below the audit's own reads.
    let (cli, serving) = serving("[limits.reads]\nper_address = 20");
    let (code, report) = audit(&cli, &serving);
    assert_eq!(code, Some(1), "{report:#}");
    assert_eq!(numbers(&report)[..2], [(15, 15), (15, 5)]);
    assert_no_article(&cli);
    // For people: what failed, and why.
    let address = format!("http://{}/", serving.address);
    let output = cli
        .gema(&["audit", &address, "--site", "demo", "--gap", "0"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    let failed = lines.iter().filter(|line| line.starts_with("FAIL"));
    assert_eq!(failed.count(), 2, "{text}");
    for line in [
        "FAIL double clicks, outside: 15 pairs of reads with more than 30 s between them",
        "FAIL readers: reads of usual browsers",
        "ok   robots: reads refused, one for each word of the lists",
    ] {
        assert!(lines.contains(&line), "{line}: {text}");
    }
    let why = "20 reads were refused: is over the limit `reads.per_address`";
    assert!(text.contains(why), "{text}");
}

#[test]
fn an_audit_of_a_site_on_a_cluster_is_as_expected() {
    let database = crate::store::redis::cluster_url();
    let (cli, serving) = serving(&format!("database = \"{database}\""));
    let (code, report) = audit(&cli, &serving);
    assert_eq!(code, Some(0), "{report:#}");
    let numbers = numbers(&report);
    assert_eq!(numbers[..2], [(15, 15), (15, 15)]);
    assert!(numbers[2].0 > 1000 && numbers[2].0 == numbers[2].1);
    assert_eq!(numbers[3], (6, 6));
    assert_no_article(&cli);
}

#[test]
fn an_audit_that_cannot_be_run_leaves_no_article() {
    let (cli, serving) = serving("");
    let output = cli
        .gema(&["audit", "http://127.0.0.1:9/", "--site", "demo"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_no_article(&cli);
    drop(serving);
}
