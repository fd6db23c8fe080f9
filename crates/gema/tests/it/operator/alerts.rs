use std::{fmt::Write as _, fs, process::Command};

use config::LIMIT_NAMES;
use metrics::{Label, Route};

use crate::site::TestSite;

const RULES: &str = include_str!("../../../../../docs/deploy/gema-alerts.yml");

/// A time series that rises by one after ten minutes. If gema exports it from the start, it has samples before that;
/// otherwise it has none.
fn rising(text: &str, series: &str) -> String {
    let before = if text
        .lines()
        .any(|line| line.strip_prefix(series) == Some(" 0"))
    {
        "0x10"
    } else {
        "_x10"
    };
    format!("      - {{ series: '{series}', values: '{before} 1x5' }}\n")
}

/// A promtool case: this alert fires for this series after ten minutes.
fn case(series: &str, alert: &str, labels: &str) -> String {
    format!(
        "  - interval: 1m\n    input_series:\n{series}    alert_rule_test:\n      - {{ eval_time: 9m, alertname: {alert}, exp_alerts: [] }}\n      \
         - {{ eval_time: 12m, alertname: {alert}, exp_alerts: [{{ exp_labels: {{ {labels} }} }}] }}\n"
    )
}

/// Runs these cases with promtool.
fn assert_hold(cases: &str) {
    // The annotations, which are texts for people, are not tested.
    let rules: String = RULES
        .lines()
        .filter(|line| !line.contains("annotations:"))
        .map(|line| format!("{line}\n"))
        .collect();
    let tests = format!("rule_files: [rules.yml]\nevaluation_interval: 1m\ntests:\n{cases}");
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("rules.yml"), rules).unwrap();
    fs::write(dir.path().join("tests.yml"), tests).unwrap();
    let promtool = Command::new("promtool")
        .args(["test", "rules", "tests.yml"])
        .current_dir(dir.path())
        .output();
    let output = promtool.expect("promtool is there: run `cargo xtask setup --test`");
    let told = [output.stdout, output.stderr]
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .concat();
    assert!(output.status.success(), "{told}");
}

/// Uses the metrics of a gema that has just started.
#[tokio::test]
async fn alerts_fire_at_the_first_failed_response_and_store_error() {
    let text = TestSite::new().metrics().await;
    let mut cases = String::new();
    for route in Route::VALUES {
        let series = format!("gema_requests_total{{route=\"{route}\",status=\"500\"}}");
        let _ = write!(
            cases,
            "{}",
            case(
                &rising(&text, &series),
                "GemaFailing",
                &format!("route: {route}")
            )
        );
    }
    for (cause, alert) in [
        ("full", "GemaCannotStore"),
        ("denied", "GemaCannotStore"),
        ("busy", "GemaOverloaded"),
    ] {
        let series = format!("gema_store_errors_total{{cause=\"{cause}\"}}");
        let _ = write!(
            cases,
            "{}",
            case(&rising(&text, &series), alert, &format!("cause: {cause}"))
        );
    }
    assert_hold(&cases);
}

#[test]
fn an_alert_fires_at_a_half_full_meter() {
    let series = |limit: &str| format!("gema_meter_fill{{limit=\"{limit}\"}}");
    let cases = LIMIT_NAMES.map(|limit| {
        let filling = format!(
            "      - {{ series: '{}', values: '0.5x10 0.51x5' }}\n",
            series(limit)
        );
        case(&filling, "GemaMeterFilling", &format!("limit: {limit}"))
    });
    assert_hold(&cases.concat());
}
