//! Types for the custom elements and their events, made from the tables of the documents that webmasters read.

use anyhow::{Context, Result, ensure};

use super::template;

/// Where a table is: the document, and the heading before it.
type Place = (&'static str, &'static str);

const ARTICLE: Place = ("docs/embedding.md", "### Attributes");
const COUNT: Place = ("docs/embedding.md", "## List pages");
const TOP: Place = ("docs/embedding.md", "### Most read in the page");
const READER: Place = ("docs/privacy.md", "## Taking it back");
const EVENTS: Place = ("docs/embedding.md", "## Events for your own statistics");

/// A row of a table.
struct Row {
    names: Vec<String>,
    /// The other cells.
    cells: Vec<String>,
}

/// `gema.d.ts`.
pub(super) fn all() -> Result<String> {
    let (events, details) = events(&rows(EVENTS)?);
    let values = [
        ("ARTICLE", attributes(&rows(ARTICLE)?)),
        ("COUNT", attributes(&rows(COUNT)?)),
        ("TOP", attributes(&rows(TOP)?)),
        ("READER", attributes(&rows(READER)?)),
        ("DETAILS", details),
        ("EVENTS", events),
    ];
    let values = values.each_ref().map(|(name, text)| (*name, text.as_str()));
    template::filled("npm-widget/gema.d.ts", &values)
}

fn rows((document, heading): Place) -> Result<Vec<Row>> {
    table(&template::at_root(document)?, heading).with_context(|| format!("in {document}"))
}

/// The rows of the first table after a heading.
fn table(document: &str, heading: &str) -> Result<Vec<Row>> {
    let (_, after) = document
        .split_once(&format!("\n{heading}\n"))
        .with_context(|| format!("there is no heading `{heading}` any more"))?;
    let lines = after
        .lines()
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'));
    // The first two lines are the heads and the rule.
    let rows: Vec<_> = lines.skip(2).map(row).collect();
    ensure!(
        !rows.is_empty(),
        "there is no table after `{heading}` any more"
    );
    Ok(rows)
}

fn row(line: &str) -> Row {
    let mut cells = line
        .trim_matches('|')
        .split(" | ")
        .map(|cell| cell.trim().to_owned());
    let names = cells.next().map(|cell| quoted(&cell)).unwrap_or_default();
    Row {
        names,
        cells: cells.collect(),
    }
}

/// The words of a cell that are in backticks.
fn quoted(cell: &str) -> Vec<String> {
    cell.split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

fn attributes(rows: &[Row]) -> String {
    let line = |name: &String, row: &Row| {
        let [values, meaning] = [0, 1].map(|at| row.cells.get(at).map_or("", String::as_str));
        format!(
            "  /** {} */\n  {name}?: {};\n",
            plain(meaning),
            kind(values)
        )
    };
    rows.iter()
        .flat_map(|row| row.names.iter().map(move |name| line(name, row)))
        .collect()
}

/// The type of an attribute: a union if the cell lists nothing but values, a number if it is a range, else any text.
fn kind(values: &str) -> String {
    let listed = quoted(values);
    let is_list = !listed.is_empty() && values == joined(&listed, "`", ", ");
    let is_range = values
        .split_once(" to ")
        .is_some_and(|(least, most)| [least, most].iter().all(|end| end.parse::<u32>().is_ok()));
    if is_list {
        joined(&listed, "\"", " | ")
    } else if is_range {
        "number | `${number}`".to_owned()
    } else {
        "string".to_owned()
    }
}

/// The words, each between two quotes.
fn joined(words: &[String], quote: &str, separator: &str) -> String {
    let quoted: Vec<_> = words
        .iter()
        .map(|word| format!("{quote}{word}{quote}"))
        .collect();
    quoted.join(separator)
}

/// The map from each event to its detail, and the details' types.
fn events(rows: &[Row]) -> (String, String) {
    let (mut map, mut details) = (String::new(), String::new());
    for (name, row) in rows
        .iter()
        .flat_map(|row| row.names.iter().map(move |name| (name, row)))
    {
        let [when, detail] = [0, 1].map(|at| row.cells.get(at).map_or("", String::as_str));
        let of = format!(
            "Gema{}Detail",
            capitalised(name.trim_start_matches("gema-"))
        );
        map += &format!(
            "  /** {} */\n  \"{name}\": CustomEvent<{of}>;\n",
            plain(when)
        );
        details += &format!("export interface {of} {{\n{}}}\n\n", fields(detail));
    }
    (map, details.trim_end().to_owned())
}

/// The fields of `article`, `reaction` (`null`: taken back).
fn fields(cell: &str) -> String {
    let parts = cell
        .split(", ")
        .filter_map(|part| Some((quoted(part).into_iter().next()?, part)));
    let line = |(name, part): (String, &str)| {
        let or_null = if part.contains("(`null`") {
            " | null"
        } else {
            ""
        };
        format!("  {name}: string{or_null};\n")
    };
    parts.map(line).collect()
}

fn capitalised(word: &str) -> String {
    let (first, rest) = word.split_at(word.len().min(1));
    first.to_uppercase() + rest
}

/// Markdown as text for a comment: without links, and without references to other places of the document.
fn plain(text: &str) -> String {
    let text = text
        .split("; see [")
        .next()
        .unwrap_or(text)
        .replace("*/", "");
    let mut plain = String::new();
    let mut rest = text.as_str();
    while let Some((before, link)) = rest.split_once('[') {
        plain += before;
        let Some((words, after)) = link.split_once("](") else {
            break;
        };
        plain += words;
        rest = after.split_once(')').map_or("", |(_, after)| after);
    }
    plain + rest
}

#[cfg(test)]
mod tests;
