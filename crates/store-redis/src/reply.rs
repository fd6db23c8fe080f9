//! Parsing of replies. An unexpected type gives `None` or nothing, for the caller to judge.

use redis::Value;

/// A string of any type.
pub(super) fn text(value: &Value) -> Option<&[u8]> {
    match value {
        Value::BulkString(bytes) => Some(bytes),
        Value::SimpleString(text) => Some(text.as_bytes()),
        Value::Okay => Some(b"OK"),
        _ => None,
    }
}

pub(super) fn utf8(value: &Value) -> Option<&str> {
    text(value).and_then(|bytes| std::str::from_utf8(bytes).ok())
}

/// An integer, also if it is sent as a string.
pub(super) fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Int(number) => Some(*number),
        other => utf8(other)?.parse().ok(),
    }
}

/// The elements of an array.
pub(super) fn list(value: &Value) -> &[Value] {
    match value {
        Value::Array(values) => values,
        _ => &[],
    }
}

/// The elements of an array, without a copy.
pub(super) fn into_list(value: Value) -> Vec<Value> {
    match value {
        Value::Array(values) => values,
        _ => Vec::new(),
    }
}

/// The field-value pairs of a hash.
pub(super) fn pairs(value: &Value) -> impl Iterator<Item = (&[u8], &[u8])> {
    list(value)
        .chunks_exact(2)
        .filter_map(|pair| Some((text(&pair[0])?, text(&pair[1])?)))
}
