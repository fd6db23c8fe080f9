//! How numbers, dates and plurals are written. The browser has this built in (`Intl`), and so has
//! whoever renders on a server; components are handed one and never choose.

use wire::Plural;

/// Writes in one locale.
pub trait Format {
    /// An integer, with the locale's digits and separators.
    fn number(&self, number: u64) -> String;
    /// A part of a whole, in percent.
    fn percent(&self, percent: u64) -> String;
    /// A day in full, with its weekday, from `YYYY-MM-DD`: "Selasa, 17 November 2015". What is no
    /// such day is given back as it is.
    fn date(&self, day: &str) -> String;
    /// The CLDR plural category of a number: `one`, `few`, `other` …
    fn plural(&self, number: u64) -> String;
}

/// The text for that many, with the number in its place: "Di baca 841 kali".
pub fn count(format: &dyn Format, texts: &Plural, number: u64) -> String {
    fill(texts.text(&format.plural(number)), &[("n", &format.number(number))])
}

/// A template with each `{name}` replaced by its value; other braces stay. What is put in is not
/// looked at again. (By bytes: the standard library's search would be a fiftieth of the widget.)
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(brace) = rest.bytes().position(|byte| byte == b'{') {
        filled.push_str(&rest[..brace]);
        rest = &rest[brace + 1..];
        let named = |(name, _): &&(&str, &str)| rest.starts_with(name) && rest[name.len()..].starts_with('}');
        match values.iter().find(named) {
            Some((name, value)) => {
                filled.push_str(value);
                rest = &rest[name.len() + 1..];
            }
            None => filled.push('{'),
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::fill;

    #[test]
    fn names_are_replaced_and_everything_else_stays() {
        let values = [("n", "7"), ("option", "{n}")];
        assert_eq!(fill("{n}é{option}{n", &values), "7é{n}{n");
        assert_eq!(fill("{}{x}{{n}}", &values), "{}{x}{7}");
    }

    proptest! {
        #[test]
        fn it_replaces_as_the_standard_library_does(template in "(\\{n\\}|\\{|\\}|n|é){0,9}") {
            prop_assert_eq!(fill(&template, &[("n", "7")]), template.replace("{n}", "7"));
        }
    }
}
