use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::{
    Spanned,
    de::{DeArray, DeTable, DeValue, Deserializer},
};

use crate::value::without_value;

/// Maximum number of reported errors.
const MAX_REPORTED_FAULTS: usize = 50;

/// Maximum number of attempts to read the file.
const MAX_READ_ATTEMPTS: usize = 1000;

/// Errors of a file, each with its position and the remedy.
#[derive(Debug, Default)]
pub(super) struct Faults(pub(super) Vec<String>);

impl Faults {
    /// The value, or `None` after recording the error.
    pub(super) fn keep<T>(&mut self, result: Result<T, String>) -> Option<T> {
        result.map_err(|fault| self.0.push(fault)).ok()
    }
}

/// Deserializes a file and collects all its errors. serde stops at the first one, so this removes the faulty part and
/// tries again. If there were errors, the result may only be used to look for more of them.
pub(super) fn read<T: DeserializeOwned>(text: &str, faults: &mut Faults) -> Option<T> {
    let (mut table, unparsed) = DeTable::parse_recoverable(text);
    if !unparsed.is_empty() {
        faults.0.extend(
            unparsed
                .into_iter()
                .take(MAX_REPORTED_FAULTS)
                .map(|error| shown(error, text)),
        );
        return None;
    }
    for _ in 0..MAX_READ_ATTEMPTS {
        match T::deserialize(Deserializer::from(table.clone())) {
            Ok(file) => return Some(file),
            Err(error) => {
                let span = error.span();
                let fault = shown(error, text);
                // For an item of an array, the span is that of the whole array: items are removed one by one until the
                // error is gone, so it may recur.
                if faults.0.last() != Some(&fault) {
                    faults.0.push(fault);
                }
                if faults.0.len() == MAX_REPORTED_FAULTS
                    || !span.is_some_and(|span| leave_out(table.get_mut(), &span))
                {
                    return None;
                }
            }
        }
    }
    None
}

/// The error with its position and option. It quotes neither the line nor a value, which may be a key or a password:
/// errors go to the log.
fn shown(mut error: toml::de::Error, text: &str) -> String {
    let position = error.span().map(|span| position(text, span.start));
    // Without the input, the display is the message and the option.
    error.set_input(None);
    let display = error.to_string();
    let option = display
        .strip_prefix(error.message())
        .and_then(|rest| rest.trim().strip_prefix("in "));
    let place = position.map(|(line, column)| format!("at line {line}, column {column}"));
    let place: Vec<_> = place
        .into_iter()
        .chain(option.map(|option| format!("in {option}")))
        .collect();
    let reason = without_value(error.message());
    if place.is_empty() {
        reason
    } else {
        format!("{}: {reason}", place.join(", "))
    }
}

/// Line and column of a byte, counted from 1.
fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

/// Removes the smallest item that contains the span. Returns whether there was one.
fn leave_out(table: &mut DeTable<'_>, span: &Range<usize>) -> bool {
    if table
        .iter_mut()
        .any(|(_, value)| leave_out_within(value, span))
    {
        return true;
    }
    let at_fault =
        |key: &Spanned<_>, value: &Spanned<_>| key.span() == *span || has(&value.span(), span);
    let name = table
        .iter()
        .find(|(key, value)| at_fault(key, value))
        .map(|(key, _)| key.get_ref().to_string());
    name.is_some_and(|name| table.remove(name.as_str()).is_some())
}

fn leave_out_within(value: &mut Spanned<DeValue<'_>>, span: &Range<usize>) -> bool {
    let whole = value.span();
    match value.get_mut() {
        DeValue::Table(table) => leave_out(table, span),
        DeValue::Array(array) => {
            if array.iter_mut().any(|item| leave_out_within(item, span)) {
                return true;
            }
            let at_fault = array
                .iter()
                .position(|item| has(&item.span(), span))
                .or((whole == *span).then_some(0));
            let Some(at_fault) = at_fault.filter(|place| *place < array.len()) else {
                return false;
            };
            let mut rest = DeArray::new();
            let others = array
                .iter()
                .enumerate()
                .filter(|(place, _)| *place != at_fault);
            others.for_each(|(_, item)| rest.push(item.clone()));
            *array = rest;
            true
        }
        _ => false,
    }
}

fn has(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}
