//! COUNTER's Code of Practice 5.1, appendix E.2.3: 15 pairs of requests within 30 seconds ("inside"), and 15 pairs with
//! more than 30 seconds between them ("outside"). COUNTER counts a pair "inside" as one total and one unique item, and a
//! pair "outside" as two totals and one unique item (in one session). Gema counts a reader of an article once a day: its
//! reads are unique items, and their window is a day instead of a session.

use std::{collections::BTreeMap, thread, time::Duration};

use wire::ReadDedup;

use super::{
    client::{Client, Outcome, Rules},
    report::{Finding, Report},
};

/// Number of pairs of each kind.
const PAIRS: u64 = 15;

/// The two requests of one reader.
struct Pair {
    agent: String,
    /// In a browser that keeps its key, both have the same one.
    keys: [String; 2],
}

impl Pair {
    /// Another reader for each number. If address and browser identify readers, the browsers differ.
    fn new(number: u64, identity: ReadDedup) -> Self {
        let version = 100 + number;
        let agent = format!(
            "Mozilla/5.0 (X11; Linux x86_64; rv:{version}.0) Gecko/20100101 Firefox/{version}.0"
        );
        let key = |click: u64| format!("audit-{number:04}-{click:05}");
        let second = if identity == ReadDedup::Hash { 2 } else { 1 };
        Self {
            agent,
            keys: [key(1), key(second)],
        }
    }

    fn clicks(&self, client: &Client, click: usize, refused: &mut Refusals) -> anyhow::Result<()> {
        if let Outcome::Refused(why) = client.read(&self.agent, &self.keys[click])? {
            *refused.0.entry(why).or_default() += 1;
        }
        Ok(())
    }
}

/// How often reads were refused, by reason.
#[derive(Default)]
struct Refusals(BTreeMap<String, u64>);

impl Refusals {
    /// The reasons as examples of a difference; none where reads are refused as expected.
    fn examples(self, expected: u64, found: u64) -> Vec<String> {
        let example = |(why, number)| format!("{number} reads were refused: {why}");
        let all = self.0.into_iter().map(example);
        all.filter(|_| found != expected).collect()
    }
}

/// Runs the tests.
pub(super) fn test(
    client: &Client,
    rules: &Rules,
    gap: Duration,
    progress: &mut dyn FnMut(&str),
    report: &mut Report,
) -> anyhow::Result<()> {
    let counted = |pairs: u64| match rules.identity {
        ReadDedup::Off => 0,
        ReadDedup::Key | ReadDedup::Hash => pairs,
    };
    let pairs = |from: u64| (from..from + PAIRS).map(|number| Pair::new(number, rules.identity));
    progress("double clicks: 15 pairs of reads within 30 seconds");
    let before = client.reads()?;
    let mut refused = Refusals::default();
    for pair in pairs(0) {
        pair.clicks(client, 0, &mut refused)?;
        pair.clicks(client, 1, &mut refused)?;
    }
    let inside = client.reads()? - before;
    let expected = counted(PAIRS);
    report.add(Finding {
        test: "double clicks, inside: 15 pairs of reads within 30 s",
        counter: Some([15, 15]),
        expected,
        found: inside,
        examples: refused.examples(expected, inside),
    });

    progress(&format!(
        "double clicks: 15 pairs of reads with {} seconds between them",
        gap.as_secs()
    ));
    let before = client.reads()?;
    let mut refused = Refusals::default();
    let pairs: Vec<_> = pairs(PAIRS).collect();
    for pair in &pairs {
        pair.clicks(client, 0, &mut refused)?;
    }
    thread::sleep(gap);
    for pair in &pairs {
        pair.clicks(client, 1, &mut refused)?;
    }
    let outside = client.reads()? - before;
    report.add(Finding {
        test: "double clicks, outside: 15 pairs of reads with more than 30 s between them",
        counter: Some([30, 15]),
        expected,
        found: outside,
        examples: refused.examples(expected, outside),
    });
    Ok(())
}
