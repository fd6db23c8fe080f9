use std::io::Read;

use csv::{ReaderBuilder, StringRecord};

use super::{Earlier, Gathered, Refused, path};
use crate::store::Metric;

/// The CSV export of GoatCounter, versions 1 and 2, described at <https://www.goatcounter.com/code/export>: a row a hit, and the
/// version before the first heading (`2Path`). Page views count as reads; events and bots do not.
///
/// # Errors
/// [`Refused`] names the line and the column.
pub fn read(from: impl Read) -> Result<Earlier, Refused> {
    let mut table = ReaderBuilder::new().from_reader(from);
    let headings = table.headers().map_err(unreadable)?.clone();
    let at = Columns::of(&headings)?;
    let mut gathered = Gathered::of(vec![Metric::Reads]);
    for row in table.records() {
        let row = row.map_err(unreadable)?;
        let field = |at: usize| row.get(at).unwrap_or_default().trim();
        let place = || format!("line {}", row.position().map_or(0, csv::Position::line));
        match (field(at.event), field(at.bot).parse::<u32>()) {
            ("true", _) => gathered.skip("events"),
            ("false", Ok(0)) => match path::key(field(at.path)) {
                Ok(Some(key)) => gathered.add(key, &[1]),
                Ok(None) => gathered.skip("page views of the home page"),
                Err(invalid) => gathered.skip(format!("page views of a path that can be no key: it {invalid}")),
            },
            ("false", Ok(_)) => gathered.skip("page views of bots"),
            ("false", Err(_)) => gathered.wrong(place(), "Bot", format!("`{}` is no number", field(at.bot))),
            (event, _) => gathered.wrong(place(), "Event", format!("`{event}` is neither true nor false")),
        }
        if gathered.is_enough() {
            break;
        }
    }
    gathered.finish()
}

struct Columns {
    path: usize,
    event: usize,
    bot: usize,
}

impl Columns {
    fn of(headings: &StringRecord) -> Result<Self, Refused> {
        let first = headings.get(0).unwrap_or_default().trim_start_matches('\u{feff}');
        let version = first.strip_suffix("Path").and_then(|version| version.parse::<u32>().ok());
        let named = |name: &str| headings.iter().position(|heading| heading == name);
        match (version, named("Event"), named("Bot")) {
            (Some(1 | 2), Some(event), Some(bot)) => Ok(Self { path: 0, event, bot }),
            (Some(version @ 3..), ..) => {
                Err(Refused::File(format!("version {version} of GoatCounter's export is not known here: 1 and 2 are")))
            }
            _ => Err(Refused::File("line 1: a CSV export of GoatCounter begins with 2Path,Title,Event,…".into())),
        }
    }
}

fn unreadable(error: csv::Error) -> Refused {
    Refused::File(format!("it cannot be read: {error}"))
}
