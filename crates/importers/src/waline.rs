/// A row of the export.
mod row;

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufReader, Read},
};

use serde::Deserialize;
use store::Metric;
use wire::Reaction;

use super::{
    ContentsBuilder, ExportContents, MAX_COUNT, ReadError,
    path::{self, Page},
};
use row::{Address, COLUMNS, Number, Row};

/// The poll's option for each of Waline's numbered reactions; `None`: do not import that reaction.
pub type Mapping = BTreeMap<String, Option<Reaction>>;

/// Waline's export (`waline.json` from its administration, or the response of `GET /api/db`):
/// `{"type":"waline","version":1,"data":{"Counter":[{"url":"/a.html","time":12,"reaction0":3,…}],…}}`; the response has
/// this within an outer `data`. See walinejs/waline: `packages/server/src/controller/db.js` (what is exported),
/// `packages/admin/src/pages/migration` (the file), `assets/waline.sql` (the columns). Page views (`time`) count as
/// reads.
///
/// # Errors
/// [`ReadError`] names the row and the field, or the reactions that are missing from the mapping.
pub fn read(from: impl Read, mapping: &Mapping) -> Result<ExportContents, ReadError> {
    if let Some(unknown) = mapping
        .keys()
        .find(|name| !COLUMNS[1..].contains(&name.as_str()))
    {
        return Err(ReadError::File(format!(
            "Waline has no `{unknown}`: it has reaction0 to reaction8"
        )));
    }
    let rows = counters(from)?;
    let options: BTreeSet<&Reaction> = mapping.values().flatten().collect();
    let metrics = options
        .into_iter()
        .map(|option| Metric::Reaction(option.clone()));
    let mut builder = ContentsBuilder::of([Metric::Reads].into_iter().chain(metrics).collect());
    let mut unmapped: BTreeMap<&str, u64> = BTreeMap::new();
    for (url, counters) in by_url(&rows, &mut builder) {
        let key = match path::page(url) {
            Ok(Page::Article(key)) => key,
            Ok(Page::Home) => {
                builder.skip("rows of the home page");
                continue;
            }
            Ok(Page::Index) => {
                // Waline's client sends only `location.pathname`.
                builder.skip(
                    "rows of /index.php or the like: the home page, or articles that only a query (?id=7) tells apart, which Waline \
                     does not have",
                );
                continue;
            }
            Err(invalid) => {
                builder.skip(format!("rows of a path that can be no key: it {invalid}"));
                continue;
            }
        };
        let mut counts = vec![0; builder.contents.metrics.len()];
        for (at, (name, count)) in COLUMNS.into_iter().zip(counters).enumerate() {
            let metric = match mapping.get(name) {
                _ if at == 0 => Metric::Reads,
                Some(Some(option)) => Metric::Reaction(option.clone()),
                Some(None) => continue,
                None => {
                    let votes = unmapped.entry(name).or_default();
                    *votes = votes.saturating_add(count);
                    continue;
                }
            };
            let at = builder
                .contents
                .metrics
                .iter()
                .position(|known| *known == metric);
            at.into_iter().for_each(|at| counts[at] += count);
        }
        builder.add_named(url, key, &counts);
    }
    unmapped.retain(|_, votes| *votes > 0);
    if !unmapped.is_empty() {
        return Err(ReadError::File(ask_for(unmapped.into_iter())));
    }
    Ok(builder.finish())
}

/// The rows of the table `Counter`. Other tables are skipped while reading, because comments may be long.
fn counters(from: impl Read) -> Result<Vec<Row>, ReadError> {
    #[derive(Deserialize)]
    struct Answer {
        r#type: Option<String>,
        data: Option<Within>,
    }
    #[derive(Deserialize)]
    struct Within {
        r#type: Option<String>,
        #[serde(rename = "Counter")]
        counter: Option<Vec<Row>>,
        data: Option<Tables>,
    }
    #[derive(Deserialize)]
    struct Tables {
        #[serde(rename = "Counter")]
        counter: Option<Vec<Row>>,
    }
    let answer: Answer = serde_json::from_reader(BufReader::new(from)).map_err(|error| {
        ReadError::File(format!("it is not JSON as Waline exports it: {error}"))
    })?;
    let of = |kind: &Option<String>| kind.as_deref() == Some("waline");
    let counter = match answer.data {
        Some(tables) if of(&answer.r#type) => tables.counter,
        Some(within) if of(&within.r#type) => within.data.and_then(|tables| tables.counter),
        _ => {
            return Err(ReadError::File(
                "it is not an export of Waline: it does not say \"type\": \"waline\"".into(),
            ));
        }
    };
    counter.ok_or_else(|| ReadError::File("this export of Waline has no table `Counter`".into()))
}

/// Counts by address. Waline updates all rows of the same address at once, so the greatest value is used.
fn by_url<'r>(
    rows: &'r [Row],
    builder: &mut ContentsBuilder,
) -> BTreeMap<&'r str, [u64; COLUMNS.len()]> {
    let mut by_url: BTreeMap<&str, [u64; COLUMNS.len()]> = BTreeMap::new();
    for (number, row) in rows.iter().enumerate() {
        let place = || format!("Counter, row {}", number + 1);
        let url = match &row.url {
            Address::Text(url) => url,
            Address::Missing => {
                builder.skip("rows without an address");
                continue;
            }
            Address::Wrong => {
                builder.report_row(place(), "url", "must be a text");
                continue;
            }
        };
        let mut counts = [0; COLUMNS.len()];
        let mut is_wrong = false;
        for (at, name) in COLUMNS.into_iter().enumerate() {
            match &row.numbers[at] {
                Number::Count(count) => counts[at] = *count,
                // The rest of the row is imported.
                Number::Beyond => builder.skip(format!(
                    "numbers in `{name}` that are too great to be a count (over {MAX_COUNT})"
                )),
                Number::Wrong(reason) => {
                    is_wrong = true;
                    builder.report_row(place(), name, &**reason);
                }
            }
        }
        if is_wrong {
            continue;
        }
        let known = by_url.entry(url).or_default();
        for (known, count) in known.iter_mut().zip(counts) {
            *known = count.max(*known);
        }
    }
    by_url
}

/// Asks for the options of reactions that the mapping does not name.
pub(super) fn ask_for<'n>(unmapped: impl Iterator<Item = (&'n str, u64)>) -> String {
    let (said, names): (Vec<_>, Vec<_>) = unmapped
        .map(|(name, votes)| (format!("{name} ({votes} votes)"), format!("{name}=…")))
        .unzip();
    let (said, names) = (said.join(", "), names.join(","));
    format!(
        "which option of the poll is each of these? {said}. Say so with --map {names}; =- leaves one out"
    )
}
