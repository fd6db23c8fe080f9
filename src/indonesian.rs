use crate::format::{Format, Unit};
use crate::segments;

/// Indonesian, as far as these tests need it.
pub(crate) struct Indonesian;

impl Format for Indonesian {
    fn number(&self, number: u64) -> String {
        let digits = number.to_string();
        let groups: Vec<&str> = digits
            .as_bytes()
            .rchunks(3)
            .rev()
            .map(|group| std::str::from_utf8(group).unwrap())
            .collect();
        groups.join(".")
    }
    fn date(&self, day: &str) -> String {
        format!("«{day}»")
    }
    fn plural(&self, _: u64) -> String {
        "other".into()
    }
    fn split(&self, unit: Unit, text: &str) -> String {
        segments::split(unit, text)
    }
}
