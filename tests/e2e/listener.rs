//! Somebody who hears pages by Orca, and has the keyboard only.

use std::cell::Cell;

use serde_json::json;

use crate::{orca::Orca, page::Page, patience::until, reader::Reader, widget::Widget};

/// Somebody with Orca and Firefox.
pub(crate) struct Listener {
    // The browser goes before the desk.
    pub(crate) reader: Reader,
    orca: Orca,
    /// How many of Orca's utterances she has heard.
    heard: Cell<usize>,
    /// How often the page was asked to say that there is nothing more.
    marks: Cell<usize>,
}

/// What each of her pages has: a notice of its own, which Orca puts behind all that it has to say by then.
pub(crate) const MARK: &str = "<p id=mark role=status></p>";

impl Listener {
    /// Opens the first page of a site, which has [`MARK`].
    pub(crate) fn opens(page: &Page) -> Self {
        let orca = Orca::start();
        let reader = Reader::at(&orca);
        reader.opens(page);
        orca.turns_to_the_browser();
        Self { reader, orca, heard: Cell::new(0), marks: Cell::new(0) }
    }

    /// The first widget of the page.
    pub(crate) fn widget(&self) -> Widget<'_> {
        self.reader.widget()
    }

    /// Presses a key.
    pub(crate) fn presses(&self, key: &str) -> &Self {
        self.orca.presses(key);
        self
    }

    /// Types, wherever the focus is.
    pub(crate) fn types(&self, text: &str) -> &Self {
        self.orca.types(text);
        self
    }

    /// Gives the focus to a button or link of the widget, as the tab key would.
    pub(crate) fn comes_to(&self, part: &str) -> &Self {
        self.widget().sees(&format!("!!root.querySelector('[data-part={part}]')"), true);
        self.widget().finds(&format!("root.querySelector('[data-part={part}]').focus()"));
        self
    }

    /// Waits until exactly that is said since she listened last, and nothing more: one utterance after the other, with `|` between two.
    pub(crate) fn hears(&self, expected: &str) -> &Self {
        let mut said = vec![];
        let mut listen = || {
            said.extend(self.listens());
            said.join(" | ")
        };
        until("what Orca says", expected.to_owned(), &mut listen);
        assert_eq!(listen(), expected, "and nothing more");
        self
    }

    /// Waits until these two are said since she listened last, whichever first, and nothing more.
    pub(crate) fn hears_both(&self, expected: [&str; 2]) -> &Self {
        let mut said = vec![];
        let mut listen = || {
            said.extend(self.listens());
            said.sort();
            said.clone()
        };
        let mut both = expected.map(str::to_owned).to_vec();
        both.sort();
        until("what Orca says", both.clone(), &mut listen);
        assert_eq!(listen(), both, "and nothing more");
        self
    }

    /// Reads the page line by line from its top, until something is said: each utterance, however many of them are in one line.
    pub(crate) fn reads_until(&self, last: &str) -> Vec<String> {
        const LINES: usize = 60;
        self.presses("ctrl+Home").listens();
        let mut said = vec![];
        for _ in 0..LINES {
            said.extend(self.presses("Down").listens());
            if said.last().is_some_and(|words| words == last) {
                return said;
            }
        }
        panic!("{last} was expected after {said:#?}");
    }

    /// What is said since, up to now.
    pub(crate) fn listens(&self) -> Vec<String> {
        self.marks.set(self.marks.get() + 1);
        let mark = format!("Tanda {}", self.marks.get());
        // After what the page is about to draw.
        self.reader.awaits(&format!(
            "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))
                .then(() => (document.querySelector('#mark').textContent = {}))",
            json!(mark)
        ));
        let mut said = vec![];
        until("the mark", true, || {
            let new = self.orca.says_after(self.heard.get());
            self.heard.set(self.heard.get() + new.len());
            said.extend(new);
            said.contains(&mark)
        });
        said.iter().filter(|words| !words.starts_with("Tanda ")).filter_map(|words| Orca::compared(words)).collect()
    }
}
