//! The form of the demo page for trying out theming (demo/coba.html): a field for every property. It is in Indonesian,
//! like the page.

use super::tokens::{Default, Property};

/// A field for each property; two for a colour. The field has the property's name, and its value is the default.
pub(super) fn properties(properties: &[Property]) -> String {
    properties
        .iter()
        .map(|property| field(property, colours(property, properties)))
        .collect()
}

/// A colour's default in the light and in the dark theme; `None` if the property is not a colour.
fn colours<'a>(property: &'a Property, all: &'a [Property]) -> Option<[&'a str; 2]> {
    match &property.default {
        Default::Colours(light, dark) => Some([light, dark]),
        Default::As(other) => colours(all.iter().find(|one| one.name == *other)?, all),
        Default::Value(_) => None,
    }
}

fn field(
    Property {
        name,
        default,
        indonesian,
        ..
    }: &Property,
    colours: Option<[&str; 2]>,
) -> String {
    // The first sentence becomes the label, the others the hint.
    let (label, hint) = indonesian
        .split_once(". ")
        .unwrap_or((indonesian.trim_end_matches('.'), ""));
    let id = name.trim_start_matches('-');
    let hint = if hint.is_empty() {
        String::new()
    } else {
        format!("<small id=\"{id}-hint\">{}</small>", escaped(hint))
    };
    let described = if hint.is_empty() {
        String::new()
    } else {
        format!(" aria-describedby=\"{id}-hint\"")
    };
    let name_of = |tag: &str, more: &str| {
        format!(
            "<{tag}{more}>{} <code>{name}</code></{tag}>",
            escaped(label)
        )
    };
    let lines = match (default, colours) {
        (_, Some(colours)) => {
            let [light, dark] = [(colours[0], "terang"), (colours[1], "gelap")].map(|(colour, when)| {
                format!("<label><input type=\"color\" name=\"{name}\" value=\"{colour}\"> {when}</label>")
            });
            [
                "<fieldset class=\"property\"".to_owned() + &described + ">",
                name_of("legend", ""),
                light,
                dark,
                hint,
                "</fieldset>".into(),
            ]
        }
        (Default::Colours(value, _) | Default::As(value) | Default::Value(value), None) => {
            let plain = "autocomplete=\"off\" autocapitalize=\"none\" spellcheck=\"false\"";
            let input = format!(
                "<input id=\"{id}\" name=\"{name}\" value=\"{}\" {plain}{described}>",
                escaped(value)
            );
            let label = name_of("label", &format!(" for=\"{id}\""));
            [
                "<div class=\"property\">".into(),
                label,
                input,
                hint,
                String::new(),
                "</div>".into(),
            ]
        }
    };
    let lines: Vec<_> = lines.iter().filter(|line| !line.is_empty()).collect();
    let last = lines.len() - 1;
    let indented = |(at, line): (usize, &&String)| {
        let within = if at == 0 || at == last { "" } else { "  " };
        format!("          {within}{line}\n")
    };
    lines.iter().enumerate().map(indented).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests;
