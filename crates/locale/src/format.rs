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
mod tests {
    use super::*;

    /// The same values as in tests/browser/format.rs, where the browser formats them.
    #[test]
    fn days_and_numbers_are_written_as_a_browser_writes_them() {
        let id = find("id-u-nu-latn").unwrap();
        assert_eq!(id.date("2015-11-17"), "Selasa, 17 November 2015");
        assert_eq!(id.date("2016-02-29"), "Senin, 29 Februari 2016");
        assert_eq!(id.number(1_234_567), "1.234.567");
        assert_eq!(
            (id.plural(1).as_str(), id.plural(841).as_str()),
            ("other", "other")
        );
        let en = find("en").unwrap();
        assert_eq!(en.date("2015-11-17"), "Tuesday, November 17, 2015");
        assert_eq!(en.number(1_234_567), "1,234,567");
        assert_eq!(
            (en.plural(1).as_str(), en.plural(0).as_str()),
            ("one", "other")
        );
    }

    #[test]
    fn short_dates_have_day_and_month() {
        let short = |locale| find(locale).unwrap().short_date("2015-11-17");
        assert_eq!(short("id-u-nu-latn"), "17 Nov");
        assert_eq!(short("en"), "Nov 17");
    }

    #[test]
    fn months_have_no_day() {
        let month = |locale, is_short| find(locale).unwrap().month("2015-10-17", is_short);
        assert_eq!(month("id-u-nu-latn", false), "Oktober 2015");
        assert_eq!(month("id-u-nu-latn", true), "Okt 2015");
        assert_eq!(month("en", false), "October 2015");
        assert_eq!(month("en", true), "Oct 2015");
    }

    #[test]
    fn an_invalid_day_is_returned_unchanged() {
        for day in ["kemarin", "2015-02-29", ""] {
            assert_eq!(find("id-u-nu-latn").unwrap().date(day), day);
        }
    }

    #[test]
    fn formats_use_own_digits_and_the_gregorian_calendar() {
        let written = |locale| {
            let formats = find(locale).unwrap();
            (formats.number(1_234_567), formats.date("2015-11-17"))
        };
        assert_eq!(
            written("fa-u-ca-gregory-nu-arabext"),
            ("۱٬۲۳۴٬۵۶۷".into(), "سه‌شنبه ۱۷ نوامبر ۲۰۱۵".into())
        );
        assert_eq!(
            written("th-u-ca-gregory-nu-latn"),
            ("1,234,567".into(), "วันอังคารที่ 17 พฤศจิกายน ค.ศ. 2015".into())
        );
        assert_eq!(written("hi-u-nu-latn").0, "12,34,567");
        assert_eq!(written("bn-u-nu-beng").0, "১২,৩৪,৫৬৭");
        assert_eq!(written("ar-EG-u-ca-gregory-nu-arab").0, "١٬٢٣٤٬٥٦٧");
    }
}
