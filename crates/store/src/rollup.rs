//! Roll-ups: the sums of some days, by article and by day, in a compact form that engines store beside the days. A period
//! of years is then a few roll-ups and the days at its ends.
//!
//! All numbers are LEB128; net changes are zigzag. Labels name articles within an engine. They are sorted, and each has only
//! what differs from the one before it.

use visitor::Day;

use super::{Days, Metric, PeriodBuilder, PeriodSums};

/// The stored form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rollup {
    /// The sum of each metric on each day.
    pub days: Vec<u8>,
    /// The sum of each metric of each article.
    pub articles: Vec<u8>,
}

impl Rollup {
    /// The sums of a period whose articles have these labels, in the order of the sums. Equal sums have one form.
    pub fn of(sums: &PeriodSums, labels: &[impl AsRef<[u8]>]) -> Self {
        let columns = Columns::of(sums);
        let mut days = columns.names();
        let mut sorted: Vec<_> = sums
            .days
            .iter()
            .filter(|(.., sum)| *sum != 0)
            .filter_map(|(day, column, sum)| Some((*day, columns.place(*column)?, *sum)))
            .collect();
        sorted.sort_unstable();
        for (day, place, sum) in sorted {
            number(&mut days, zigzag(day.get().into()));
            number(&mut days, place);
            number(&mut days, zigzag(sum));
        }
        let mut sorted: Vec<(&[u8], u32)> = labels.iter().map(AsRef::as_ref).zip(0..).collect();
        sorted.retain(|(_, article)| sums.of(*article).iter().any(|sum| *sum != 0));
        sorted.sort_unstable();
        let mut articles = columns.names();
        let mut before: &[u8] = &[];
        for (label, article) in sorted {
            let same = label.iter().zip(before).take_while(|(a, b)| a == b).count();
            number(&mut articles, same as u64);
            number(&mut articles, (label.len() - same) as u64);
            articles.extend_from_slice(&label[same..]);
            let row = columns.row(sums.of(article));
            number(&mut articles, row.clone().count() as u64);
            for (place, sum) in row {
                number(&mut articles, place);
                number(&mut articles, zigzag(sum));
            }
            before = label;
        }
        Self { days, articles }
    }
}

/// The metrics with a sum, in the order of their names.
struct Columns(Vec<(String, usize)>);

impl Columns {
    fn of(sums: &PeriodSums) -> Self {
        let mut used = vec![false; sums.metrics.len()];
        for (_, column, sum) in &sums.days {
            used[usize::from(*column)] |= *sum != 0;
        }
        for article in 0..sums.len() as u32 {
            for (used, sum) in used.iter_mut().zip(sums.of(article)) {
                *used |= *sum != 0;
            }
        }
        let names = sums.metrics.iter().map(Metric::name).zip(0..);
        let mut columns: Vec<_> = names.filter(|(_, column)| used[*column]).collect();
        columns.sort_unstable();
        Self(columns)
    }

    fn place(&self, column: u16) -> Option<u64> {
        let place = self.0.iter().position(|(_, of)| *of == usize::from(column));
        place.map(|place| place as u64)
    }

    /// The sums that are not 0, with the places of their metrics.
    fn row<'s>(&'s self, sums: &'s [i64]) -> impl Iterator<Item = (u64, i64)> + Clone + 's {
        let row = self.0.iter().zip(0_u64..);
        row.map(|((_, column), place)| (place, sums[*column]))
            .filter(|(_, sum)| *sum != 0)
    }

    /// Number of metrics, and the name of each.
    fn names(&self) -> Vec<u8> {
        let mut to = Vec::new();
        number(&mut to, self.0.len() as u64);
        for (name, _) in &self.0 {
            number(&mut to, name.len() as u64);
            to.extend_from_slice(name.as_bytes());
        }
        to
    }
}

/// Adds the sums of days to those of a period; `None` if they are not a roll-up's.
pub fn add_days_of_rollup(stored: &[u8], to: &mut PeriodBuilder) -> Option<()> {
    let mut from = Reader(stored);
    let columns = from.columns(to)?;
    while !from.0.is_empty() {
        let day = Day::new(i32::try_from(from.signed()?).ok()?);
        let column = *columns.get(usize::try_from(from.number()?).ok()?)?;
        let sum = from.signed()?;
        if let Some(column) = column {
            to.add_day(day, column, sum);
        }
    }
    Some(())
}

/// Adds the sums of articles to those of a period; `None` if they are not a roll-up's. `index`: the index of the article
/// with that label, unless it is not wanted. `on`: a day to which the articles' sums are added as well.
pub fn add_articles_of_rollup(
    stored: &[u8],
    to: &mut PeriodBuilder,
    on: Option<Day>,
    mut index: impl FnMut(&[u8]) -> Option<u32>,
) -> Option<()> {
    let mut from = Reader(stored);
    let columns = from.columns(to)?;
    let mut sums = vec![0_i64; columns.len()];
    let mut label = Vec::new();
    while !from.0.is_empty() {
        let same = usize::try_from(from.number()?).ok()?;
        if same > label.len() {
            return None;
        }
        label.truncate(same);
        let more = from.number()?;
        label.extend_from_slice(from.bytes(more)?);
        let article = index(&label);
        for _ in 0..from.number()? {
            let at = usize::try_from(from.number()?).ok()?;
            let column = *columns.get(at)?;
            let sum = from.signed()?;
            if let (Some(article), Some(column)) = (article, column) {
                to.add(article, column, sum);
                sums[at] = sums[at].saturating_add(sum);
            }
        }
    }
    if let Some(day) = on {
        for (column, sum) in columns.into_iter().zip(sums) {
            if let Some(column) = column.filter(|_| sum != 0) {
                to.add_day(day, column, sum);
            }
        }
    }
    Some(())
}

/// Months of the roll-ups that are longer than a month: quarters, half-years and years of the calendar.
const LONG_SPANS: [u32; 3] = [3, 6, 12];

/// Days before the end of which there are roll-ups. An import may have a day of the year 1: a hundred thousand empty ones.
const MAX_ROLLED_DAYS: i32 = 40 * 366;

/// Days of the shortest of these roll-ups. A month has three: the last one has the rest of it.
const DAYS_OF_TEN: i32 = 10;

/// The tens of days, months, quarters, half-years and years of the calendar that end before `end`, from the month of `first`
/// on; each after those in it, which its sums can be made from.
pub fn rollup_spans(first: Day, end: Day) -> Vec<Days> {
    let mut spans = Vec::new();
    let mut at = year_and_month(first.max(Day::new(end.get().saturating_sub(MAX_ROLLED_DAYS))));
    while let Some((year, month)) = at {
        let following = match month {
            12 => (year + 1, 1),
            _ => (year, month + 1),
        };
        let (Some(start), Some(next)) = (start_of(year, month), start_of(following.0, following.1))
        else {
            break;
        };
        let tens = [
            start.get() + DAYS_OF_TEN,
            start.get() + 2 * DAYS_OF_TEN,
            next.get(),
        ]
        .map(Day::new);
        let begins = [start, tens[0], tens[1]];
        let tens = begins.into_iter().zip(tens);
        spans.extend(
            tens.filter(|(_, next)| *next <= end)
                .map(|(first, next)| span(first, next)),
        );
        if next > end {
            break;
        }
        spans.push(span(start, next));
        let whole = LONG_SPANS.into_iter().filter(|months| month % months == 0);
        let starts = whole.filter_map(|months| start_of(year, month + 1 - months));
        spans.extend(starts.map(|start| span(start, next)));
        at = Some(following);
    }
    spans
}

/// A part of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeriodPart {
    /// Days of which there is a roll-up.
    Rollup(Days),
    /// Other days.
    Days(Days),
}

/// Divides a period into the longest roll-ups that it contains, and the days between them, in the order of days.
pub fn cover(days: Days, rollups: &[Days]) -> Vec<PeriodPart> {
    let mut parts = Vec::new();
    let mut at = days.first;
    while at <= days.last {
        let usable = rollups
            .iter()
            .filter(|rollup| rollup.first >= at && rollup.last <= days.last);
        // The next one, and of those that begin together the longest.
        let next = usable.min_by_key(|rollup| (rollup.first, std::cmp::Reverse(rollup.last)));
        let before = next.map_or(days.last, |next| Day::new(next.first.get() - 1));
        if at <= before {
            parts.push(PeriodPart::Days(Days {
                first: at,
                last: before,
            }));
        }
        let Some(next) = next else { break };
        parts.push(PeriodPart::Rollup(*next));
        at = Day::new(next.last.get() + 1);
    }
    parts
}

fn span(first: Day, next: Day) -> Days {
    Days {
        first,
        last: Day::new(next.get() - 1),
    }
}

/// The day's year and month; `None` if it is in no calendar.
fn year_and_month(day: Day) -> Option<(u32, u32)> {
    let text = day.to_string();
    Some((text.get(..4)?.parse().ok()?, text.get(5..7)?.parse().ok()?))
}

fn start_of(year: u32, month: u32) -> Option<Day> {
    Day::parse(&format!("{year:04}-{month:02}-01"))
}

fn number(to: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        to.push(number as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)).cast_unsigned()
}

struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    #[inline]
    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    #[inline]
    fn signed(&mut self) -> Option<i64> {
        let number = self.number()?;
        Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    #[inline]
    fn bytes(&mut self, count: u64) -> Option<&'b [u8]> {
        let (bytes, rest) = self.0.split_at_checked(usize::try_from(count).ok()?)?;
        self.0 = rest;
        Some(bytes)
    }

    /// The column of each metric in the period; `None`: it is not shown.
    fn columns(&mut self, to: &mut PeriodBuilder) -> Option<Vec<Option<u16>>> {
        let count = self.number()?;
        let mut columns = Vec::new();
        for _ in 0..count {
            let bytes = self.number()?;
            let name = std::str::from_utf8(self.bytes(bytes)?).ok()?;
            columns.push(to.column(&Metric::parse(name)?));
        }
        Some(columns)
    }
}

#[cfg(test)]
mod tests;
