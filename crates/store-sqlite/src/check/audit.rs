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
mod tests;
