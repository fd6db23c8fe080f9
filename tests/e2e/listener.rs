//! A reader who uses Orca and the keyboard only.

use std::cell::Cell;

use serde_json::json;

use crate::{orca::Orca, page::Page, patience::until, reader::Reader, widget::Widget};

/// A reader with Orca and Firefox.
pub(crate) struct Listener {
    // Declared first, so that the browser ends before Orca's session.
    pub(crate) reader: Reader,
    orca: Orca,
    /// Number of Orca's utterances that were checked.
    heard: Cell<usize>,
    /// Number of end marks requested from the page.
    marks: Cell<usize>,
}

/// A live region in each page. Orca says its text after everything that is queued.
pub(crate) const MARK: &str = "<p id=mark role=status></p>";

impl Listener {
    /// Opens the first page of a site, which contains [`MARK`].
    pub(crate) fn opens(page: &Page) -> Self {
        let orca = Orca::start();
        let reader = Reader::at(&orca);
        reader.opens(page);
        orca.turns_to_the_browser();
        Self {
            reader,
            orca,
            heard: Cell::new(0),
            marks: Cell::new(0),
        }
    }

    /// The first widget of the page.
    pub(crate) fn widget(&self) -> Widget<'_> {
        self.reader.widget()
    }

    pub(crate) fn presses(&self, key: &str) -> &Self {
        self.orca.presses(key);
        self
    }

    /// Types text into the focused element.
    pub(crate) fn types(&self, text: &str) -> &Self {
        self.orca.types(text);
        self
    }

    /// Focuses a button or link of the widget, as the Tab key would.
    pub(crate) fn comes_to(&self, part: &str) -> &Self {
        self.widget()
            .sees(&format!("!!root.querySelector('[data-part={part}]')"), true);
        self.widget()
            .finds(&format!("root.querySelector('[data-part={part}]').focus()"));
        self
    }

    /// Waits until Orca has said exactly that since the last check; `|` separates utterances.
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

    /// Waits until Orca has said exactly these two since the last check, in either order.
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

    /// Reads the page line by line from its top until something is said. Returns all utterances; a line may have
    /// several.
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

    /// Everything said since the last check.
    pub(crate) fn listens(&self) -> Vec<String> {
        self.marks.set(self.marks.get() + 1);
        let mark = format!("Tanda {}", self.marks.get());
        // Add the mark after the page has rendered.
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
        said.iter()
            .filter(|words| !words.starts_with("Tanda "))
            .filter_map(|words| Orca::compared(words))
            .collect()
    }
}
