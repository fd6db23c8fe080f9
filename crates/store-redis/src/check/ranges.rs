use store::{
    MAX_COUNT, Metric,
    export_format::{MAX_ALIASES, MAX_SOURCES},
};
use visitor::Day;

use super::super::article_dump::ArticleDump;

/// Describes numbers that no event, import or command of Gema stores, with the bounds of an export.
pub(super) fn out_of_range(dump: &ArticleDump) -> Vec<String> {
    let record = &dump.record;
    let mut found = Vec::new();
    if !is_count(record.rev) {
        found.push(format!("rev {} is out of range", record.rev));
    }
    let days = [Some(record.created), record.published];
    let until = record.sources.iter().map(|source| source.until);
    let counted = dump.days.keys().map(|(day, ..)| *day);
    let mut days = days.into_iter().flatten().chain(until).chain(counted);
    if let Some(day) = days.find(|day| !is_day(*day)) {
        found.push(format!("{day}, which no calendar has"));
    }
    for (name, count) in &record.counts {
        if !is_count(count.counted) || !is_count(count.imported) {
            found.push(format!(
                "{name}: {} counted and {} imported is out of range",
                count.counted, count.imported
            ));
        }
    }
    let wrong = |((_, _, name), change): &(&(Day, String, String), &i64)| {
        let is_net = matches!(Metric::parse(name), Some(Metric::Reaction(_)));
        change.unsigned_abs() > MAX_COUNT || (**change < 0 && !is_net)
    };
    if let Some(((_, _, name), change)) = dump.days.iter().find(wrong) {
        found.push(format!("a daily change of {name} {change} is out of range"));
    }
    if let Some((_, (seq, _))) = dump.votes.iter().find(|(_, (seq, _))| *seq > MAX_COUNT) {
        found.push(format!("the seq {seq} of a vote is out of range"));
    }
    if let Some(poll) = &record.unreadable_poll {
        found.push(format!("what is set for its poll cannot be read: {poll}"));
    }
    for (name, many, most) in [
        ("sources", record.sources.len(), MAX_SOURCES),
        ("aliases", record.aliases.len(), MAX_ALIASES),
    ] {
        if many > most {
            found.push(format!("{many} {name}: too many"));
        }
    }
    found
}

/// Whether a tally can show the number.
fn is_count(number: i64) -> bool {
    u64::try_from(number).is_ok_and(|number| number <= MAX_COUNT)
}

/// Whether an export can name the day.
fn is_day(day: Day) -> bool {
    Day::parse(&day.to_string()) == Some(day)
}
