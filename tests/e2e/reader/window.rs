use fantoccini::wd::WindowHandle;
use serde_json::json;

use super::Reader;
use crate::patience::{until_some, wait};

impl Reader {
    /// Waits until there is a tab whose address begins so: the address.
    pub(crate) fn has_tab(&self, begins: &str) -> String {
        until_some(begins, || {
            let targets = self.devtools("Target.getTargets", json!({}));
            let addresses = targets["targetInfos"].as_array()?.iter().filter_map(|target| target["url"].as_str());
            addresses.filter(|address| address.starts_with(begins)).map(str::to_owned).next()
        })
    }

    /// Opens another tab, and is in it.
    pub(crate) fn opens_tab(&self) -> &Self {
        let tab = wait(self.client.new_window(true)).expect("a tab");
        self.turns_to(&tab.handle)
    }

    /// The tab that she is in. A link that opens a new one leaves her here.
    pub(crate) fn tab(&self) -> WindowHandle {
        wait(self.client.window()).expect("a tab")
    }

    /// Goes to another tab.
    pub(crate) fn turns_to(&self, tab: &WindowHandle) -> &Self {
        wait(self.client.switch_to_window(tab.clone())).expect("a tab");
        self
    }

    /// Minimises the window: its page is hidden.
    pub(crate) fn looks_away(&self) -> &Self {
        wait(self.client.minimize_window()).expect("a window");
        self
    }

    /// Brings it back.
    pub(crate) fn looks_back(&self) -> &Self {
        wait(self.client.set_window_size(1100, 800)).expect("a window");
        self
    }
}
