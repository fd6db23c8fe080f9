//! Putting texts together without the standard library's formatting, which would be a fortieth of
//! the widget.

/// The pieces, one after the other.
pub fn join(pieces: &[&str]) -> String {
    let mut text = String::new();
    pieces.iter().for_each(|piece| text.push_str(piece));
    text
}

/// What is before and after the first such byte, which is an ASCII character.
pub fn cut(text: &str, byte: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|found| found == byte)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// An integer in decimal digits.
pub fn digits(number: u64) -> String {
    let mut digits = if number < 10 { String::new() } else { digits(number / 10) };
    let digit = (number % 10) as usize;
    digits.push_str("0123456789".get(digit..=digit).unwrap_or_default());
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
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = cut(rest, b'{') {
        filled.push_str(before);
        match values.iter().find_map(|(name, value)| Some((value, after.strip_prefix(*name)?.strip_prefix('}')?))) {
            Some((value, after)) => {
                filled.push_str(value);
                rest = after;
            }
            None => {
                filled.push_str("{");
                rest = after;
            }
        }
    }
    filled.push_str(rest);
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
