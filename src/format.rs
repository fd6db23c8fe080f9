//! How numbers, dates and plurals are written. The browser has this built in (`Intl`), and so has
//! whoever renders on a server; components are handed one and never choose.

use std::rc::Rc;

use wire::Plural;

/// Writes in one locale.
pub trait Format {
    /// An integer, with the locale's digits and separators.
    fn number(&self, number: u64) -> String;
    /// A part of a whole, in percent.
    fn percent(&self, percent: u64) -> String;
    /// A day in full, with its weekday, from `YYYY-MM-DD`: "Selasa, 17 November 2015". What is no
    /// such day is given back as it is.
    fn date(&self, day: &str) -> String;
    /// The CLDR plural category of a number: `one`, `few`, `other` …
    fn plural(&self, number: u64) -> String;
}

/// A [`Format`] to hand down as a prop. Equal only to itself.
#[derive(Clone)]
pub struct Formatter(Rc<dyn Format>);

impl Formatter {
    /// Wraps a way to write.
    pub fn new(format: impl Format + 'static) -> Self {
        Self(Rc::new(format))
    }

    /// The text for that many, with the number in its place: "Di baca 841 kali".
    pub fn count(&self, texts: &Plural, number: u64) -> String {
        texts.text(&self.plural(number)).replace("{n}", &self.number(number))
    }
}

impl PartialEq for Formatter {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl std::ops::Deref for Formatter {
    type Target = dyn Format;
    fn deref(&self) -> &Self::Target {
        &*self.0
    }
}
