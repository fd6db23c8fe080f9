use visitor::{Day, Hour};
use widget::{format::Format, text::fill};

use super::texts::PageTexts;

/// Texts and formats of one page.
#[derive(Clone)]
pub struct PageContext {
    /// Texts.
    pub texts: &'static PageTexts,
    /// Numbers and dates.
    pub format: &'static (dyn Format + Sync),
    formats: locale::Language,
}

/// How a number has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// More than before.
    Up,
    /// Fewer than before.
    Down,
    /// The same, or there was nothing before.
    None,
}

impl PageContext {
    /// Texts of one language, and formats of another.
    pub fn new(texts: &'static PageTexts, formats: &locale::Language) -> Self {
        Self {
            texts,
            format: locale::formatter(formats),
            formats: formats.clone(),
        }
    }

    /// A number of the locale; a negative one with a minus sign.
    pub fn number(&self, number: i64) -> String {
        let digits = self.format.number(number.unsigned_abs());
        if number < 0 {
            format!("\u{2212}{digits}")
        } else {
            digits
        }
    }

    /// A percentage of the locale, with a sign.
    pub fn percent(&self, percent: i64) -> String {
        fill(
            locale::percent(&self.formats),
            &[("n", &self.number(percent))],
        )
    }

    /// A date in full.
    pub fn date(&self, day: Day) -> String {
        self.format.date(&day.to_string())
    }

    /// Day and month.
    pub fn short_date(&self, day: Day) -> String {
        locale::short_date(&self.formats, &day.to_string())
    }

    /// The month of a day.
    pub(crate) fn month(&self, day: Day) -> String {
        locale::month(&self.formats, &day.to_string(), false)
    }

    /// The same, in short.
    pub(crate) fn short_month(&self, day: Day) -> String {
        locale::month(&self.formats, &day.to_string(), true)
    }

    /// A time of day on the hour.
    pub fn hour(&self, hour: Hour) -> String {
        self.clock(hour, 0)
    }

    /// A time of day.
    pub fn clock(&self, hour: Hour, minute: u8) -> String {
        let digit = |number: u8| self.format.number(number.into());
        let two = |number: u8| format!("{}{}", digit(number / 10), digit(number % 10));
        format!("{}:{}", two(hour.get()), two(minute))
    }

    /// The change from one number to another, and its direction.
    pub fn change(&self, now: i64, before: i64) -> (String, Direction) {
        if before <= 0 {
            let text = if now == 0 {
                self.texts.same_as_before
            } else {
                self.texts.nothing_before
            };
            return (text.to_owned(), Direction::None);
        }
        let percent = ((now - before) as f64 * 100.0 / before as f64).round() as i64;
        match percent {
            0 => (self.texts.same_as_before.to_owned(), Direction::None),
            1.. => (format!("+{}", self.percent(percent)), Direction::Up),
            _ => (self.percent(percent), Direction::Down),
        }
    }

    /// The text with its blanks filled.
    pub fn fill(&self, text: &str, blanks: &[(&str, &str)]) -> String {
        fill(text, blanks)
    }
}
