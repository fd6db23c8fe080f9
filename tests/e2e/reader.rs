//! A reader with a browser in which nothing is stored. The reader opens pages, looks at them, presses keys, and waits
//! for an expected state.

/// How browsers are started.
mod browser;
/// Commands beyond the WebDriver standard.
mod command;
/// The browser's console.
mod console;
/// A reader whose browser runs no script.
mod scriptless;
/// Browser sessions, which readers use one after another.
mod session;
/// Tabs and windows.
mod window;

use std::{path::Path, sync::Arc, time::Duration};

use fantoccini::{
    Client,
    actions::{
        InputSource, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MOUSE_BUTTON_MIDDLE, MouseActions,
        PointerAction,
    },
    elements::{Element, ElementRef},
};
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    engine::Engine,
    orca::Orca,
    page::Page,
    patience::{until, until_some, wait},
    stale::is_stale,
    widget::Widget,
};
use command::Command;
use session::Session;

/// A reader and their browser.
pub(crate) struct Reader {
    /// `None` only after it was given back.
    session: Option<Session>,
}

impl Reader {
    /// A reader with an empty browser profile, in a desktop window.
    pub(crate) fn new() -> Self {
        Self {
            session: Some(Session::empty()),
        }
    }

    /// A reader with the profile of an earlier browser.
    pub(crate) fn with_profile(profile: Arc<TempDir>) -> Self {
        Self {
            session: Some(Session::with_profile(profile)),
        }
    }

    /// A reader in Chromium with the fonts of this fontconfig file.
    pub(crate) fn with_fonts(file: &Path) -> Self {
        Self {
            session: Some(Session::with_fonts(file)),
        }
    }

    /// A reader who uses Orca, in a visible window.
    pub(crate) fn at(orca: &Orca) -> Self {
        Self {
            session: Some(Session::at(orca)),
        }
    }

    /// Closes the browser; returns its profile. (WebKit's is empty.)
    pub(crate) fn closes_her_browser(mut self) -> Arc<TempDir> {
        let session = self.session.take().expect("a browser");
        Arc::clone(&session.profile)
    }

    fn session(&self) -> &Session {
        self.session.as_ref().expect("a browser")
    }

    fn client(&self) -> &Client {
        &self.session().client
    }

    /// A reader with a window of this width in pixels.
    pub(crate) fn with_width(width: u32) -> Self {
        let reader = Self::new();
        reader.becomes_wide(width);
        reader
    }

    /// Opens the first page of a site.
    pub(crate) fn opens(&self, page: &Page) -> &Self {
        self.goes_to(&page.url("/"))
    }

    /// Opens a page, and waits until its widget is complete.
    pub(crate) fn loads(&self, page: &Page) -> Widget<'_> {
        let widget = self.opens(page).widget();
        widget.is_there();
        widget
    }

    /// Opens an address.
    pub(crate) fn goes_to(&self, url: &str) -> &Self {
        wait(self.client().goto(url)).unwrap_or_else(|error| panic!("{url}: {error}"));
        self
    }

    /// Reloads the page.
    pub(crate) fn reloads(&self) -> &Self {
        wait(self.client().refresh()).expect("a reload");
        self
    }

    /// Goes back to the previous page, as it was left.
    pub(crate) fn goes_back(&self) -> &Self {
        wait(self.client().back()).expect("the page before");
        self
    }

    /// The first widget of the page.
    pub(crate) fn widget(&self) -> Widget<'_> {
        self.widget_at("gema-article")
    }

    /// The widget of the element that a selector finds.
    pub(crate) fn widget_at(&self, selector: &str) -> Widget<'_> {
        Widget::new(self, selector)
    }

    /// Runs a script in the page; returns its value.
    pub(crate) fn runs(&self, script: &str, arguments: &[Value]) -> Value {
        wait(self.client().execute(script, arguments.to_vec()))
            .unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// The value of an expression in the page.
    pub(crate) fn finds(&self, expression: &str) -> Value {
        self.runs(&format!("return {expression};"), &[])
    }

    /// Waits until an expression has that value in the page.
    pub(crate) fn sees(&self, expression: &str, expected: impl Into<Value>) -> &Self {
        until(expression, expected.into(), || self.finds(expression));
        self
    }

    /// The value of a promise.
    pub(crate) fn awaits(&self, promise: &str) -> Value {
        self.awaits_with("", promise)
    }

    /// The value of a promise, after running a script that defines what it needs.
    pub(crate) fn awaits_with(&self, script: &str, promise: &str) -> Value {
        let script = format!(
            "const done = arguments[0]; {script}\n{promise}.then(done, (error) => done(String(error)));"
        );
        wait(self.client().execute_async(&script, vec![]))
            .unwrap_or_else(|error| panic!("{promise}: {error}"))
    }

    /// Waits for the node that a script returns.
    pub(crate) fn node(&self, script: &str, arguments: &[Value]) -> Element {
        let found = until_some(&format!("{script} {arguments:?}"), || {
            let found = match wait(self.client().execute(script, arguments.to_vec())) {
                Err(error) if is_stale(&error) => None,
                found => Some(found.unwrap_or_else(|error| panic!("{script}: {error}"))),
            };
            found?
                .as_object()?
                .values()
                .next()?
                .as_str()
                .map(str::to_owned)
        });
        Element::from_element_id(self.client().clone(), ElementRef::from(found))
    }

    /// Advances the page's clock, in the page's own JavaScript world.
    pub(crate) fn lets_pass(&self, time: Duration) -> &Self {
        let clock = format!(
            "const now = Date.now; Date.now = () => now() + {}",
            time.as_millis()
        );
        let script = "document.head.append(Object.assign(document.createElement('script'), { text: arguments[0] }))";
        self.runs(script, &[clock.into()]);
        self
    }

    /// Clicks a node with the middle mouse button.
    pub(crate) fn middle_clicks(&self, node: Element) -> &Self {
        let button = MOUSE_BUTTON_MIDDLE;
        let mouse = MouseActions::new("mouse".into());
        let mouse = mouse.then(PointerAction::MoveToElement {
            element: node,
            duration: None,
            x: 0.0,
            y: 0.0,
        });
        let mouse = mouse
            .then(PointerAction::Down { button })
            .then(PointerAction::Up { button });
        wait(self.client().perform_actions(mouse)).expect("a click");
        self
    }

    /// Presses the primary mouse button on a node, and holds it.
    pub(crate) fn holds(&self, node: Element) -> &Self {
        let mouse = MouseActions::new("mouse".into());
        let mouse = mouse.then(PointerAction::MoveToElement {
            element: node,
            duration: None,
            x: 0.0,
            y: 0.0,
        });
        let mouse = mouse.then(PointerAction::Down {
            button: MOUSE_BUTTON_LEFT,
        });
        wait(self.client().perform_actions(mouse)).expect("a press");
        self
    }

    /// Releases the button.
    pub(crate) fn lets_go(&self) -> &Self {
        let mouse = MouseActions::new("mouse".into()).then(PointerAction::Up {
            button: MOUSE_BUTTON_LEFT,
        });
        wait(self.client().perform_actions(mouse)).expect("the end of a press");
        self
    }

    /// Types text into the focused element.
    pub(crate) fn types(&self, text: &str) -> &Self {
        for key in text.chars() {
            self.presses(key);
        }
        self
    }

    /// Presses a key in the focused element.
    pub(crate) fn presses(&self, key: char) -> &Self {
        let keys = KeyActions::new("keyboard".into());
        let keys = keys
            .then(KeyAction::Down { value: key })
            .then(KeyAction::Up { value: key });
        wait(self.client().perform_actions(keys)).expect("a key");
        self
    }

    /// Presses a key while holding another one.
    pub(crate) fn presses_with(&self, held: char, key: char) -> &Self {
        let keys = KeyActions::new("keyboard".into());
        let keys = keys
            .then(KeyAction::Down { value: held })
            .then(KeyAction::Down { value: key });
        let keys = keys
            .then(KeyAction::Up { value: key })
            .then(KeyAction::Up { value: held });
        wait(self.client().perform_actions(keys)).expect("keys");
        self
    }

    /// Pastes into the focused element.
    pub(crate) fn pastes(&self) -> &Self {
        const CONTROL: char = '\u{e009}';
        self.presses_with(CONTROL, 'v')
    }

    /// Refetches the endpoint's responses, as if the ten seconds for which they may be cached had passed.
    pub(crate) fn forgets_what_is_cached(&self) -> &Self {
        self.awaits(
            "Promise.all(performance.getEntriesByType('resource').filter((one) => one.name.includes('/v1/'))
                .map((one) => fetch(one.name, { cache: 'reload', credentials: 'omit' })))
                .then((all) => all.map((one) => one.status))",
        );
        self
    }

    /// Sends a command to Chromium's DevTools, for what WebDriver lacks. Tests that use it end in `_in_chromium`.
    pub(crate) fn devtools(&self, command: &str, parameters: Value) -> Value {
        assert_eq!(
            Engine::current(),
            Engine::Chromium,
            "a test for one engine says so: call it …_in_chromium"
        );
        self.asks(Command::devtools(command, parameters))
    }

    fn asks(&self, command: Command) -> Value {
        let shown = format!("{command:?}");
        wait(self.client().issue_cmd(command)).unwrap_or_else(|error| panic!("{shown}: {error}"))
    }
}

/// A report on the page for a failed test.
const PAGE_REPORT: &str = "return {
    address: location.href,
    visibility: document.visibilityState,
    page: document.documentElement.outerHTML,
    widgets: [...document.querySelectorAll('gema-article')].map((one) => one.shadowRoot?.innerHTML),
    kept: Object.entries(localStorage),
    active: [...document.querySelectorAll('gema-article')].flatMap((one) => [...one.shadowRoot?.querySelectorAll(':active') ?? []].map((one) => one.outerHTML.slice(0, 200))),
    asked: performance.getEntriesByType('resource').map((one) => `${one.responseStatus} ${one.name}`),
};";

impl Drop for Reader {
    fn drop(&mut self) {
        let Some(session) = self.session.take() else {
            return;
        };
        if std::thread::panicking() {
            let seen = wait(session.client.execute(PAGE_REPORT, vec![]));
            let console = console::everything(&session);
            eprintln!("the browser shows {seen:#?}, and its console {console:#?}");
        } else {
            session.give_back();
        }
    }
}
