use std::fmt::Write;

use serde::Serialize;
use wire::ReadDedup;

use super::{Subject, client::Rules};

/// The result of an audit.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The site.
    site: String,
    /// Version of the endpoint.
    version: String,
    /// How the site recognises a repeated read.
    identity: ReadDedup,
    /// The tests.
    findings: Vec<Finding>,
}

/// The result of one test.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// What was tested.
    pub test: &'static str,
    /// What COUNTER expects: total items and unique items.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counter: Option<[u64; 2]>,
    /// The number by the site's rules.
    pub expected: u64,
    /// What was found.
    pub found: u64,
    /// Examples of what was counted or refused against the rules.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<String>,
}

impl Report {
    pub(super) fn new(subject: &Subject, rules: &Rules) -> Self {
        Self {
            site: subject.site.to_string(),
            version: rules.version.clone(),
            identity: rules.identity,
            findings: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Whether something was not as the site's rules say.
    pub fn has_faults(&self) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.found != finding.expected)
    }

    /// The report for people.
    pub fn text(&self) -> String {
        let mut text = format!("site {}, Gema {}\n\n", self.site, self.version);
        for finding in &self.findings {
            let is_expected = finding.found == finding.expected;
            let verdict = if is_expected { "ok  " } else { "FAIL" };
            // Writing to a String cannot fail, here and below.
            let _ = write!(
                text,
                "{verdict} {}\n     expected {}, found {}",
                finding.test, finding.expected, finding.found
            );
            if let Some([total, unique]) = finding.counter {
                let _ = write!(
                    text,
                    " (COUNTER: {total} Total_Item_Requests, {unique} Unique_Item_Requests)"
                );
            }
            text.push('\n');
            for example in &finding.examples {
                let _ = writeln!(text, "     {example}");
            }
        }
        text + "\n" + self.difference() + "\n"
    }

    /// Where the site's rule differs from COUNTER's.
    fn difference(&self) -> &'static str {
        match self.identity {
            ReadDedup::Off => "This site does not count reads, so that every test expects none.",
            ReadDedup::Key => {
                "A read is one for each browser, article and day: COUNTER's unique item, with a day for the session.\n\
                 COUNTER's total items also count a second request after 30 s; Gema has no such number. Of a pair\n\
                 within 30 s COUNTER keeps the second request, Gema the first: the number is the same."
            }
            ReadDedup::Hash => {
                "A read is one for each address, version of a browser, article and day: COUNTER's unique item by IP\n\
                 address and user agent, with a day for the session. COUNTER's total items also count a second request\n\
                 after 30 s; Gema has no such number. Of a pair within 30 s COUNTER keeps the second request, Gema the\n\
                 first: the number is the same."
            }
        }
    }
}
