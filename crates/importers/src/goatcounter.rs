use std::{
    collections::{BTreeMap, HashMap},
    io::{BufRead, BufReader, Read},
};

use csv::{ReaderBuilder, StringRecord};
use rawzip::{CompressionMethod, ZipArchive};
use serde::{Deserialize, de::DeserializeOwned};
use store::Metric;
use wire::ArticleKey;

use super::{
    ContentsBuilder, ExportContents, ReadError, csv as csv_table,
    lines::LimitedLines,
    path::{self, Page},
    unreadable,
};

/// The reason under which skipped events are reported.
const EVENTS: &str = "events";

/// GoatCounter's CSV export, versions 1 and 2, described at <https://www.goatcounter.com/help/export>: a row per page
/// view, with the version before the first column name (`2Path`). Counts as reads what GoatCounter itself displays:
/// the first view of a page in a visit, but no further views, events or bots.
///
/// # Errors
/// [`ReadError`] names the line and the column.
pub fn read(from: impl Read) -> Result<ExportContents, ReadError> {
    let mut table = ReaderBuilder::new().from_reader(LimitedLines::new(from));
    let headings = table.headers().map_err(unreadable)?.clone();
    let at = Columns::of(&headings)?;
    let mut builder = ContentsBuilder::of(vec![Metric::Reads]);
    for row in table.records() {
        let row = match row {
            Ok(row) => row,
            Err(error) if csv_table::is_of_one_row(&error) => {
                let line = error.position().map_or(0, csv::Position::line);
                builder.report_row(format!("line {line}"), "Path", error.to_string());
                continue;
            }
            Err(error) => return Err(unreadable(error)),
        };
        let field = |at: usize| row.get(at).unwrap_or_default().trim();
        let place = || format!("line {}", row.position().map_or(0, csv::Position::line));
        let flags = [("Event", at.event), ("FirstVisit", at.first)]
            .map(|(name, at)| (name, field(at), flag(field(at))));
        let bot = field(at.bot);
        match (flags.map(|(.., flag)| flag), bot.parse::<u32>()) {
            ([Some(true), _], _) => builder.skip(EVENTS),
            ([Some(false), Some(true)], Ok(0)) => builder.count(field(at.path), 1),
            ([Some(false), Some(false)], Ok(0)) => {
                builder.skip("page views that were not the first of their visit")
            }
            ([Some(false), Some(_)], Ok(_)) => builder.skip("page views of bots"),
            ([Some(false), Some(_)], Err(_)) => {
                builder.report_row(place(), "Bot", format!("`{bot}` is not a number"))
            }
            _ => {
                let wrong = flags.into_iter().find(|(.., flag)| flag.is_none());
                let (name, text) = wrong.map_or(("Event", ""), |(name, text, _)| (name, text));
                builder.report_row(
                    place(),
                    name,
                    format!("`{text}` is neither true nor false (1 nor 0)"),
                );
            }
        }
    }
    Ok(builder.finish())
}

/// GoatCounter exports booleans as its database stores them: `1` in SQLite, else `true`.
fn flag(text: &str) -> Option<bool> {
    match text {
        "1" | "true" | "t" => Some(true),
        "0" | "false" | "f" => Some(false),
        _ => None,
    }
}

impl ContentsBuilder {
    /// Counts the views of a page.
    pub(super) fn count(&mut self, path: &str, views: u64) {
        self.count_by(path, views, |builder, key| builder.add(key, &[views]));
    }

    /// Counts all views of a page. Another path with the same article is noted.
    pub(super) fn count_all(&mut self, path: &str, views: u64) {
        self.count_by(path, views, |builder, key| {
            builder.add_named(path, key, &[views])
        });
    }

    fn count_by(&mut self, path: &str, views: u64, add: impl FnOnce(&mut Self, ArticleKey)) {
        match path::page(path) {
            Ok(Page::Article(key)) => add(self, key),
            Ok(Page::Home | Page::Index) => self.skip_many("page views of the home page", views),
            Err(invalid) => self.skip_many(
                format!("page views of a path that can be no key: it {invalid}"),
                views,
            ),
        }
    }
}

struct Columns {
    path: usize,
    event: usize,
    bot: usize,
    first: usize,
}

impl Columns {
    fn of(headings: &StringRecord) -> Result<Self, ReadError> {
        let first = headings
            .get(0)
            .unwrap_or_default()
            .trim_start_matches('\u{feff}');
        let version = first
            .strip_suffix("Path")
            .and_then(|version| version.parse::<u32>().ok());
        let named = |name: &str| headings.iter().position(|heading| heading == name);
        match (version, named("Event"), named("Bot"), named("FirstVisit")) {
            (Some(1 | 2), Some(event), Some(bot), Some(first)) => Ok(Self {
                path: 0,
                event,
                bot,
                first,
            }),
            (Some(version @ 3..), ..) => Err(ReadError::File(format!(
                "version {version} of GoatCounter's CSV is not known here: 1 and 2 are"
            ))),
            _ => Err(ReadError::File(
                "line 1: a CSV export of GoatCounter begins with 2Path,Title,Event,…".into(),
            )),
        }
    }
}

#[derive(Deserialize)]
struct Info {
    export_version: serde_json::Value,
}

#[derive(Deserialize)]
struct PathLine {
    id: u64,
    path: String,
    #[serde(default)]
    event: bool,
}

#[derive(Deserialize)]
struct HitLine {
    path_id: u64,
    count: u64,
}

/// GoatCounter's JSON export, version 1, described at <https://www.goatcounter.com/help/export-json>: a ZIP of files,
/// with or without a folder. `hit_stats.jsonl` has the visits per hour, path and referrer, without bots, which count
/// as reads; `paths.jsonl` has the path of each id, and whether it is an event.
///
/// # Errors
/// [`ReadError`] names the file and the line.
pub fn read_zip(zip: &[u8]) -> Result<ExportContents, ReadError> {
    let zip = Zip::open(zip)?;
    let info = serde_json::from_reader::<_, Info>(zip.file("info.json")?)
        .map_err(|error| ReadError::File(format!("info.json: {error}")))?;
    let version = info.export_version.to_string();
    let version = version.trim_matches('"');
    if version.split('.').next() != Some("1") {
        return Err(ReadError::File(format!(
            "version {version} of GoatCounter's JSON is not known here: 1 is"
        )));
    }
    let mut builder = ContentsBuilder::of(vec![Metric::Reads]);
    let mut paths = HashMap::new();
    zip.lines(
        "paths.jsonl",
        &mut builder,
        |PathLine { id, path, event }| {
            paths.insert(id, (path, event));
            Ok(())
        },
    )?;
    // In the order of their numbers, so that the same file gives the same notes.
    let mut views: BTreeMap<u64, u64> = BTreeMap::new();
    zip.lines(
        "hit_stats.jsonl",
        &mut builder,
        |HitLine { path_id, count }| {
            if !paths.contains_key(&path_id) {
                return Err(format!("paths.jsonl has no path {path_id}"));
            }
            let sum = views.entry(path_id).or_default();
            *sum = sum.saturating_add(count);
            Ok(())
        },
    )?;
    for (id, views) in views {
        match paths.get(&id) {
            Some((_, true)) => builder.skip_many(EVENTS, views),
            Some((path, false)) => builder.count_all(path, views),
            None => {}
        }
    }
    Ok(builder.finish())
}

/// A ZIP's files, by the last part of their path.
struct Zip<'a> {
    archive: rawzip::ZipSliceArchive<&'a [u8]>,
    files: HashMap<String, (rawzip::ZipArchiveEntryWayfinder, CompressionMethod)>,
}

impl<'a> Zip<'a> {
    fn open(bytes: &'a [u8]) -> Result<Self, ReadError> {
        let archive = ZipArchive::from_slice(bytes).map_err(unreadable)?;
        let (mut files, mut entries) = (HashMap::new(), archive.entries());
        while let Some(entry) = entries.next_entry().map_err(unreadable)? {
            let path = entry.file_path();
            let name = path
                .as_ref()
                .rsplit(|byte| *byte == b'/')
                .next()
                .unwrap_or_default();
            files.insert(
                String::from_utf8_lossy(name).into_owned(),
                (entry.wayfinder(), entry.compression_method()),
            );
        }
        Ok(Self { archive, files })
    }

    /// A file's unpacked content. Its lines are limited: a small archive may unpack to a line that fills the memory.
    fn file(&self, name: &str) -> Result<LimitedLines<Box<dyn Read + '_>>, ReadError> {
        let (at, method) = self.files.get(name).ok_or_else(|| {
            ReadError::File(format!(
                "this ZIP is not a JSON export of GoatCounter: there is no {name} in it"
            ))
        })?;
        let entry = self.archive.get_entry(*at).map_err(unreadable)?;
        let unpacked: Box<dyn Read + '_> = match *method {
            CompressionMethod::STORE => Box::new(entry.verifying_reader(entry.data())),
            CompressionMethod::DEFLATE => {
                Box::new(entry.verifying_reader(flate2::bufread::DeflateDecoder::new(entry.data())))
            }
            _ => {
                let reason =
                    format!("{name} is compressed in a way that is not known here: pack it again");
                return Err(ReadError::File(reason));
            }
        };
        Ok(LimitedLines::new(unpacked))
    }

    /// Calls `each` with each parsed line of a file. A wrong line is left out, and reported.
    fn lines<T: DeserializeOwned>(
        &self,
        name: &str,
        builder: &mut ContentsBuilder,
        mut each: impl FnMut(T) -> Result<(), String>,
    ) -> Result<(), ReadError> {
        for (number, line) in BufReader::new(self.file(name)?).lines().enumerate() {
            let place = || format!("{name}, line {}", number + 1);
            let line = line.map_err(|error| ReadError::File(format!("{}: {error}", place())))?;
            if line.trim().is_empty() {
                continue;
            }
            let parsed = serde_json::from_str::<T>(&line).map_err(|error| error.to_string());
            if let Err(reason) = parsed.and_then(&mut each) {
                builder.report_row(place(), "JSON", reason);
            }
        }
        Ok(())
    }
}
