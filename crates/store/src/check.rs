use serde::Serialize;
use wire::{ArticleKey, SiteId};

/// Maximum number of findings that are reported; beyond that, the remedy is a backup rather than a list.
const MAX_FINDINGS: usize = 1000;

/// Report of a consistency check.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Check {
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
    pub of: Option<Of>,
    /// A phrase for the operator, with both numbers where two should be equal.
    pub says: String,
}

/// An article of a site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Of {
    /// The site.
    pub site: SiteId,
    /// Its article.
    pub article: ArticleKey,
}

impl Check {
    /// Records an inconsistency.
    pub fn find(&mut self, of: Option<&Of>, says: impl Into<String>) {
        self.found += 1;
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(Finding { of: of.cloned(), says: says.into() });
        }
    }
}
