//! Lighthouse on the demo page, emulating a phone, beside the same page without the widget. The budget is 100 for
//! accessibility, best practices and SEO; performance, which varies between runs, may be slightly lower.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::setup::{self, Browser, Scope};
use crate::supervise::Server;
use crate::{chromium, demo, dist, exec, progress, repo, tools};

/// How often each page is audited; the medians are compared.
const AUDIT_ROUNDS: usize = 5;

/// The lowest score allowed in each category, of 100.
const MIN_SCORES: [(&str, f64); 4] = [
    ("accessibility", 100.0),
    ("best-practices", 100.0),
    ("seo", 100.0),
    ("performance", 98.0),
];

/// The metrics of a round, with their units.
const METRICS: [&str; 5] = [
    "first paint, ms",
    "largest paint, ms",
    "blocked, ms",
    "shift",
    "speed index, ms",
];

/// Builds, serves and audits.
pub(super) fn run() -> Result<()> {
    dist::run(&setup::run(Scope::Lighthouse)?)?;
    demo::build_endpoint()?;
    progress::heading("The demo page, as Lighthouse judges it");
    let dir = repo::target().join("lighthouse");
    // Remove what an earlier run left.
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).context("cannot make target/lighthouse")?;
    let script = dir.join("lighthouse.mjs");
    fs::write(&script, include_str!("lighthouse.mjs"))?;
    let mut gema = exec::program(repo::gema());
    gema.args(["serve", "--listen", "127.0.0.1:0", "--database"]);
    let (_gema, endpoint) = Server::start_endpoint(gema.arg(dir.join("gema.db")))?;
    let mut node = exec::program("node");
    node.arg(script)
        .arg(tools::lighthouse()?)
        .arg(endpoint)
        .arg(AUDIT_ROUNDS.to_string());
    node.arg(serde_json::to_string(&chromium::flags()?)?);
    node.env("CHROME_PATH", Browser::required()?.program());
    let output = exec::read(&mut node)?;
    let audits: Vec<Audit> = output.lines().map(Audit::read).collect::<Result<_>>()?;
    println!("\n{}", table(&audits));
    faults(&audits).map_or(Ok(()), |faults| Err(anyhow::anyhow!(faults)))
}

/// The result of one audit of a page.
struct Audit {
    with_widget: bool,
    scores: BTreeMap<String, f64>,
    metrics: Vec<f64>,
    faults: Vec<String>,
}

impl Audit {
    fn read(line: &str) -> Result<Self> {
        let output: Value = serde_json::from_str(line)
            .with_context(|| format!("not from lighthouse.mjs: {line}"))?;
        let metrics: Vec<f64> =
            serde_json::from_value(output["metrics"].clone()).context("metrics")?;
        ensure!(metrics.len() == METRICS.len(), "not all metrics: {line}");
        Ok(Self {
            with_widget: output["page"] == "with",
            scores: serde_json::from_value(output["scores"].clone()).context("scores")?,
            metrics,
            faults: serde_json::from_value(output["faults"].clone()).context("faults")?,
        })
    }
}

/// The median over the rounds with or without the widget.
fn median(audits: &[Audit], with_widget: bool, number: impl Fn(&Audit) -> f64) -> f64 {
    let mut all: Vec<_> = audits
        .iter()
        .filter(|one| one.with_widget == with_widget)
        .map(number)
        .collect();
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or(f64::NAN)
}

fn score(name: &str) -> impl Fn(&Audit) -> f64 {
    move |audit| audit.scores.get(name).copied().unwrap_or(f64::NAN)
}

fn table(audits: &[Audit]) -> String {
    let mut text = format!(
        "  {:<20} {:>12} {:>15}\n",
        "", "with widget", "without widget"
    );
    let mut line = |name: &str, number: &dyn Fn(&Audit) -> f64, digits: usize| {
        let [with, without] = [true, false].map(|widget| median(audits, widget, number));
        text += &format!("  {name:<20} {with:>12.digits$} {without:>15.digits$}\n");
    };
    for (name, _) in MIN_SCORES {
        line(name, &score(name), 0);
    }
    for (at, name) in METRICS.into_iter().enumerate() {
        line(
            name,
            &|audit| audit.metrics[at],
            if name == "shift" { 3 } else { 0 },
        );
    }
    text
}

/// The categories below their budget, and the reasons that Lighthouse gives.
fn faults(audits: &[Audit]) -> Option<String> {
    let mut faults: Vec<_> = audits
        .iter()
        .filter(|one| one.with_widget)
        .flat_map(|one| one.faults.clone())
        .collect();
    faults.sort();
    faults.dedup();
    for (name, least) in MIN_SCORES {
        let score = median(audits, true, score(name));
        if score.is_nan() || score < least {
            faults.insert(
                0,
                format!("{name} is {score:.0}, and {least:.0} is the least"),
            );
        }
    }
    (!faults.is_empty()).then(|| faults.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn audit(page: &str, performance: u32, faults: &str) -> Audit {
        let scores = format!(
            r#"{{"accessibility":100,"best-practices":100,"seo":100,"performance":{performance}}}"#
        );
        let line = format!(
            r#"{{"page":"{page}","scores":{scores},"faults":[{faults}],"metrics":[1,2,3,0.5,4]}}"#
        );
        Audit::read(&line).unwrap()
    }

    #[test]
    fn the_median_of_the_page_with_the_widget_decides() {
        let rounds = [
            audit("with", 99, ""),
            audit("with", 90, ""),
            audit("with", 98, ""),
            audit("without", 50, ""),
        ];
        assert_eq!(faults(&rounds), None);
        assert!(
            table(&rounds).contains("performance                    98              50"),
            "{}",
            table(&rounds)
        );
        let slow = [audit("with", 97, "")];
        assert_eq!(
            faults(&slow).unwrap(),
            "performance is 97, and 98 is the least"
        );
        assert!(faults(&[]).is_some(), "nothing was audited");
    }

    #[test]
    fn a_failed_audit_is_reported_despite_full_scores() {
        let rounds = [
            audit("with", 99, r#""canonical: …""#),
            audit("with", 99, r#""canonical: …""#),
        ];
        assert_eq!(faults(&rounds).unwrap(), "canonical: …");
    }
}
