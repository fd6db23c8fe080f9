//! Putting texts together without the standard library's formatting, which would be a fortieth of
//! the widget.

/// The pieces, one after the other.
pub fn join(pieces: &[&str]) -> String {
    let mut text = String::new();
    pieces.iter().for_each(|piece| text.push_str(piece));
    text
}

/// An integer in decimal digits.
pub fn digits(number: u64) -> String {
    const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
    let mut digits = if number < 10 { String::new() } else { digits(number / 10) };
    digits.push_str(DIGITS[(number % 10) as usize]);
    digits
}

/// An integer from decimal digits, if it is nothing else.
pub fn number(digits: &str) -> Option<u64> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| u64::from(byte - b'0'));
    let next = |number: u64, byte| number.checked_mul(10)?.checked_add(digit(byte)?);
    if digits.is_empty() { None } else { digits.bytes().try_fold(0, next) }
}

/// A template with each `{name}` replaced by its value; other braces stay. What is put in is not
/// looked at again.
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut pieces = template.split('{');
    let mut filled = join(&[pieces.next().unwrap_or_default()]);
    for piece in pieces {
        let named =
            values.iter().find_map(|(name, value)| Some((*value, piece.strip_prefix(name)?.strip_prefix("}")?)));
        let (value, rest) = named.unwrap_or(("{", piece));
        filled.push_str(value);
        filled.push_str(rest);
    }
    filled
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{digits, fill};

    #[test]
    fn names_are_replaced_and_everything_else_stays() {
        let values = [("n", "7"), ("option", "{n}")];
        assert_eq!(fill("{n}é{option}{n", &values), "7é{n}{n");
        assert_eq!(fill("{}{x}{{n}}", &values), "{}{x}{7}");
    }

    proptest! {
        #[test]
        fn it_fills_as_the_standard_library_replaces(template in "(\\{n\\}|\\{|\\}|n|é){0,9}") {
            prop_assert_eq!(fill(&template, &[("n", "7")]), template.replace("{n}", "7"));
        }

        #[test]
        fn it_counts_as_the_standard_library_does(number: u64) {
            prop_assert_eq!(digits(number), number.to_string());
        }
    }
}
