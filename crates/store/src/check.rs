use serde::Serialize;
use wire::{ArticleKey, SiteId};

/// Maximum number of findings that are reported; beyond that, the remedy is a backup rather than a list.
const MAX_FINDINGS: usize = 1000;

/// Report of a consistency check.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CheckReport {
    /// Number of articles checked.
    pub articles: u64,
    /// Number of inconsistencies found.
    pub found: u64,
    /// The first of them, in the order of the articles.
    pub findings: Vec<Finding>,
}

/// One inconsistency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The site and article concerned. `None`: the file as a whole.
    #[serde(flatten)]
    pub article: Option<ArticleRef>,
    /// A phrase for the operator, with both numbers where two should be equal.
    #[serde(rename = "says")]
    pub description: String,
}

/// An article of a site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ArticleRef {
    /// The site.
    pub site: SiteId,
    /// Its article.
    pub article: ArticleKey,
}

impl CheckReport {
    /// Records an inconsistency.
    pub fn add(&mut self, article: Option<&ArticleRef>, description: impl Into<String>) {
        self.found += 1;
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(Finding {
                article: article.cloned(),
                description: description.into(),
            });
        }
    }
}
