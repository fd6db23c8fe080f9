use super::{
    super::super::read_model::{Count, Counts},
    *,
};
use visitor::Day;

const READS: MetricId = 1;
const HAPPY: MetricId = 2;

fn names() -> MetricNames {
    [(READS, "reads".into()), (HAPPY, "reaction:happy".into())].into()
}

fn sound() -> ArticleAudit {
    let counts = [(READS, 5, 841), (HAPPY, 2, 0)];
    let counts = counts
        .map(|(metric, counted, imported)| Count {
            metric,
            counted,
            imported,
        })
        .into_iter()
        .collect();
    let own = true;
    let voted = true;
    let sources = Vec::new();
    let entry = Entry {
        id: 1,
        rev: 7,
        created: Day::new(1),
        published: None,
        put: false,
        own,
        voted,
        sources,
        counts,
        poll: None,
    };
    ArticleAudit {
        entry,
        votes: [(HAPPY, 2)].into(),
        days: [(READS, 5), (HAPPY, 2)].into(),
    }
}

/// The differences after `change`.
fn with(change: impl FnOnce(&mut ArticleAudit)) -> Vec<String> {
    let memory = sound().entry;
    let mut audit = sound();
    change(&mut audit);
    audit.differences(Some(memory), &names())
}

fn reversed(counts: &Counts) -> Counts {
    counts
        .iter()
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect()
}

#[test]
fn audit_of_a_consistent_article_finds_nothing() {
    assert!(with(|_| {}).is_empty());
    let order = with(|audit| audit.entry.counts = reversed(&audit.entry.counts));
    assert!(order.is_empty(), "{order:?}");
}

#[test]
fn each_difference_names_both_numbers() {
    for (change, expected) in [
        (
            with(|audit| audit.days = [(READS, 4), (HAPPY, 2)].into()),
            "reads: 5 counted, but its days add up to 4",
        ),
        (
            with(|audit| audit.votes.clear()),
            "reaction:happy: 2 counted, but there are 0 votes",
        ),
        (
            with(|audit| audit.votes.extend([(READS, 1)])),
            "reads: 1 votes for an unknown reaction",
        ),
        (
            with(|audit| audit.entry.rev = 6),
            "rev: 6 on disk, but 7 in memory",
        ),
        (
            with(|audit| audit.entry.counts.change(READS, |count| count.imported = 0)),
            "reads: 5 counted and 0 imported on disk, but 5 and 841 in memory",
        ),
    ] {
        assert_eq!(change, [expected]);
    }
    let lost = with(|audit| audit.entry.counts = audit.entry.counts.iter().take(1).collect());
    assert!(
        lost.contains(&"reaction:happy: 0 counted, but there are 2 votes".into()),
        "{lost:?}"
    );
    assert_eq!(
        sound().differences(None, &names()),
        ["on disk, but not in memory"]
    );
}
