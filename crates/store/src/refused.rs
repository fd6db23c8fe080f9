use metrics::{Kind, Reason};
use wire::ArticleKey;

/// Number of days for which numbers of refused events are kept: a year and the month before it.
pub const REFUSED_KEPT_DAYS: i32 = 400;

/// Number of days, today included, for which numbers of refused events are kept by article.
pub const ARTICLE_REFUSED_KEPT_DAYS: u16 = 31;

/// Number of refused events of one kind, for one reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Kind of event; [`Kind::Unknown`] also stands for a whole request.
    pub kind: Kind,
    /// Why they were refused.
    pub reason: Reason,
    /// How many.
    pub count: u64,
}

/// The refusals of one process on one day of a site so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RefusedByProcess {
    /// A random number that the process has chosen at its start; not 0.
    pub process: u32,
    /// The sums since the start of the day or of the process.
    pub refused: Vec<Refused>,
    /// The same of single articles. Stored for those that exist.
    pub articles: Vec<(ArticleKey, Vec<Refused>)>,
}

/// Adds up numbers of the same kind and reason, in the order of the labels. Names that this version does not know are
/// left out.
pub fn sum_refused<'a>(rows: impl Iterator<Item = (&'a str, &'a str, u64)>) -> Vec<Refused> {
    let mut sums = Vec::new();
    for (kind, reason, count) in rows {
        let (Some(kind), Some(reason)) = (Kind::parse(kind), Reason::parse(reason)) else {
            continue;
        };
        add_refused(
            &mut sums,
            Refused {
                kind,
                reason,
                count,
            },
        );
    }
    sums.sort_by_key(|sum: &Refused| (sum.kind as usize, sum.reason as usize));
    sums
}

/// Adds numbers to those of the same kind and reason.
pub fn add_refused(sums: &mut Vec<Refused>, one: Refused) {
    match sums
        .iter_mut()
        .find(|sum| (sum.kind, sum.reason) == (one.kind, one.reason))
    {
        Some(sum) => sum.count = sum.count.saturating_add(one.count),
        None => sums.push(one),
    }
}
