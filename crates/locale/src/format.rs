//! Formatting of numbers, days and plurals, from CLDR, as in browsers.

use std::sync::{LazyLock, OnceLock};

use icu_calendar::{Date, Gregorian};
use icu_datetime::{
    FixedCalendarDateTimeFormatter,
    fieldsets::{MD, YM, YMDE},
};
use icu_decimal::DecimalFormatter;
use icu_locale::Locale;
use icu_plurals::{PluralCategory, PluralRules};
use widget::{
    format::{Format, Unit},
    segments,
};

use super::file;

/// Formatters of one language.
pub(super) struct LocaleFormatter {
    number: DecimalFormatter,
    day: FixedCalendarDateTimeFormatter<Gregorian, YMDE>,
    short_day: FixedCalendarDateTimeFormatter<Gregorian, MD>,
    month: FixedCalendarDateTimeFormatter<Gregorian, YM>,
    short_month: FixedCalendarDateTimeFormatter<Gregorian, YM>,
    plural: PluralRules,
}

type LazyFormatter = OnceLock<Option<LocaleFormatter>>;

/// Created on first use, because few sites use many languages.
static FORMATTERS: LazyLock<Vec<(&str, LazyFormatter)>> = LazyLock::new(|| {
    file::all()
        .flat_map(|(_, file)| file.locales())
        .map(|locale| (locale, OnceLock::new()))
        .collect()
});

/// The formatters for an exact tag of a file.
pub(super) fn find(locale: &str) -> Option<&'static LocaleFormatter> {
    let (known, formats) = FORMATTERS.iter().find(|(known, _)| *known == locale)?;
    formats.get_or_init(|| LocaleFormatter::new(known)).as_ref()
}

/// The CLDR name of a plural category.
pub(super) fn name(category: PluralCategory) -> &'static str {
    match category {
        PluralCategory::Zero => "zero",
        PluralCategory::One => "one",
        PluralCategory::Two => "two",
        PluralCategory::Few => "few",
        PluralCategory::Many => "many",
        PluralCategory::Other => "other",
    }
}

impl LocaleFormatter {
    fn new(locale: &str) -> Option<Self> {
        let locale: Locale = locale.parse().ok()?;
        Some(Self {
            number: DecimalFormatter::try_new((&locale).into(), Default::default()).ok()?,
            day: FixedCalendarDateTimeFormatter::try_new((&locale).into(), YMDE::long()).ok()?,
            short_day: FixedCalendarDateTimeFormatter::try_new((&locale).into(), MD::medium())
                .ok()?,
            month: FixedCalendarDateTimeFormatter::try_new((&locale).into(), YM::long()).ok()?,
            short_month: FixedCalendarDateTimeFormatter::try_new((&locale).into(), YM::medium())
                .ok()?,
            plural: PluralRules::try_new_cardinal((&locale).into()).ok()?,
        })
    }
}

impl LocaleFormatter {
    /// Day and month, in short: "17 Nov".
    pub(super) fn short_date(&self, day: &str) -> String {
        gregorian(day).map_or_else(
            || day.to_owned(),
            |date| self.short_day.format(&date).to_string(),
        )
    }

    /// The month of a day: "November 2015", or in short "Nov 2015".
    pub(super) fn month(&self, day: &str, is_short: bool) -> String {
        let month = if is_short {
            &self.short_month
        } else {
            &self.month
        };
        gregorian(day).map_or_else(|| day.to_owned(), |date| month.format(&date).to_string())
    }
}

/// The date of `YYYY-MM-DD`, if it is one.
fn gregorian(day: &str) -> Option<Date<Gregorian>> {
    let civil = day.parse::<jiff::civil::Date>().ok()?;
    let month = civil.month().unsigned_abs();
    let day = civil.day().unsigned_abs();
    Date::try_new_gregorian(civil.year().into(), month, day).ok()
}

impl Format for LocaleFormatter {
    fn number(&self, number: u64) -> String {
        self.number.format_to_string(&number.into())
    }

    fn date(&self, day: &str) -> String {
        gregorian(day).map_or_else(|| day.to_owned(), |date| self.day.format(&date).to_string())
    }

    fn plural(&self, number: u64) -> String {
        name(self.plural.category_for(number)).to_owned()
    }

    fn split(&self, unit: Unit, text: &str) -> String {
        segments::split(unit, text)
    }
}

#[cfg(test)]
mod tests;
