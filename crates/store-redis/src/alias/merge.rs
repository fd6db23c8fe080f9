use store::sum_of_starting_counts;
use visitor::Day;
use wire::ArticleKey;

use super::super::{
    record::Days,
    record::{Id, OWN_DAYS, Record, Source},
};

/// The record under its new key.
pub(super) fn renamed(old: &Record, old_key: &ArticleKey, new_key: &ArticleKey) -> Record {
    let mut record = Record {
        rev: old.rev + 1,
        intent: None,
        is_listed: false,
        ..old.clone()
    };
    record.aliases.remove(new_key);
    record.aliases.insert(old_key.clone(), true);
    record
}

/// The second record after merging the first into it.
pub(super) fn merged(
    old: &Record,
    old_key: &ArticleKey,
    new: &Record,
    joined: Option<Source>,
    copied: bool,
) -> Record {
    let mut record = Record {
        rev: new.rev.max(old.rev) + 1,
        shape: new.shape + 1,
        created: new.created.min(old.created),
        published: if copied { old.published } else { new.published },
        put: new.put || old.put,
        poll: new.poll.clone().or_else(|| old.poll.clone()),
        intent: None,
        ..new.clone()
    };
    record
        .sources
        .extend(old.sources.iter().map(|source| Source {
            home: false,
            ..source.clone()
        }));
    record.sources.extend(joined);
    record.aliases.extend(old.aliases.clone());
    record.aliases.insert(old_key.clone(), true);
    for (metric, count) in &old.counts {
        let sum = record.count(metric);
        sum.counted += count.counted;
        sum.imported = sum_of_starting_counts(sum.imported, count.imported);
    }
    record
}

/// The id of a merged article as a source, if anything was counted under it. Its reads are deduplicated until the day
/// `until`.
pub(super) fn joined(old: &Record, own: Id, days: &Days, until: Day) -> Option<Source> {
    let has_own_days = days.keys().any(|(_, label, _)| label == OWN_DAYS);
    let Id { of, number } = own;
    let source = Source {
        of,
        number,
        rev: old.rev,
        voted: old.voted,
        home: false,
        until,
    };
    (old.own || has_own_days).then_some(source)
}
