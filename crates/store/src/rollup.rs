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
                sums[at] = sums[at].checked_add(sum)?;
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

/// The calendar months and years that end before `end`, from that of `first` on; each year after its months, which its
/// sums can be made from.
pub fn rollup_spans(first: Day, end: Day) -> Vec<Days> {
    let mut spans = Vec::new();
    let (mut month, mut year) = (start_of_month(first), start_of_year(first));
    while let Some(next) = month.and_then(|month| start_of_month(Day::new(month.get() + 31)))
        && next <= end
    {
        spans.extend(month.map(|month| span(month, next)));
        if let Some(next_year) = year.and_then(|year| start_of_year(Day::new(year.get() + 366)))
            && next_year == next
        {
            spans.extend(year.map(|year| span(year, next)));
            year = Some(next);
        }
        month = Some(next);
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

/// The first day of the day's month; `None` if it is in no calendar.
fn start_of_month(day: Day) -> Option<Day> {
    Day::parse(&format!("{}-01", day.to_string().get(..7)?))
}

fn start_of_year(day: Day) -> Option<Day> {
    Day::parse(&format!("{}-01-01", day.to_string().get(..4)?))
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
mod tests {
    use std::collections::BTreeMap;

    use proptest::{collection::btree_map, prelude::*};
    use wire::Reaction;

    use super::*;

    fn shown() -> [Metric; 2] {
        [
            Metric::Reads,
            Metric::Reaction(Reaction::parse("sad").unwrap()),
        ]
    }

    type Rows = BTreeMap<Vec<u8>, [i64; 2]>;

    /// The sums that are not 0.
    type Named = BTreeMap<(Vec<u8>, String), i64>;

    fn sums(rows: &Rows, days: &BTreeMap<i32, i64>) -> PeriodSums {
        PeriodSums {
            metrics: shown().into(),
            sums: rows.values().flatten().copied().collect(),
            is_new: vec![false; rows.len()],
            days: days
                .iter()
                .map(|(day, sum)| (Day::new(*day), 0, *sum))
                .collect(),
        }
    }

    fn named(sums: &PeriodSums, labels: &[Vec<u8>]) -> (Named, BTreeMap<(Day, String), i64>) {
        let mut articles = Named::new();
        for (label, article) in labels.iter().zip(0..) {
            for (metric, sum) in sums.metrics.iter().zip(sums.of(article)) {
                articles.insert((label.clone(), metric.name()), *sum);
            }
        }
        articles.retain(|_, sum| *sum != 0);
        let name = |column: u16| sums.metrics[usize::from(column)].name();
        let days = sums.days.iter().filter(|(.., sum)| *sum != 0);
        let days = days.map(|(day, column, sum)| ((*day, name(*column)), *sum));
        (articles, days.collect())
    }

    proptest! {
        #[test]
        fn a_rollup_returns_the_sums_of_which_it_was_made(
            rows in btree_map(prop::collection::vec(any::<u8>(), 0..5), any::<[i32; 2]>(), 0..20),
            days in btree_map(-800_000..2_000_000_i32, any::<i64>(), 0..20),
        ) {
            let rows: Rows = rows
                .into_iter()
                .map(|(label, row)| (label, row.map(i64::from)))
                .collect();
            let labels: Vec<_> = rows.keys().cloned().collect();
            let before = sums(&rows, &days);
            let rollup = Rollup::of(&before, &labels);
            let mut builder = PeriodBuilder::default();
            let mut found: Vec<Vec<u8>> = Vec::new();
            add_days_of_rollup(&rollup.days, &mut builder).unwrap();
            add_articles_of_rollup(&rollup.articles, &mut builder, None, |label| {
                found.push(label.to_vec());
                Some(found.len() as u32 - 1)
            })
            .unwrap();
            let after = builder.finish(vec![false; found.len()]);
            prop_assert_eq!(named(&after, &found), named(&before, &labels));
            prop_assert_eq!(Rollup::of(&after, &found), rollup);
        }

        #[test]
        fn parts_cover_a_period_once(first in 0..800_i32, count in 0..900_i32, gaps in prop::collection::vec(any::<bool>(), 40)) {
            let spans = rollup_spans(Day::new(5), Day::new(1000));
            let spans: Vec<_> = spans.into_iter().zip(gaps).filter(|(_, is)| *is).map(|(span, _)| span).collect();
            let days = Days { first: Day::new(first), last: Day::new(first + count) };
            let parts = cover(days, &spans);
            let mut covered = Vec::new();
            for part in &parts {
                let (PeriodPart::Rollup(part) | PeriodPart::Days(part)) = part;
                covered.extend(part.iter());
            }
            prop_assert_eq!(covered, days.iter().collect::<Vec<_>>());
            let usable = |span: &&Days| span.first >= days.first && span.last <= days.last;
            for span in spans.iter().filter(usable) {
                prop_assert!(parts.iter().all(|part| !matches!(part, PeriodPart::Days(days) if days.contains(span.first))));
            }
        }

        #[test]
        fn any_bytes_are_refused_or_read(bytes: Vec<u8>) {
            let mut builder = PeriodBuilder::default();
            add_days_of_rollup(&bytes, &mut builder);
            add_articles_of_rollup(&bytes, &mut builder, None, |_| Some(0));
        }
    }

    #[test]
    fn spans_are_whole_months_and_years() {
        let day = |text| Day::parse(text).unwrap();
        let spans = rollup_spans(day("2014-11-20"), day("2016-02-29"));
        let shown: Vec<_> = spans
            .iter()
            .map(|span| format!("{} {}", span.first, span.last))
            .collect();
        assert_eq!(shown[0], "2014-11-01 2014-11-30");
        assert_eq!(
            shown[1..3],
            ["2014-12-01 2014-12-31", "2014-01-01 2014-12-31"]
        );
        assert_eq!(
            shown[14..],
            [
                "2015-12-01 2015-12-31",
                "2015-01-01 2015-12-31",
                "2016-01-01 2016-01-31"
            ]
        );
        assert_eq!(rollup_spans(day("2015-11-02"), day("2015-12-01")).len(), 1);
        assert_eq!(rollup_spans(day("2015-11-02"), day("2015-11-30")).len(), 0);
        assert!(rollup_spans(Day::new(i32::MIN), day("2015-11-30")).is_empty());
    }
}
