use fantoccini::{Locator, elements::Element};
use serde_json::json;

use super::Reader;
use crate::patience::{until, wait};

/// Without scripts, only WebDriver's own commands can inspect the page.
impl Reader {
    /// A reader whose browser runs no scripts of pages.
    pub(crate) fn without_javascript() -> Self {
        let reader = Self::new();
        reader.devtools(
            "Emulation.setScriptExecutionDisabled",
            json!({ "value": true }),
        );
        reader
    }

    /// Switches to the only frame.
    pub(crate) fn turns_to_frame(&self) -> &Self {
        self.turns_to_page();
        wait(async {
            self.client()
                .find(Locator::Css("iframe"))
                .await?
                .enter_frame()
                .await
        })
        .expect("a frame");
        self
    }

    /// Switches to the page itself.
    pub(crate) fn turns_to_page(&self) -> &Self {
        let top = self.tab();
        self.turns_to(&top)
    }

    /// Waits until the element has this text.
    pub(crate) fn reads(&self, selector: &str, text: &str) -> &Self {
        let read = || wait(async { self.find(selector).await?.text().await }).ok();
        until(selector, Some(text.to_owned()), read);
        self
    }

    /// Waits until an attribute has that value; `None`: until the attribute or its element is missing.
    pub(crate) fn has_attribute(&self, selector: &str, name: &str, value: Option<&str>) -> &Self {
        let read = || {
            wait(async { self.find(selector).await?.attr(name).await })
                .ok()
                .flatten()
        };
        until(
            &format!("{name} of {selector}"),
            value.map(str::to_owned),
            read,
        );
        self
    }

    /// Clicks the element that a selector finds.
    pub(crate) fn clicks(&self, selector: &str) -> &Self {
        let clicked = wait(async { self.find(selector).await?.click().await });
        clicked.unwrap_or_else(|error| panic!("{selector} cannot be clicked: {error}"));
        self
    }

    async fn find(&self, selector: &str) -> Result<Element, fantoccini::error::CmdError> {
        self.client().find(Locator::Css(selector)).await
    }
}
