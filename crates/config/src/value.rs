//! Removal of values from error messages: a misplaced value may be a key or a password.

/// Values of this length and longer may be keys: see `Secret::weakness`.
const MIN_KEY_CHARS: usize = 20;

/// The message without the value that serde quotes in it, and without the user and password of a URL.
pub(crate) fn without_value(message: &str) -> String {
    for start in ["invalid type: ", "invalid value: "] {
        let parts = message
            .strip_prefix(start)
            .and_then(|rest| rest.rsplit_once(", expected "));
        if let Some((found, expected)) = parts {
            let kind = found
                .split(['"', '`'])
                .next()
                .unwrap_or_default()
                .trim_end();
            return format!("{start}{kind}, expected {expected}");
        }
    }
    let variant = message
        .strip_prefix("unknown variant `")
        .and_then(|rest| rest.split_once("`, expected "));
    match variant {
        Some((name, expected)) if !is_short_word(name) => {
            format!("unknown variant, expected {expected}")
        }
        _ => without_user(message),
    }
}

fn is_short_word(text: &str) -> bool {
    text.len() < MIN_KEY_CHARS
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// `redis://user:password@host` as `redis://…@host`.
fn without_user(message: &str) -> String {
    let mut parts = message.split("://");
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        shown += "://";
        match part.rsplit_once('@') {
            Some((_, host)) => shown.extend(["…@", host]),
            None => shown += part,
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_may_be_secret_are_removed() {
        for (message, shown) in [
            (
                "invalid type: string \"a\\\", expected b\", expected a table",
                "invalid type: string, expected a table",
            ),
            (
                "invalid type: integer `123456`, expected a string",
                "invalid type: integer, expected a string",
            ),
            (
                "invalid value: integer `-1`, expected u32",
                "invalid value: integer, expected u32",
            ),
            (
                "invalid type: map, expected a string",
                "invalid type: map, expected a string",
            ),
            (
                "unknown variant `none`, expected `all`",
                "unknown variant `none`, expected `all`",
            ),
            (
                "unknown variant `0123456789abcdef0123`, expected `all`",
                "unknown variant, expected `all`",
            ),
            (
                "unknown variant `a b`, expected one of `a`, `b`",
                "unknown variant, expected one of `a`, `b`",
            ),
            (
                "`redis://u:p@s@h` is not a valid address",
                "`redis://…@h` is not a valid address",
            ),
            (
                "`https://a`: write \"https://b\"",
                "`https://a`: write \"https://b\"",
            ),
        ] {
            assert_eq!(without_value(message), shown);
        }
    }
}
