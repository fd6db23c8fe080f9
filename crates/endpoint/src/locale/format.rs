//! Numbers, days and plurals as the languages have them, from the data that browsers have too.

use std::sync::LazyLock;

use icu_calendar::{Date, Gregorian};
use icu_datetime::{FixedCalendarDateTimeFormatter, fieldsets::YMDE};
use icu_decimal::DecimalFormatter;
use icu_locale_core::Locale;
use icu_plurals::{PluralCategory, PluralRules};
use widget::format::Format;

use super::file::{self, File};

/// How one language writes.
pub(super) struct Formats {
    number: DecimalFormatter,
    day: FixedCalendarDateTimeFormatter<Gregorian, YMDE>,
    plural: PluralRules,
}

static FORMATS: LazyLock<Vec<(&str, Formats)>> = LazyLock::new(|| {
    let formats = |tag| Formats::new(file::find(tag)?).map(|formats| (tag, formats));
    // The data is part of the program, and a test looks for each file's.
    file::FILES.iter().map(|(tag, _)| formats(*tag).expect("there is data for every language")).collect()
});

/// Those of the language of that file.
pub(super) fn find(tag: &str) -> Option<&'static Formats> {
    FORMATS.iter().find(|(known, _)| *known == tag).map(|(_, formats)| formats)
}

impl Formats {
    fn new(file: &'static File) -> Option<Self> {
        let locale: Locale = file.locale.parse().ok()?;
        Some(Self {
            number: DecimalFormatter::try_new((&locale).into(), Default::default()).ok()?,
            day: FixedCalendarDateTimeFormatter::try_new((&locale).into(), YMDE::long()).ok()?,
            plural: PluralRules::try_new_cardinal((&locale).into()).ok()?,
        })
    }
}

impl Format for Formats {
    fn number(&self, number: u64) -> String {
        self.number.format_to_string(&number.into())
    }

    fn date(&self, day: &str) -> String {
        let parsed = day.parse::<jiff::civil::Date>().ok();
        let parsed = parsed.and_then(|civil| {
            let (month, day) = (civil.month().unsigned_abs(), civil.day().unsigned_abs());
            Date::try_new_gregorian(civil.year().into(), month, day).ok()
        });
        parsed.map_or_else(|| day.to_owned(), |date| self.day.format(&date).to_string())
    }

    fn plural(&self, number: u64) -> String {
        match self.plural.category_for(number) {
            PluralCategory::Zero => "zero",
            PluralCategory::One => "one",
            PluralCategory::Two => "two",
            PluralCategory::Few => "few",
            PluralCategory::Many => "many",
            PluralCategory::Other => "other",
        }
        .to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same as in tests/browser/format.rs, where the browser says them.
    #[test]
    fn days_and_numbers_are_written_as_a_browser_writes_them() {
        let id = find("id").unwrap();
        assert_eq!(id.date("2015-11-17"), "Selasa, 17 November 2015");
        assert_eq!(id.date("2016-02-29"), "Senin, 29 Februari 2016");
        assert_eq!(id.number(1_234_567), "1.234.567");
        assert_eq!((id.plural(1).as_str(), id.plural(841).as_str()), ("other", "other"));
        let en = find("en").unwrap();
        assert_eq!(en.date("2015-11-17"), "Tuesday, November 17, 2015");
        assert_eq!(en.number(1_234_567), "1,234,567");
        assert_eq!((en.plural(1).as_str(), en.plural(0).as_str()), ("one", "other"));
    }

    #[test]
    fn what_is_no_day_is_written_as_it_is() {
        for day in ["kemarin", "2015-02-29", ""] {
            assert_eq!(find("id").unwrap().date(day), day);
        }
    }

    #[test]
    fn there_is_data_for_every_language() {
        for (tag, _) in file::FILES {
            assert!(find(tag).is_some(), "{tag}");
        }
    }
}
