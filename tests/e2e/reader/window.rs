use fantoccini::wd::WindowHandle;
use serde_json::{Value, json};

use super::{
    Command, Reader,
    browser::{HEIGHT, WIDTH},
};
use crate::{
    engine::Engine,
    patience::{until_some, wait},
};

impl Reader {
    /// Sets the width of the page in pixels. Browsers have toolbars that are wider than a phone, so each engine has
    /// another way to make the page narrower.
    pub(crate) fn becomes_wide(&self, width: u32) {
        match Engine::current() {
            Engine::Chromium => {
                let size = json!({ "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600 });
                self.devtools("Emulation.setDeviceMetricsOverride", size);
            }
            Engine::Firefox => {
                let narrow = "const page = gBrowser.selectedBrowser; \
                              for (const edge of ['min-width', 'max-width']) page.style.setProperty(edge, arguments[0]);";
                self.runs_in_the_browser(narrow, &[json!(format!("{width}px"))]);
                self.sees("innerWidth", width);
            }
            Engine::WebKit => {
                // WebKit's window has a minimum width, and is not wider than the screen.
                let width = width.clamp(340, 1380);
                let size = format!("width={width},height=800,toolbar=no,menubar=no,location=no");
                self.runs("open('about:blank', '', arguments[0])", &[json!(size)]);
                self.turns_to_the_new_tab();
                self.sees("innerWidth", width);
            }
        }
    }

    /// Runs a script in Firefox's own window, around the page; returns its value.
    pub(crate) fn runs_in_the_browser(&self, script: &str, arguments: &[Value]) -> Value {
        self.asks(Command::context("chrome"));
        let found = self.runs(script, arguments);
        self.asks(Command::context("content"));
        found
    }

    /// Waits for a tab whose address begins like this, and returns the address. The reader stays in their tab.
    pub(crate) fn has_tab(&self, begins: &str) -> String {
        let here = self.tab();
        let found = until_some(begins, || {
            let others = wait(self.client().windows()).expect("tabs");
            others
                .into_iter()
                .filter(|other| *other != here)
                .find_map(|other| {
                    // The tab may be closed, or not have navigated yet.
                    wait(self.client().switch_to_window(other)).ok()?;
                    let address = wait(self.client().current_url()).ok()?;
                    address
                        .as_str()
                        .starts_with(begins)
                        .then(|| address.to_string())
                })
        });
        self.turns_to(&here);
        found
    }

    /// Opens another tab and switches to it. WebKit's driver would leave a tab hidden, so it opens a window.
    pub(crate) fn opens_tab(&self) -> &Self {
        if Engine::current() == Engine::WebKit {
            self.runs("open('about:blank', '', 'width=1100,height=800')", &[]);
            self.turns_to_the_new_tab();
            return self;
        }
        let tab = wait(self.client().new_window(true)).expect("a tab");
        self.turns_to(&tab.handle)
    }

    /// The reader's tab. A link that opens a new tab does not change it.
    pub(crate) fn tab(&self) -> WindowHandle {
        wait(self.client().window()).expect("a tab")
    }

    /// Switches to another tab.
    pub(crate) fn turns_to(&self, tab: &WindowHandle) -> &Self {
        wait(self.client().switch_to_window(tab.clone())).expect("a tab");
        self
    }

    /// Minimises the window, which hides its page.
    pub(crate) fn looks_away(&self) -> &Self {
        wait(self.client().minimize_window()).expect("a window");
        self
    }

    /// Restores the window.
    pub(crate) fn looks_back(&self) -> &Self {
        wait(self.client().set_window_size(WIDTH, HEIGHT)).expect("a window");
        self
    }

    fn turns_to_the_new_tab(&self) {
        let here = self.tab();
        let new = until_some("another tab", || {
            wait(self.client().windows())
                .expect("tabs")
                .into_iter()
                .find(|other| *other != here)
        });
        self.turns_to(&new);
    }
}
