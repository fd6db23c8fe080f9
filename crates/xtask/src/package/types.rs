//! Types for the custom elements and their events, made from the tables of docs/embedding.md, which webmasters read.

use anyhow::{Context, Result, ensure};

use super::template;

/// The document with the tables.
const DOCUMENT: &str = "docs/embedding.md";

/// A row of a table.
struct Row {
    names: Vec<String>,
    /// The other cells.
    cells: Vec<String>,
}

/// `gema.d.ts`.
pub(super) fn all() -> Result<String> {
    let document = template::at_root(DOCUMENT)?;
    let article = attributes(&table(&document, "### Attributes")?);
    let count = attributes(&table(&document, "## List pages")?);
    let (events, details) = events(&table(&document, "## Events for your own statistics")?);
    let values = [
        ("ARTICLE", article.as_str()),
        ("COUNT", &count),
        ("DETAILS", &details),
        ("EVENTS", &events),
    ];
    template::filled("npm-widget/gema.d.ts", &values)
}

/// The rows of the first table after a heading.
fn table(document: &str, heading: &str) -> Result<Vec<Row>> {
    let (_, after) = document
        .split_once(&format!("\n{heading}\n"))
        .with_context(|| format!("{DOCUMENT} has no heading `{heading}` any more"))?;
    let lines = after
        .lines()
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'));
    // The first two lines are the heads and the rule.
    let rows: Vec<_> = lines.skip(2).map(row).collect();
    ensure!(
        !rows.is_empty(),
        "{DOCUMENT} has no table after `{heading}` any more"
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

/// The type of an attribute: a union if the cell lists nothing but values, else any text.
fn kind(values: &str) -> String {
    let listed = quoted(values);
    let is_list = !listed.is_empty()
        && values
            == listed
                .iter()
                .map(|value| format!("`{value}`"))
                .collect::<Vec<_>>()
                .join(", ");
    match is_list {
        true => listed
            .iter()
            .map(|value| format!("\"{value}\""))
            .collect::<Vec<_>>()
            .join(" | "),
        false => "string".to_owned(),
    }
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
