//! The table of theming properties in the documents.

use super::tokens::{Default, Property};

pub(super) fn english(properties: &[Property]) -> String {
    table(
        ["property", "default (light, dark)", "for", "as"],
        properties,
        |property| &property.english,
    )
}

pub(super) fn indonesian(properties: &[Property]) -> String {
    table(
        ["properti", "bawaan (terang, gelap)", "untuk", "sama dengan"],
        properties,
        |property| &property.indonesian,
    )
}

/// `same`: the words for "the default is that of another property".
fn table(
    [name, default, what, same]: [&str; 4],
    properties: &[Property],
    purpose: fn(&Property) -> &str,
) -> String {
    let rows = properties.iter().map(|property| {
        let default = match &property.default {
            Default::Colours(light, dark) => format!("`{light}`, `{dark}`"),
            Default::As(other) => format!("{same} `{other}`"),
            Default::Value(value) => format!("`{value}`"),
        };
        row([
            &format!("`{}`", property.name),
            &default,
            purpose(property).trim_end_matches('.'),
        ])
    });
    row([name, default, what]) + "|---|---|---|\n" + &rows.collect::<String>()
}

fn row(cells: [&str; 3]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_both_colours_and_what_they_are_for() {
        let default = Default::Colours("#123".into(), "#def".into());
        let [english, indonesian] = ["Text. All of it.".into(), "Teks.".into()];
        let mut property = Property {
            name: "--gema-text".into(),
            default,
            english,
            indonesian,
        };
        let table = super::english(std::slice::from_ref(&property));
        assert!(
            table
                .ends_with("|---|---|---|\n| `--gema-text` | `#123`, `#def` | Text. All of it |\n"),
            "{table}"
        );
        property.default = Default::As("--gema-bar".into());
        let table = super::indonesian(&[property]);
        assert!(
            table.starts_with("| properti | ") && table.contains("| sama dengan `--gema-bar` |"),
            "{table}"
        );
    }
}
