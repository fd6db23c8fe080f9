use std::io::{BufRead, BufReader, Read};

use csv::{ReaderBuilder, StringRecord};
use store::Metric;

use super::{
    ContentsBuilder, ExportContents, ReadError,
    csv::is_of_one_row,
    grouped_count,
    lines::LimitedLines,
    path::{Hosts, Page},
    unreadable, utf16,
};

/// The headings of a table's columns, where the operator has named them with `page` and `reads`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageColumns {
    /// The heading of the column with addresses.
    pub page: Option<String>,
    /// The heading of the column with views.
    pub reads: Option<String>,
}

/// Known headings of columns with addresses, in lower case, in order of preference: those of Matomo (raw and
/// translated), Google Analytics, Plausible, Umami and others.
const PAGES: &[&str] = &[
    "metadata_url",
    "metadata: url",
    "url",
    "page location",
    "full page url",
    "page path and screen class",
    "page path + query string and screen class",
    "page path + query string",
    "page path",
    "jalur halaman dan class layar",
    "jalur halaman dan kelas layar",
    "seitenpfad und bildschirmklasse",
    "chemin de la page et classe de l'écran",
    "ruta de la página y clase de pantalla",
    "caminho da página e classe da tela",
    "paginapad en schermklasse",
    "page",
    "pages",
    "halaman",
    "url_path",
    "path",
    "pathname",
    "jalur",
    "alamat",
    "label",
    "name",
];

/// Known headings of columns with views, in lower case, in order of preference.
const VIEWS: &[&str] = &[
    "pageviews",
    "page views",
    "nb_hits",
    "views",
    "screen_page_views",
    "hits",
    "hit",
    "reads",
    "tayangan",
    "tayangan halaman",
    "tampilan",
    "tampilan halaman",
    "penayangan",
    "kunjungan halaman",
    "dibaca",
    "seitenansichten",
    "aufrufe",
    "vues",
    "vues de pages",
    "vistas",
    "vistas de página",
    "páginas vistas",
    "visualizações",
    "visualizações de página",
    "visualizzazioni",
    "visualizzazioni di pagina",
    "weergaven",
    "paginaweergaven",
    "просмотры",
    "просмотры страниц",
    "表示回数",
    "ページビュー数",
    "浏览次数",
    "count",
];

/// Texts in the address column of rows with totals, and of rows without a page.
const NO_PAGES: &[&str] = &[
    "",
    "(not set)",
    "(other)",
    "total",
    "grand total",
    "others",
    "lainnya",
    "jumlah",
    "-",
    "null",
    "\\n",
];

/// Maximum number of lines before the heading.
const MAX_LINES_BEFORE: usize = 64;

/// A table of pages with their views, as exported by Matomo, Plausible, Umami, Google Analytics 4 and database clients.
/// There may be lines before the heading and further columns; headings may be in several languages; separators are
/// commas, semicolons or tabs; the encoding is UTF-8 or UTF-16. The views of a page's rows are added, because such
/// tables have a row for each day or title of a page. A page is given by its address, with or without scheme, or by its
/// path.
///
/// # Errors
/// [`ReadError`] if no known heading is found; the message names the option to give.
pub fn read(from: impl Read, columns: &PageColumns) -> Result<ExportContents, ReadError> {
    let mut from = BufReader::with_capacity(
        64 * 1024,
        LimitedLines::new(utf16::utf8(from).map_err(unreadable)?),
    );
    let heading = Heading::find(&mut from, columns)?;
    let mut table = ReaderBuilder::new()
        .delimiter(heading.delimiter)
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .from_reader(from);
    let mut builder = ContentsBuilder::of(vec![Metric::Reads]);
    let mut hosts = Hosts::default();
    let mut row = StringRecord::new();
    loop {
        match table.read_record(&mut row) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) if is_of_one_row(&error) => {
                builder.report_row(heading.place(error.position()), "page", error.to_string());
                continue;
            }
            Err(error) => return Err(unreadable(error)),
        }
        let named = row.get(heading.page).unwrap_or_default().trim();
        let views = row.get(heading.reads).unwrap_or_default().trim();
        if NO_PAGES.contains(&named.to_lowercase().as_str()) {
            builder.skip("rows that sum up, or of no page");
            continue;
        }
        let views = match views {
            // A row of another table in the same file.
            "" => {
                builder.skip("rows without views");
                continue;
            }
            views => match grouped_count(views) {
                Ok(0) => {
                    builder.skip("rows without views");
                    continue;
                }
                Ok(views) => views,
                Err(reason) => {
                    builder.report_row(
                        heading.place(row.position()),
                        heading.named.clone(),
                        reason,
                    );
                    continue;
                }
            },
        };
        let page = hosts
            .page(named)
            .or_else(|| is_without_scheme(named).then(|| hosts.page(&format!("//{named}")))?);
        match page {
            None => builder.skip("rows whose page is neither a path nor an address"),
            Some(Ok(Page::Article(key))) => builder.add_named(named, key, &[views]),
            Some(Ok(Page::Home | Page::Index)) => builder.skip("rows of the home page"),
            Some(Err(invalid)) => {
                builder.report_row(heading.place(row.position()), "page", invalid.to_string())
            }
        }
    }
    builder.contents.notes.extend(hosts.note());
    Ok(builder.finish())
}

/// Whether this is an address like `news.example/a`.
fn is_without_scheme(named: &str) -> bool {
    named
        .split_once('/')
        .is_some_and(|(host, _)| host.contains('.') && !host.contains(char::is_whitespace))
}

/// The parsed heading of a table.
struct Heading {
    delimiter: u8,
    /// Indices of the two columns.
    page: usize,
    reads: usize,
    /// Heading of the column with views.
    named: String,
    /// Number of lines up to and including the heading.
    lines: u64,
}

impl Heading {
    /// Finds the heading. Afterwards `from` is at the first row.
    fn find(from: &mut impl BufRead, columns: &PageColumns) -> Result<Self, ReadError> {
        let mut line = Vec::new();
        for number in 1..=MAX_LINES_BEFORE {
            line.clear();
            if from.read_until(b'\n', &mut line).map_err(unreadable)? == 0 {
                break;
            }
            let text = String::from_utf8_lossy(&line);
            let found = b",;\t"
                .iter()
                .find_map(|delimiter| Self::of(&text, *delimiter, columns));
            if let Some(found) = found {
                return Ok(Self {
                    lines: number as u64,
                    ..found
                });
            }
        }
        let named = |column: &Option<String>| {
            column
                .as_ref()
                .map_or("?".to_owned(), |name| format!("`{name}`"))
        };
        Err(ReadError::File(format!(
            "no heading with a column of pages ({}) and one of views ({}): name them with --columns page=HEADING,reads=HEADING",
            named(&columns.page),
            named(&columns.reads)
        )))
    }

    fn of(line: &str, delimiter: u8, columns: &PageColumns) -> Option<Self> {
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .from_reader(line.as_bytes());
        let headings = reader.records().next()?.ok()?;
        let headings: Vec<_> = headings
            .iter()
            .map(|heading| heading.trim_start_matches('\u{feff}').trim().to_lowercase())
            .collect();
        let column = |named: &Option<String>, known: &[&str]| {
            let at = |name: &str| headings.iter().position(|heading| heading == name);
            match named {
                Some(name) => at(&name.trim().to_lowercase()),
                None => known.iter().find_map(|name| at(name)),
            }
        };
        let (page, reads) = (
            column(&columns.page, PAGES)?,
            column(&columns.reads, VIEWS)?,
        );
        let named = headings[reads].clone();
        (page != reads).then_some(Self {
            delimiter,
            page,
            reads,
            named,
            lines: 0,
        })
    }

    /// The line number of a row. `position` is relative to the end of the heading.
    fn place(&self, position: Option<&csv::Position>) -> String {
        format!(
            "line {}",
            position.map_or(0, csv::Position::line) + self.lines
        )
    }
}
