//! Writes docs/performance.md: each benchmark owns the text between its two marks there, and one picture.

use anyhow::{Context, Result};

use super::machine;
use devtools::{progress, repo};

/// Replaces the results of `cargo xtask COMMAND`, with the machine and the date.
///
/// `how` describes the figures (such as "Medians of 5 runs"). `picture` is a name and an SVG, which is written beside
/// the document as `performance-NAME.svg`.
pub(crate) fn put(command: &str, how: &str, table: &str, picture: (&str, &str)) -> Result<()> {
    let file = repo::root().join("docs/performance.md");
    let text = std::fs::read_to_string(&file)
        .with_context(|| format!("cannot read {}", file.display()))?;
    let (name, svg) = picture;
    let machine = machine::line();
    let measured =
        format!("{how}, on {machine}.\n\n![The same as bars](performance-{name}.svg)\n\n{table}");
    std::fs::write(&file, replaced(&text, command, &measured)?)?;
    std::fs::write(file.with_file_name(format!("performance-{name}.svg")), svg)?;
    progress::line(format!(
        "what was measured by `{command}` is written to docs/performance.md"
    ));
    Ok(())
}

/// The text with `measured` between the marks of the command.
fn replaced(text: &str, command: &str, measured: &str) -> Result<String> {
    let begin = format!("<!-- measured by `cargo xtask {command}` -->\n");
    let end = format!("<!-- end of `{command}` -->\n");
    let place = || {
        format!(
            "docs/performance.md has no place for this: a line {begin}and after it a line {end}"
        )
    };
    let (before, rest) = text.split_once(&begin).with_context(place)?;
    let (_, after) = rest.split_once(&end).with_context(place)?;
    Ok(format!("{before}{begin}{measured}{end}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_command_replaces_what_is_its_own() {
        let text =
            "a\n<!-- measured by `cargo xtask bench x` -->\nold\n<!-- end of `bench x` -->\nb\n";
        let new = replaced(text, "bench x", "new\n").unwrap();
        assert_eq!(new, text.replace("old", "new"));
        let error = replaced(text, "bench y", "new\n").unwrap_err().to_string();
        assert!(
            error.contains("<!-- measured by `cargo xtask bench y` -->"),
            "{error}"
        );
    }
}
