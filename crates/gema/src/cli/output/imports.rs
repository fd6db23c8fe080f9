use std::{collections::BTreeMap, fmt::Write as _};

use admin::BaselineReport;
use serde_json::Value;

use super::printable;

/// The result of an import, or of its dry run.
pub(in crate::cli) fn import_summary(taken: &Value, dry_run: bool) -> String {
    let number = |field: &str| taken[field].as_u64().unwrap_or(0);
    let mut text = String::from(if dry_run {
        "would be taken over\n"
    } else {
        "taken over\n"
    });
    for (name, field) in [
        ("new articles", "new"),
        ("articles with more counts", "changed"),
        ("articles that had it all", "same"),
        ("reads", "reads"),
        ("shares", "shares"),
        ("votes", "votes"),
        ("newer votes", "newer_votes"),
    ] {
        let _ = writeln!(text, "  {name:<26}{:>12}", number(field));
    }
    text + &copies(taken)
}

/// Maximum number of articles that are named.
const MAX_NAMED_ARTICLES: usize = 100;

/// Copies that were changed or skipped: `cleaned` and `skipped`.
pub(in crate::cli) fn copies(taken: &Value) -> String {
    let mut text = String::new();
    let list = |field: &str| taken[field].as_array().map_or(&[][..], Vec::as_slice);
    let shown = |value: &Value| printable(value.as_str().unwrap_or_default());
    let cleaned = list("cleaned");
    for pair in cleaned.iter().take(MAX_NAMED_ARTICLES) {
        let site = shown(&pair[0]);
        let article = shown(&pair[1]);
        let _ = writeln!(
            text,
            "cleaned: {site} {article}: its copy had what gema does not show, which was removed"
        );
    }
    if cleaned.len() > MAX_NAMED_ARTICLES {
        let _ = writeln!(
            text,
            "cleaned: the copies of {} more articles",
            cleaned.len() - MAX_NAMED_ARTICLES
        );
    }
    for skipped in list("skipped") {
        let [site, article, why] = ["site", "article", "why"].map(|field| shown(&skipped[field]));
        let _ = writeln!(text, "skipped: {site} {article}: {why}");
    }
    text
}

/// The errors in rows of an earlier counter's file, which were left out.
pub(in crate::cli) fn row_errors(listed: &[importers::RowError], errors: u64) -> String {
    let mut text: String = listed
        .iter()
        .map(|error| format!("wrong, left out: {}\n", printable(&error.to_string())))
        .collect();
    if errors > listed.len() as u64 {
        let _ = writeln!(
            text,
            "wrong, left out: {} more",
            errors - listed.len() as u64
        );
    }
    text
}

/// The result of starting counts, or of their dry run: changed articles, sums, and what was left out.
pub(in crate::cli) fn baseline_summary(
    started: &BaselineReport,
    skipped: &BTreeMap<String, u64>,
    notes: &[String],
    dry_run: bool,
) -> String {
    let mut text = String::new();
    let mut sums = vec![0_u64; started.columns.len()];
    for change in &started.changed {
        let counts = change.before.iter().zip(&change.after);
        let changes = started
            .columns
            .iter()
            .zip(counts)
            .filter(|(_, (before, after))| before != after);
        let changes = changes
            .map(|(name, (before, after))| format!("{name} {before} -> {after}"))
            .collect::<Vec<_>>();
        let _ = writeln!(
            text,
            "{}\t{}",
            printable(change.article.as_str()),
            changes.join(", ")
        );
        sums.iter_mut()
            .zip(&change.after)
            .for_each(|(sum, after)| *sum = sum.saturating_add(*after));
    }
    for (old, new) in &started.moved {
        let _ = writeln!(
            text,
            "{} has moved: its counts go to {}",
            printable(old.as_str()),
            printable(new.as_str())
        );
    }
    for (reason, rows) in skipped {
        let _ = writeln!(text, "left out: {reason}: {rows}");
    }
    for note in notes {
        let _ = writeln!(text, "note: {}", printable(note));
    }
    let sums = started
        .columns
        .iter()
        .zip(sums)
        .map(|(name, sum)| format!("{sum} {name}"))
        .collect::<Vec<_>>();
    let changed = started.changed.len();
    let same = started.same;
    let done = if dry_run { "would get" } else { "got" };
    let _ = writeln!(
        text,
        "{changed} articles {done} starting counts, together {}; {same} had them",
        sums.join(", ")
    );
    text
}
