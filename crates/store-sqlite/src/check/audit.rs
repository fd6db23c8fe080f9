use std::collections::{BTreeMap, BTreeSet};

use store::{MAX_COUNT, Metric};

use super::super::read_model::{Entry, MetricId};

/// Names of the metrics, by id.
pub(super) type MetricNames = BTreeMap<MetricId, String>;

/// The stored numbers of one article.
pub(super) struct ArticleAudit {
    pub(super) entry: Entry,
    /// Number of votes for each option.
    pub(super) votes: BTreeMap<MetricId, i64>,
    /// Sum of the daily changes of each metric.
    pub(super) days: BTreeMap<MetricId, i64>,
}

impl ArticleAudit {
    /// Describes each sum that does not match and each difference from memory.
    pub(super) fn differences(&self, memory: Option<Entry>, names: &MetricNames) -> Vec<String> {
        let mut found = self.wrong_sums(names);
        if !self.entry.counts.is_well_formed() {
            found.push("its counts are damaged: some may be missing".into());
        }
        match memory {
            Some(memory) => found.extend(self.wrong_memory(&memory, names)),
            None => found.push("on disk, but not in memory".into()),
        }
        found
    }

    fn wrong_sums(&self, names: &MetricNames) -> Vec<String> {
        let mut found = Vec::new();
        let counted: BTreeMap<_, _> = self
            .entry
            .counts
            .iter()
            .map(|count| (count.metric, count.counted))
            .collect();
        let imported: BTreeMap<_, _> = self
            .entry
            .counts
            .iter()
            .map(|count| (count.metric, count.imported))
            .collect();
        let number = |of: &BTreeMap<MetricId, i64>, metric| of.get(metric).copied().unwrap_or(0);
        let metrics: BTreeSet<_> = counted
            .keys()
            .chain(self.votes.keys())
            .chain(self.days.keys())
            .collect();
        for metric in metrics {
            let name = name(names, *metric);
            let counted = number(&counted, metric);
            let votes = number(&self.votes, metric);
            let days = number(&self.days, metric);
            if counted != days {
                found.push(format!(
                    "{name}: {counted} counted, but its days add up to {days}"
                ));
            }
            let imported = imported.get(metric).copied().unwrap_or(0);
            if [counted, imported].iter().any(|count| !is_count(*count)) {
                found.push(format!(
                    "{name}: {counted} counted and {imported} imported is out of range"
                ));
            }
            let is_reaction = matches!(Metric::parse(name), Some(Metric::Reaction(_)));
            if is_reaction && counted != votes {
                found.push(format!(
                    "{name}: {counted} counted, but there are {votes} votes"
                ));
            }
            if !is_reaction && votes != 0 {
                found.push(format!("{name}: {votes} votes for an unknown reaction"));
            }
        }
        found
    }

    fn wrong_memory(&self, memory: &Entry, names: &MetricNames) -> Vec<String> {
        let disk = &self.entry;
        let mut found = Vec::new();
        let known = |entry: &Entry| {
            let Entry {
                id,
                created,
                published,
                put,
                own,
                voted,
                sources,
                poll,
                ..
            } = entry;
            (
                *id,
                *created,
                *published,
                *put,
                *own,
                *voted,
                sources.clone(),
                poll.clone(),
            )
        };
        if known(disk) != known(memory) {
            found.push(format!(
                "another article in memory: {memory:?}, on disk {disk:?}"
            ));
        }
        if disk.rev != memory.rev {
            found.push(format!(
                "rev: {} on disk, but {} in memory",
                disk.rev, memory.rev
            ));
        }
        let on_disk = numbers(disk);
        let in_memory = numbers(memory);
        let metrics: BTreeSet<_> = on_disk.keys().chain(in_memory.keys()).collect();
        for metric in metrics {
            let disk = on_disk.get(metric);
            let memory = in_memory.get(metric);
            if disk != memory {
                let [disk, memory] =
                    [disk, memory].map(|numbers| numbers.copied().unwrap_or_default());
                found.push(format!(
                    "{}: {} counted and {} imported on disk, but {} and {} in memory",
                    name(names, *metric),
                    disk.0,
                    disk.1,
                    memory.0,
                    memory.1
                ));
            }
        }
        found
    }
}

/// Whether a tally can show the number.
fn is_count(number: i64) -> bool {
    u64::try_from(number).is_ok_and(|number| number <= MAX_COUNT)
}

/// Counted and imported number of each metric, unless both are zero.
fn numbers(entry: &Entry) -> BTreeMap<MetricId, (i64, i64)> {
    let numbers = entry
        .counts
        .iter()
        .map(|count| (count.metric, (count.counted, count.imported)));
    numbers.filter(|(_, numbers)| *numbers != (0, 0)).collect()
}

fn name(names: &MetricNames, metric: MetricId) -> &str {
    names
        .get(&metric)
        .map_or("a metric without a name", String::as_str)
}

#[cfg(test)]
mod tests {
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
}
