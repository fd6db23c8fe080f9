//! Output for a person at a terminal.

/// Articles and their aliases.
mod articles;
/// Imports, and starting counts.
mod imports;

use std::{
    fmt::Write as _,
    io::{self, Write as _},
};

use config::Config;
use serde::Serialize;
use serde_json::Value;
pub(super) use text::printable::printable;
use text::printable::printable_json;

pub(super) use self::{
    articles::{
        alias_summary, aliases, article, deletion_summary, extraction_summary, list, prune_summary,
    },
    imports::{baseline_summary, copies, import_summary, row_errors},
};

/// Prints to stdout.
pub(super) fn out(text: &str) -> anyhow::Result<()> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        // The reader has seen enough: `gema article list | head`.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => Ok(result?),
    }
}

/// A report as JSON, so that the terminal executes nothing in it.
pub(super) fn json(report: &impl Serialize) -> anyhow::Result<String> {
    Ok(printable_json(&serde_json::to_string_pretty(report)?) + "\n")
}

/// Prints a line to stderr. Ignores errors: the terminal may be gone.
pub(crate) fn note(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Escapes a text line by line, so that the terminal executes nothing in it.
pub(crate) fn printable_lines(text: &str) -> String {
    text.lines().map(printable).collect::<Vec<_>>().join("\n")
}

/// Prints a note to stderr if nothing is configured.
pub(super) fn note_defaults(config: &Config) {
    if let Some(what) = config.defaults_used(&store::redacted_url(&config.database)) {
        note(&format!("gema: {what}"));
    }
}

/// The findings of a check, article by article.
pub(super) fn findings(check: &Value) -> String {
    let mut text = String::new();
    let mut last = None;
    for finding in check["findings"].as_array().into_iter().flatten() {
        let of = match (finding["site"].as_str(), finding["article"].as_str()) {
            (Some(site), Some(article)) => format!("{site} {}", printable(article)),
            _ => "the file".into(),
        };
        if last.as_ref() != Some(&of) {
            let _ = writeln!(text, "{of}");
        }
        let _ = writeln!(
            text,
            "  {}",
            printable(finding["says"].as_str().unwrap_or_default())
        );
        last = Some(of);
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn findings_are_listed_below_their_article() {
        let of =
            |article: &str, says: &str| json!({ "site": "news", "article": article, "says": says });
        let findings = [
            json!({ "says": "row 1 missing" }),
            of("a", "one"),
            of("a", "two"),
            of("b", "one"),
        ];
        let expected = "the file\n  row 1 missing\nnews a\n  one\n  two\nnews b\n  one\n";
        assert_eq!(
            super::findings(&json!({ "articles": 2, "found": 4, "findings": findings })),
            expected
        );
    }
}
