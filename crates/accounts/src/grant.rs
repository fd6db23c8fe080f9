use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use wire::{ArticleKey, Invalid, SiteId};

use crate::Section;

/// What a user may do on a site; each role includes the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Reads all pages of the site, or of the section.
    Reader,
    /// Also edits articles and their polls, and makes read-only links.
    Editor,
    /// Also manages users, and reads the log. Always of a whole site.
    Operator,
}

impl Role {
    /// All roles, the weakest first.
    pub const ALL: [Self; 3] = [Self::Reader, Self::Editor, Self::Operator];

    /// The role's name in the configuration, on the command line and in forms.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Editor => "editor",
            Self::Operator => "operator",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let role = Self::ALL.into_iter().find(|role| role.name() == text);
        role.ok_or(Invalid("must be `reader`, `editor` or `operator`"))
    }
}

/// A role on a site, or on a section of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "UncheckedGrant")]
pub struct Grant {
    site: SiteId,
    role: Role,
    #[serde(skip_serializing_if = "Option::is_none")]
    section: Option<Section>,
}

/// A grant whose role may not fit its section.
#[derive(Deserialize)]
struct UncheckedGrant {
    site: SiteId,
    role: Role,
    section: Option<Section>,
}

impl TryFrom<UncheckedGrant> for Grant {
    type Error = Invalid;

    fn try_from(grant: UncheckedGrant) -> Result<Self, Invalid> {
        Self::new(grant.site, grant.role, grant.section)
    }
}

impl Grant {
    /// A role on a site, or on a section of it.
    ///
    /// # Errors
    /// [`Invalid`] for an operator of a section: operators manage the users of a whole site.
    pub fn new(site: SiteId, role: Role, section: Option<Section>) -> Result<Self, Invalid> {
        if role == Role::Operator && section.is_some() {
            return Err(Invalid(
                "must be left out for an operator, who manages a whole site",
            ));
        }
        Ok(Self {
            site,
            role,
            section,
        })
    }

    /// The site.
    pub fn site(&self) -> &SiteId {
        &self.site
    }

    /// The role.
    pub fn role(&self) -> Role {
        self.role
    }

    /// The section; `None`: the whole site.
    pub fn section(&self) -> Option<&Section> {
        self.section.as_ref()
    }

    fn covers(&self, key: &ArticleKey) -> bool {
        self.section().is_none_or(|section| section.contains(key))
    }
}

/// The grants of one user or link: at most one per site.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Access(Vec<Grant>);

impl Access {
    /// The grants, in the order of the sites' names.
    pub fn iter(&self) -> impl Iterator<Item = &Grant> {
        self.0.iter()
    }

    /// Whether there is no grant.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The grant on a site.
    pub fn on(&self, site: &SiteId) -> Option<&Grant> {
        self.0.iter().find(|grant| grant.site == *site)
    }

    /// Whether pages of the site may be read, at least of a section.
    pub fn may_read(&self, site: &SiteId) -> bool {
        self.on(site).is_some()
    }

    /// Whether the article's pages may be read.
    pub fn may_read_article(&self, site: &SiteId, key: &ArticleKey) -> bool {
        self.on(site).is_some_and(|grant| grant.covers(key))
    }

    /// Whether the article and its poll may be changed.
    pub fn may_edit(&self, site: &SiteId, key: &ArticleKey) -> bool {
        self.on(site)
            .is_some_and(|grant| grant.role >= Role::Editor && grant.covers(key))
    }

    /// Whether a link to the site, or to that section of it, may be made.
    pub fn may_share(&self, site: &SiteId, section: Option<&Section>) -> bool {
        self.on(site).is_some_and(|grant| {
            let is_within = match (grant.section(), section) {
                (None, _) => true,
                (Some(own), Some(shared)) => shared.as_str().starts_with(own.as_str()),
                (Some(_), None) => false,
            };
            grant.role >= Role::Editor && is_within
        })
    }

    /// Whether users of the site may be managed, and its log read.
    pub fn is_operator(&self, site: &SiteId) -> bool {
        self.on(site)
            .is_some_and(|grant| grant.role == Role::Operator)
    }

    /// Whether users of any site may be managed.
    pub fn is_any_operator(&self) -> bool {
        self.0.iter().any(|grant| grant.role == Role::Operator)
    }

    /// Whether these grants suffice to sign a user out, to remove the user, or to make a link that sets the user's
    /// password. They must manage every site of the user: who sets a password has all of its rights.
    pub fn may_manage(&self, user: &Self) -> bool {
        user.0.iter().all(|grant| self.is_operator(&grant.site))
    }

    /// Sets the grant on a site; an earlier one is replaced.
    pub fn set(&mut self, grant: Grant) {
        self.remove(&grant.site.clone());
        let at = self.0.partition_point(|other| other.site < grant.site);
        self.0.insert(at, grant);
    }

    /// Adds a grant, unless there is one on its site.
    pub fn add(&mut self, grant: Grant) {
        if self.on(&grant.site).is_none() {
            self.set(grant);
        }
    }

    /// Removes the grant on a site. Returns whether there was one.
    pub fn remove(&mut self, site: &SiteId) -> bool {
        let before = self.0.len();
        self.0.retain(|grant| grant.site != *site);
        self.0.len() < before
    }

    /// Keeps only grants on these sites.
    pub fn retain(&mut self, is_kept: impl Fn(&SiteId) -> bool) {
        self.0.retain(|grant| is_kept(&grant.site));
    }
}

impl FromIterator<Grant> for Access {
    /// The first grant on a site counts.
    fn from_iter<I: IntoIterator<Item = Grant>>(grants: I) -> Self {
        let mut access = Self::default();
        grants.into_iter().for_each(|grant| access.add(grant));
        access
    }
}

#[cfg(test)]
mod tests;
