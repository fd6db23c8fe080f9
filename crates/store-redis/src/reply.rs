//! What servers answer, as what it is taken for. What is not as expected is none, and the caller's to judge.

use redis::Value;

/// Text of any form.
pub(super) fn text(value: &Value) -> Option<&[u8]> {
    match value {
        Value::BulkString(bytes) => Some(bytes),
        Value::SimpleString(text) => Some(text.as_bytes()),
        Value::Okay => Some(b"OK"),
        _ => None,
    }
}

/// The same, if it is UTF-8.
pub(super) fn utf8(value: &Value) -> Option<&str> {
    text(value).and_then(|bytes| std::str::from_utf8(bytes).ok())
}

/// A number, also one that is written as text.
pub(super) fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Int(number) => Some(*number),
        other => utf8(other)?.parse().ok(),
    }
}

/// The values of a list.
pub(super) fn list(value: &Value) -> &[Value] {
    match value {
        Value::Array(values) => values,
        _ => &[],
    }
}

/// The fields of a hash with their values.
pub(super) fn pairs(value: &Value) -> impl Iterator<Item = (&[u8], &[u8])> {
    list(value).chunks_exact(2).filter_map(|pair| Some((text(&pair[0])?, text(&pair[1])?)))
}
