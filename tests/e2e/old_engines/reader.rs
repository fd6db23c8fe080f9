//! A reader with an old engine.

use std::{cell::RefCell, fs, path::Path};

use serde_json::{Value, json};

use super::{
    browser::Browser,
    chromium::Chromium,
    qtwebkit::QtWebKit,
    table::{Old, Program},
};
use crate::{
    page::{OWN_TEXT, Page},
    patience::until,
};

const SEEN_SCRIPT: &str = include_str!("seen.js");

/// Maximum space between the article's text and what is above or below it: their margins.
const NO_HOLE: i64 = 40;

/// A reader with an old engine.
pub(crate) struct OldReader {
    old: Old,
    browser: RefCell<Box<dyn Browser>>,
}

impl OldReader {
    /// Starts the engine.
    pub(crate) fn with(old: Old) -> Self {
        let browser: Box<dyn Browser> = match old.program {
            Program::QtWebKit => Box::new(QtWebKit::start(&old.path())),
            program => Box::new(Chromium::start(program, &old.path())),
        };
        Self {
            old,
            browser: RefCell::new(browser),
        }
    }

    pub(crate) fn opens(&self, page: &Page) -> &Self {
        self.goes_to(&page.url("/"))
    }

    /// Navigates to an address, and waits until the page is parsed.
    pub(crate) fn goes_to(&self, url: &str) -> &Self {
        self.browser.borrow_mut().opens(url);
        self.sees(
            &format!("location.href === {url:?} && document.readyState !== 'loading'"),
            true,
        )
    }

    /// The value of an expression, which may use the functions of `seen.js`.
    pub(crate) fn finds(&self, expression: &str) -> Value {
        self.browser.borrow_mut().runs(&format!(
            "(function () {{ {SEEN_SCRIPT}; return {expression}; }})()"
        ))
    }

    /// Waits until an expression has that value.
    pub(crate) fn sees(&self, expression: &str, expected: impl Into<Value>) -> &Self {
        until(
            &format!("{}: {expression}", self.old.name),
            expected.into(),
            || self.finds(expression),
        );
        self
    }

    /// Waits until the widget is as complete as this engine allows.
    pub(crate) fn has_the_widget(&self) -> &Self {
        let level = "ready() === 'wasm' ? 'wasm' : root() && root().querySelector('form') && ready() !== 'no' ? 'fragment' : null";
        let expected = if self.old.reach == super::table::Reach::Wasm {
            "wasm"
        } else {
            "fragment"
        };
        self.sees(level, expected)
    }

    /// Clicks an option of the poll.
    pub(crate) fn reacts(&self, option: &str) -> &Self {
        let place = self.finds(&format!("place(option({option:?}))"));
        let [x, y] = [0, 1].map(|axis| place[axis].as_f64().expect("a place"));
        self.browser.borrow_mut().clicks(x, y);
        self
    }

    /// Waits until this option is pressed and shows this count.
    pub(crate) fn has_chosen(&self, option: &str, count: u64) -> &Self {
        self.sees("chosen()", json!([[option, count.to_string()]]))
    }

    /// Presses Tab until an option of the poll has the focus.
    pub(crate) fn tabs_to_an_option(&self) -> Value {
        for _ in 0..40 {
            self.browser.borrow_mut().presses_tab();
            let focused = self.finds("focused()");
            if focused["part"]
                .as_str()
                .is_some_and(|part| part.starts_with("option-"))
            {
                return focused;
            }
        }
        panic!("{}: the Tab key does not reach the poll", self.old.name)
    }

    /// Waits until the article is visible, without unfilled room above or below it, in the page that an expression
    /// names.
    pub(crate) fn sees_an_article_without_a_hole(&self, page: &str) -> &Self {
        let name = self.old.name;
        until(
            &format!("{name}: the article's text"),
            json!([OWN_TEXT, true]),
            || {
                let article = self.finds(&format!("article({page})"));
                json!([article["text"], article["isSeen"]])
            },
        );
        let mut last = Value::Null;
        until(&format!("{name}: no hole in {page}"), (0, 0), || {
            last = self.finds(&format!("article({page})"));
            let room = |side: &str| {
                Some(last[side].as_i64().expect("a number"))
                    .filter(|room| *room > NO_HOLE)
                    .unwrap_or(0)
            };
            (room("above"), room("below"))
        });
        self
    }

    /// All console messages.
    pub(crate) fn console(&self) -> Vec<String> {
        self.browser.borrow_mut().console()
    }

    /// The names of the endpoint's files that were requested, without their hashes: `embed.js`, `widget.html`,
    /// `widget.wasm`.
    pub(crate) fn requested_from(&self, address: &str) -> Vec<String> {
        let urls = self.browser.borrow_mut().requested();
        let files = urls.iter().filter(|url| url.contains(address)).map(|url| {
            let name = url
                .split(['?', '#'])
                .next()
                .and_then(|path| path.rsplit('/').next())
                .unwrap_or_default();
            let (stem, rest) = name.split_once('.').unwrap_or((name, ""));
            format!("{}.{rest}", stem.split('-').next().unwrap_or_default())
        });
        files.collect()
    }

    /// Keeps a screenshot of the window in target/screenshots.
    pub(crate) fn takes_a_picture(&self, name: &str) {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/screenshots");
        fs::create_dir_all(&dir).expect("a directory");
        let file = dir.join(format!("{}-{name}.png", self.old.name));
        fs::write(file, self.browser.borrow_mut().picture()).expect("a picture");
    }
}
