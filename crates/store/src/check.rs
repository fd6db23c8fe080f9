use serde::Serialize;
use wire::{ArticleKey, SiteId};

/// The most findings that are told: who has more needs a backup, not a list.
const MAX_FINDINGS: usize = 1000;

/// What a check of everything has found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Check {
    /// How many articles were looked at.
    pub articles: u64,
    /// How much is not as it should be. 0: all is well.
    pub found: u64,
    /// The first of it, article by article.
    pub findings: Vec<Finding>,
}

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The site and the article that it is about. `None`: the file as a whole.
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
    /// Notes something that is not as it should be.
    pub fn find(&mut self, of: Option<&Of>, says: impl Into<String>) {
        self.found += 1;
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(Finding { of: of.cloned(), says: says.into() });
        }
    }
}
