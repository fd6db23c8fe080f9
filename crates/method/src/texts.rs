//! The sentences of the page. `{name}` stands for a value.

mod english;
mod indonesian;

use english::ENGLISH;
use indonesian::INDONESIAN;

/// The sentences in one language.
pub(super) struct Texts {
    /// BCP 47 tag.
    pub(super) lang: &'static str,
    pub(super) title: &'static str,
    pub(super) intro: &'static str,
    pub(super) made: &'static str,
    pub(super) as_data: &'static str,
    pub(super) seconds: &'static str,
    pub(super) milliseconds: &'static str,
    pub(super) reads: ReadTexts,
    pub(super) reactions: ReactionTexts,
    pub(super) shares: ShareTexts,
    pub(super) accepted: AcceptedTexts,
    pub(super) refused: RefusedTexts,
    pub(super) yesterday: YesterdayTexts,
    pub(super) robots: RobotTexts,
    pub(super) stored: StoredTexts,
    pub(super) notes: NoteTexts,
    pub(super) check: CheckTexts,
}

pub(super) struct ReadTexts {
    pub(super) title: &'static str,
    pub(super) off: &'static str,
    pub(super) what: &'static str,
    pub(super) by_key: &'static str,
    pub(super) by_hash: &'static str,
    pub(super) stand_in: &'static str,
    pub(super) no_stand_in: &'static str,
}

pub(super) struct ReactionTexts {
    pub(super) title: &'static str,
    pub(super) off: &'static str,
    pub(super) closed: &'static str,
    pub(super) open: &'static str,
    pub(super) never_closes: &'static str,
    pub(super) closes: &'static str,
    pub(super) by_article: &'static str,
    pub(super) options: &'static str,
    pub(super) stand_in: &'static str,
    pub(super) no_stand_in: &'static str,
}

pub(super) struct ShareTexts {
    pub(super) title: &'static str,
    pub(super) none: &'static str,
    pub(super) by_key: &'static str,
    pub(super) by_hash: &'static str,
    pub(super) stand_in: &'static str,
    pub(super) no_stand_in: &'static str,
    pub(super) buttons: &'static str,
}

pub(super) struct AcceptedTexts {
    pub(super) title: &'static str,
    pub(super) open: &'static str,
    pub(super) registered: &'static str,
    pub(super) ignored: &'static str,
    pub(super) origins: &'static str,
    pub(super) loopback: &'static str,
    pub(super) below: &'static str,
    pub(super) no_origins: &'static str,
    pub(super) own_pages: &'static str,
    pub(super) opaque: &'static str,
    pub(super) no_opaque: &'static str,
    pub(super) clients: &'static str,
    pub(super) arrival: &'static str,
}

pub(super) struct RefusedTexts {
    pub(super) title: &'static str,
    pub(super) robots: &'static str,
    pub(super) robots_count: &'static str,
    pub(super) limits: &'static str,
    pub(super) no_limits: &'static str,
    pub(super) limit_table: &'static str,
    pub(super) limit_names: [&'static str; 8],
    pub(super) limit_caption: &'static str,
    /// Limit, at once, back in an hour, in a day.
    pub(super) limit_head: [&'static str; 4],
}

pub(super) struct YesterdayTexts {
    pub(super) title: &'static str,
    pub(super) table: &'static str,
    /// What, reads, reactions, shares, other.
    pub(super) head: [&'static str; 5],
    pub(super) counted: &'static str,
    pub(super) net: &'static str,
    pub(super) again: &'static str,
    /// By the name of the reason in metrics.
    pub(super) reasons: [(&'static str, &'static str); 11],
}

pub(super) struct RobotTexts {
    pub(super) title: &'static str,
    pub(super) table: &'static str,
    /// List, version, published, taken, words.
    pub(super) head: [&'static str; 5],
    pub(super) changes: &'static str,
}

pub(super) struct StoredTexts {
    pub(super) title: &'static str,
    pub(super) reactions: &'static str,
    pub(super) reads: &'static str,
    pub(super) days: &'static str,
    pub(super) hours: &'static str,
    pub(super) refused: &'static str,
    pub(super) nothing_else: &'static str,
}

pub(super) struct NoteTexts {
    pub(super) starting: &'static str,
    pub(super) starting_what: &'static str,
    pub(super) no_starting: &'static str,
    pub(super) corrections: &'static str,
    pub(super) no_corrections: &'static str,
}

pub(super) struct CheckTexts {
    pub(super) title: &'static str,
    pub(super) tally: &'static str,
    pub(super) audit: &'static str,
    pub(super) sums: &'static str,
    pub(super) code: &'static str,
}

/// Indonesian for Indonesian, else English.
pub(super) fn texts(lang: &str) -> &'static Texts {
    match lang.split('-').next() {
        Some("id") => &INDONESIAN,
        _ => &ENGLISH,
    }
}
