use std::fmt::Write as _;

use scraper::ElementRef;
use serde::Serialize;
use text::printable::printable;
use url::Url;

use super::{
    excerpt::excerpt,
    page::{self, Page},
};

/// Severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Something does not work.
    Error,
    /// It works, but not for every reader, or not as intended.
    Warning,
    /// Worth knowing.
    Note,
}

/// A finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Its stable id.
    pub id: &'static str,
    /// Its severity.
    pub level: Level,
    /// What is wrong, in one or two sentences.
    pub wrong: String,
    /// Its line in the page's markup.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The markup or header that was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// The remedy: what to write instead.
    pub write: String,
}

impl Finding {
    /// Adds the location: an element of the page.
    pub(super) fn at(mut self, page: &Page, element: ElementRef<'_>) -> Self {
        self.line = page.line(element);
        self.found = Some(page::opening(element));
        self
    }

    /// Adds the location: a line of the markup.
    pub(super) fn on(mut self, line: u64, found: &str) -> Self {
        self.line = Some(line);
        self.found = Some(excerpt(found));
        self
    }

    /// Adds what was found, if it is not markup.
    pub(super) fn found(mut self, text: &str) -> Self {
        self.found = Some(excerpt(text));
        self
    }
}

/// The findings so far.
#[derive(Default)]
pub(super) struct Findings(Vec<Finding>);

impl Findings {
    pub(super) fn push(&mut self, finding: Finding) {
        if !self.0.contains(&finding) {
            self.0.push(finding);
        }
    }

    pub(super) fn has(&self, id: &str) -> bool {
        self.0.iter().any(|finding| finding.id == id)
    }

    /// Sorted by severity, then by line.
    pub(super) fn sorted(mut self) -> Vec<Finding> {
        self.0
            .sort_by_key(|finding| (finding.level, finding.line.unwrap_or(u64::MAX)));
        self.0
    }
}

pub(super) fn error(
    id: &'static str,
    wrong: impl Into<String>,
    write: impl Into<String>,
) -> Finding {
    Finding {
        id,
        level: Level::Error,
        wrong: wrong.into(),
        line: None,
        found: None,
        write: write.into(),
    }
}

pub(super) fn warning(
    id: &'static str,
    wrong: impl Into<String>,
    write: impl Into<String>,
) -> Finding {
    Finding {
        level: Level::Warning,
        ..error(id, wrong, write)
    }
}

pub(super) fn note(
    id: &'static str,
    wrong: impl Into<String>,
    write: impl Into<String>,
) -> Finding {
    Finding {
        level: Level::Note,
        ..error(id, wrong, write)
    }
}

/// The report about a page.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The page's address, after redirects.
    pub address: String,
    /// The site named by the page.
    pub site: Option<String>,
    /// The endpoint used by the page.
    pub endpoint: Option<String>,
    /// The article's key.
    pub article: Option<String>,
    /// The language that the page requests.
    pub language: Option<String>,
    /// The findings, most severe first.
    pub findings: Vec<Finding>,
    /// The page's policies, completed with what is missing.
    pub policies: Vec<String>,
    /// What could not be examined.
    pub unchecked: Vec<String>,
}

impl Report {
    pub(super) fn new(address: &Url) -> Self {
        Self {
            address: address.to_string(),
            site: None,
            endpoint: None,
            article: None,
            language: None,
            findings: Vec::new(),
            policies: Vec::new(),
            unchecked: Vec::new(),
        }
    }

    /// Whether there is an error or a warning.
    pub fn has_faults(&self) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.level != Level::Note)
    }

    /// The report as text for a terminal, with control characters escaped.
    pub fn text(&self) -> String {
        let mut text = format!("{}\n", self.address);
        let named = [
            ("site", &self.site),
            ("endpoint", &self.endpoint),
            ("article", &self.article),
            ("language", &self.language),
        ];
        // Writing to a String cannot fail, here and below.
        for (name, value) in named {
            let _ = writeln!(text, "  {name:<10}{}", value.as_deref().unwrap_or("-"));
        }
        for finding in &self.findings {
            let level = match finding.level {
                Level::Error => "ERROR",
                Level::Warning => "WARNING",
                Level::Note => "NOTE",
            };
            let _ = writeln!(text, "\n{level} {}\n  {}", finding.id, finding.wrong);
            match (&finding.found, finding.line) {
                (Some(found), Some(line)) => drop(writeln!(text, "  line {line}: {found}")),
                (Some(found), None) => drop(writeln!(text, "  found: {found}")),
                _ => {}
            }
            let _ = writeln!(text, "  -> {}", finding.write.replace('\n', "\n     "));
        }
        for policy in &self.policies {
            let _ = writeln!(text, "\nThe whole policy, with all of that:\n{policy}");
        }
        let _ = writeln!(text, "\n{}", self.summary());
        for unchecked in &self.unchecked {
            let _ = writeln!(text, "Not checked: {unchecked}.");
        }
        text.split('\n')
            .map(printable)
            .collect::<Vec<_>>()
            .join("\n")
    }

    fn summary(&self) -> String {
        let count = |level| {
            self.findings
                .iter()
                .filter(|finding| finding.level == level)
                .count()
        };
        match [
            count(Level::Error),
            count(Level::Warning),
            count(Level::Note),
        ] {
            [0, 0, 0] => "Nothing is wrong.".into(),
            [errors, warnings, notes] => {
                format!("Errors: {errors}. Warnings: {warnings}. Notes: {notes}.")
            }
        }
    }
}
