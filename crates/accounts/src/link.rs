use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use wire::SiteId;

use crate::{Access, Grant, Role, Section};

/// Maximum length of a link's label, in characters.
pub const MAX_LABEL_CHARS: usize = 100;

/// Maximum validity of a link, in days.
pub const MAX_LINK_DAYS: u16 = 365;

/// A read-only link to the pages of a site or a section, stored under the hash of its token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The site.
    pub site: SiteId,
    /// The section; `None`: the whole site.
    pub section: Option<Section>,
    /// What the link is for, in its maker's words.
    pub label: String,
    /// The name of the user who made it.
    pub author: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
}

impl Link {
    /// Whether the link has ended.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        now >= self.expires
    }

    /// What the link permits.
    pub fn access(&self) -> Access {
        let grant = Grant::new(self.site.clone(), Role::Reader, self.section.clone());
        grant.into_iter().collect()
    }
}
