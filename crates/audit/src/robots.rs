//! The lists of robots: a read by a browser whose `User-Agent` ends with each of their words, and reads of usual browsers.

use wire::ReadDedup;

use super::{
    client::{Client, Outcome, Rules},
    report::{Finding, Report},
};

/// Agents of readers, on systems of every kind.
const READERS: [&str; 6] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
];

/// Maximum number of examples of a difference.
const MAX_EXAMPLES: usize = 10;

/// Runs the tests.
pub(super) fn test(
    client: &Client,
    rules: &Rules,
    progress: &mut dyn FnMut(&str),
    report: &mut Report,
) -> anyhow::Result<()> {
    let robots: Vec<_> = rules::robot_words()
        .map(|word| format!("{} {word}", READERS[0]))
        .filter(|agent| rules::is_bot(agent))
        .collect();
    progress(&format!("robots: {} agents of the lists", robots.len()));
    let expected = if rules.refuses_robots {
        robots.len() as u64
    } else {
        0
    };
    let mut refused = 0;
    let mut examples = Vec::new();
    for (number, agent) in robots.iter().enumerate() {
        let outcome = client.read(agent, &format!("robot-{number:010}"))?;
        let is_refused = matches!(&outcome, Outcome::Refused(why) if why.contains("bots"));
        refused += u64::from(is_refused);
        if is_refused != rules.refuses_robots && examples.len() < MAX_EXAMPLES {
            examples.push(format!("not as expected: {agent}"));
        }
    }
    report.add(Finding {
        test: "robots: reads refused, one for each word of the lists",
        counter: None,
        expected,
        found: refused,
        examples,
    });

    let before = client.reads()?;
    let mut examples = Vec::new();
    for (number, agent) in READERS.iter().enumerate() {
        if let Outcome::Refused(why) = client.read(agent, &format!("reader-{number:09}"))? {
            examples.push(format!("{agent}: {why}"));
        }
    }
    let expected = match rules.identity {
        ReadDedup::Off => 0,
        ReadDedup::Key | ReadDedup::Hash => READERS.len() as u64,
    };
    if expected == 0 {
        examples.clear();
    }
    report.add(Finding {
        test: "readers: reads of usual browsers",
        counter: None,
        expected,
        found: client.reads()? - before,
        examples,
    });
    Ok(())
}
