use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use wire::SiteId;

use crate::{Link, Section, Token, TokenHash, UserName};

/// How long the numbers can be shown on the site's own pages without coming back to the newsroom's pages.
pub const OVERLAY_VALID_FOR: SignedDuration = SignedDuration::from_hours(12);

/// Begins the label of a stored overlay. Labels of links have no control characters.
const LABEL_PREFIX: &str = "\u{1}overlay ";

/// The person who opened an overlay, which ends early with their session or link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OverlayHolder {
    /// A user with a session: it ends with the user's epoch.
    User(UserName, u64),
    /// A user whom a proxy has authenticated.
    Proxy(UserName),
    /// The holder of a read-only link: it ends with the link.
    Link(TokenHash),
}

impl OverlayHolder {
    fn label(&self) -> String {
        match self {
            Self::User(_, epoch) => format!("{LABEL_PREFIX}user {epoch}"),
            Self::Proxy(_) => format!("{LABEL_PREFIX}proxy"),
            Self::Link(token) => format!("{LABEL_PREFIX}link {token}"),
        }
    }

    fn author(&self) -> String {
        match self {
            Self::User(name, _) | Self::Proxy(name) => name.to_string(),
            Self::Link(_) => String::new(),
        }
    }
}

impl Link {
    /// What is stored of an overlay: under the [hash](overlay_hash) of its token, where no read-only link is found.
    pub fn of_overlay(
        holder: &OverlayHolder,
        site: SiteId,
        section: Option<Section>,
        now: Timestamp,
    ) -> Self {
        Self {
            site,
            section,
            label: holder.label(),
            author: holder.author(),
            created: now,
            expires: now + OVERLAY_VALID_FOR,
        }
    }

    /// Whether it is an overlay.
    pub fn is_overlay(&self) -> bool {
        self.label.starts_with(LABEL_PREFIX)
    }

    /// Who has opened the overlay; `None`: it is a read-only link.
    pub fn overlay_holder(&self) -> Option<OverlayHolder> {
        let name = || UserName::parse(&self.author).ok();
        match self.label.strip_prefix(LABEL_PREFIX)?.split_once(' ') {
            None => Some(OverlayHolder::Proxy(name()?)),
            Some(("user", epoch)) => Some(OverlayHolder::User(name()?, epoch.parse().ok()?)),
            Some(("link", token)) => Some(OverlayHolder::Link(TokenHash::parse(token).ok()?)),
            Some(_) => None,
        }
    }
}

/// The hash under which an overlay is stored. It differs from that of any session and link, and from that on another site:
/// scripts of a site's pages can read the token, which shows the overlay's numbers of that site and nothing else.
pub fn overlay_hash(token: &Token, site: &SiteId) -> TokenHash {
    let hash = Sha256::new()
        .chain_update("overlay\0")
        .chain_update(site.as_str())
        .chain_update([0])
        .chain_update(token.as_str());
    TokenHash(hash.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(id: &str) -> SiteId {
        SiteId::parse(id).unwrap()
    }

    #[test]
    fn an_overlays_token_is_no_other_token() {
        let token = Token::new(&[7; 16]);
        let here = overlay_hash(&token, &site("news"));
        assert_ne!(here, token.hash());
        assert_ne!(here, overlay_hash(&token, &site("daily")));
    }

    #[test]
    fn an_overlay_names_its_holder() {
        let name = || UserName::parse("budi").unwrap();
        let now = Timestamp::from_second(1_448_000_000).unwrap();
        for holder in [
            OverlayHolder::User(name(), 7),
            OverlayHolder::Proxy(name()),
            OverlayHolder::Link(Token::new(&[9; 16]).hash()),
        ] {
            let link = Link::of_overlay(&holder, site("news"), None, now);
            assert!(link.is_overlay() && !link.is_expired(now));
            assert_eq!(link.overlay_holder(), Some(holder));
            assert!(link.is_expired(now + OVERLAY_VALID_FOR));
        }
        let label = "overlay user 7".to_owned();
        let holder = OverlayHolder::Proxy(name());
        let link = Link {
            label,
            ..Link::of_overlay(&holder, site("news"), None, now)
        };
        assert!(!link.is_overlay() && link.overlay_holder().is_none());
    }
}
