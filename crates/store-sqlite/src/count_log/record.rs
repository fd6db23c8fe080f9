use visitor::{Day, Hour};

use super::{ArticleChange, HourChange};

/// Length of a record with one change.
pub(super) const USUAL_BYTES: usize = 38;

const OWN: u8 = 1;
const VOTED: u8 = 2;

/// Appends a record.
pub(super) fn write(to: &mut Vec<u8>, change: &ArticleChange) {
    to.extend(change.article.to_be_bytes());
    to.extend(change.rev.to_be_bytes());
    to.extend(change.created.get().to_be_bytes());
    to.push((u8::from(change.own) * OWN) | (u8::from(change.voted) * VOTED));
    // A transaction has far fewer options and hours.
    let hours = u16::try_from(change.hours.len()).unwrap_or(u16::MAX);
    to.extend(hours.to_be_bytes());
    for hour in change.hours.iter().take(hours.into()) {
        to.extend(hour.day.get().to_be_bytes());
        to.push(hour.hour.get());
        to.extend(hour.metric.to_be_bytes());
        to.extend(hour.change.to_be_bytes());
    }
}

/// The records of a row. `None`: the rest of it is damaged.
pub(super) fn read_all(row: &[u8]) -> impl Iterator<Item = Option<ArticleChange>> {
    let mut rest = row;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let record = read(&mut rest);
        if record.is_none() {
            rest = &[];
        }
        Some(record)
    })
}

fn read(from: &mut &[u8]) -> Option<ArticleChange> {
    let article = i64::from_be_bytes(take(from)?);
    let rev = i64::from_be_bytes(take(from)?);
    let created = Day::new(i32::from_be_bytes(take(from)?));
    let [flags] = take(from)?;
    let hours = u16::from_be_bytes(take(from)?);
    let hours = (0..hours).map(|_| read_hour(from)).collect::<Option<_>>()?;
    Some(ArticleChange {
        article,
        rev,
        created,
        own: flags & OWN != 0,
        voted: flags & VOTED != 0,
        hours,
    })
}

fn read_hour(from: &mut &[u8]) -> Option<HourChange> {
    let day = Day::new(i32::from_be_bytes(take(from)?));
    let [hour] = take(from)?;
    Some(HourChange {
        day,
        hour: Hour::new(hour),
        metric: u16::from_be_bytes(take(from)?),
        change: i64::from_be_bytes(take(from)?),
    })
}

fn take<const N: usize>(from: &mut &[u8]) -> Option<[u8; N]> {
    let (bytes, rest) = from.split_first_chunk()?;
    *from = rest;
    Some(*bytes)
}
