use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};
use visitor::Day;
use wire::{ArticleKey, SiteId};

use super::slot::Slot;

/// Number of keys that share the list of a site's articles, to spread it over the servers.
pub(super) const LIST_SHARDS: u8 = 64;

/// A Redis key.
pub(super) type Name = Vec<u8>;

/// A single key with its slot.
pub(super) type SlottedName = (Name, Slot);

/// Makes key names with the store's prefix.
#[derive(Clone)]
pub(super) struct KeyNames {
    prefix: String,
}

/// The keys of one article. They share a hash tag, and so a slot.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct ArticleKeySet {
    base: String,
    pub(super) slot: Slot,
}

/// A table of marks of an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MarkTable {
    /// Votes.
    Votes,
    /// Digests of the reads and shares of a window.
    Seen(Day),
}

impl KeyNames {
    pub(super) fn new(prefix: &str) -> Self {
        Self {
            prefix: prefix.into(),
        }
    }

    /// The keys of an article. The tag is a hash, because article keys may contain any character.
    pub(super) fn article(&self, site: &SiteId, key: &ArticleKey) -> ArticleKeySet {
        let hash = Sha256::new()
            .chain_update(site.as_str())
            .chain_update([0])
            .chain_update(key.as_str())
            .finalize();
        let tag = BASE64URL_NOPAD.encode(&hash[..12]);
        ArticleKeySet {
            base: format!("{}:{{{tag}}}", self.prefix),
            slot: Slot::of(&tag),
        }
    }

    /// A single key with its slot.
    pub(super) fn standalone_key(&self, kind: &str, of: &str) -> SlottedName {
        (
            format!("{}:{kind}:{{{of}}}", self.prefix).into(),
            Slot::of(of),
        )
    }

    /// The shard of a site's list (articles or aliases) that a key belongs to.
    pub(super) fn shard(&self, list: &str, site: &SiteId, key: &ArticleKey) -> SlottedName {
        self.shard_at(list, site, Sha256::digest(key.as_str())[0] % LIST_SHARDS)
    }

    /// The shard of that number.
    pub(super) fn shard_at(&self, list: &str, site: &SiteId, number: u8) -> SlottedName {
        self.standalone_key(list, &format!("{site}.{number}"))
    }
}

impl ArticleKeySet {
    /// The record: a hash of counts and metadata, or the target of an alias.
    pub(super) fn record(&self) -> Name {
        self.base.clone().into()
    }

    /// The hash tag, from which nobody learns the article's key.
    pub(super) fn tag(&self) -> &str {
        let tag = self.base.split_once('{').map(|(_, tag)| tag);
        tag.and_then(|tag| tag.strip_suffix('}'))
            .unwrap_or_default()
    }

    /// Daily changes.
    pub(super) fn days(&self) -> Name {
        format!("{}:d", self.base).into()
    }

    /// Hourly changes of a day.
    pub(super) fn hours(&self, day: Day) -> Name {
        format!("{}:h:{}", self.base, day.get()).into()
    }

    /// The stored copy.
    pub(super) fn copy(&self) -> Name {
        format!("{}:c", self.base).into()
    }

    /// Numbers of refused events.
    pub(super) fn refused(&self) -> Name {
        format!("{}:r", self.base).into()
    }

    pub(super) fn bucket(&self, table: MarkTable, number: u32) -> Name {
        match table {
            MarkTable::Votes => format!("{}:v:{number}", self.base).into(),
            MarkTable::Seen(day) => format!("{}:s:{}:{number}", self.base, day.get()).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn article_keys_share_a_slot_and_hide_the_key() {
        let site = SiteId::parse("news").unwrap();
        let names = KeyNames::new("gema");
        let article = names.article(&site, &ArticleKey::parse("/a{b}?c").unwrap());
        let tag = article
            .base
            .strip_prefix("gema:{")
            .unwrap()
            .strip_suffix('}')
            .unwrap();
        assert_eq!((tag.len(), article.slot), (16, Slot::of(tag)));
        assert!(
            tag.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        );
        let bucket = String::from_utf8(article.bucket(MarkTable::Seen(Day::new(7)), 3)).unwrap();
        assert_eq!(bucket, format!("gema:{{{tag}}}:s:7:3"));
        assert_ne!(
            tag,
            names.article(&site, &ArticleKey::parse("/a").unwrap()).base
        );
    }
}
