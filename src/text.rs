//! String functions without the standard library's formatting, which would be a fortieth of the widget.

/// Concatenates the pieces.
pub fn join(pieces: &[&str]) -> String {
    let mut text = String::new();
    pieces.iter().for_each(|piece| text.push_str(piece));
    text
}

/// An integer in decimal digits.
pub fn digits(number: u64) -> String {
    const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
    let mut digits = if number < 10 {
        String::new()
    } else {
        digits(number / 10)
    };
    digits.push_str(DIGITS[(number % 10) as usize]);
    digits
}

/// Parses an integer of at most 19 decimal digits, and nothing else.
pub fn number(digits: &str) -> Option<u64> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| u64::from(byte - b'0'));
    let next = |number: u64, byte| Some(number * 10 + digit(byte)?);
    // 20 digits may overflow.
    if matches!(digits.len(), 1..=19) {
        digits.bytes().try_fold(0, next)
    } else {
        None
    }
}

/// Splits at the first occurrence of an ASCII character; `None` if there is none. The standard library's search would
/// be a hundredth of the widget.
pub fn cut(text: &str, at: u8) -> (&str, Option<&str>) {
    match text.bytes().position(|byte| byte == at) {
        Some(place) => (&text[..place], Some(&text[place + 1..])),
        None => (text, None),
    }
}

/// Replaces each `{name}` of a template by its value; other braces stay. Inserted values are not expanded again.
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let (start, mut rest) = cut(template, b'{');
    let mut filled = join(&[start]);
    while let Some(text) = rest {
        let (piece, after) = cut(text, b'{');
        rest = after;
        let named = values
            .iter()
            .find_map(|(name, value)| Some((*value, piece.strip_prefix(name)?.strip_prefix("}")?)));
        let (value, plain) = named.unwrap_or(("{", piece));
        filled.push_str(value);
        filled.push_str(plain);
    }
    filled
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{cut, digits, fill, number};

    #[test]
    fn names_are_replaced_and_everything_else_stays() {
        let values = [("n", "7"), ("option", "{n}")];
        assert_eq!(fill("{n}é{option}{n", &values), "7é{n}{n");
        assert_eq!(fill("{}{x}{{n}}", &values), "{}{x}{7}");
    }

    proptest! {
        #[test]
        fn fill_replaces_like_the_standard_library(template in "(\\{n\\}|\\{|\\}|n|é){0,9}") {
            prop_assert_eq!(fill(&template, &[("n", "7")]), template.replace("{n}", "7"));
        }

        #[test]
        fn cut_splits_like_the_standard_library(text in "[a;é]{0,9}") {
            let split = text.split_once(';').map_or((&*text, None), |(before, after)| (before, Some(after)));
            prop_assert_eq!(cut(&text, b';'), split);
        }

        #[test]
        fn integers_are_parsed_like_the_standard_library(text in "[0-9]{0,19}|[0-9x+ -]{1,9}") {
            let plain = text.bytes().all(|byte| byte.is_ascii_digit());
            prop_assert_eq!(number(&text), text.parse().ok().filter(|_| plain));
        }

        #[test]
        fn digits_formats_like_the_standard_library(number: u64) {
            prop_assert_eq!(digits(number), number.to_string());
        }
    }
}
