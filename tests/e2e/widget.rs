//! One article's widget as a reader sees and uses it: with real clicks on visible elements.

use fantoccini::elements::Element;
use serde_json::{Value, json};

use crate::{
    patience::{until, wait},
    reader::Reader,
    stale::is_stale,
};

/// Whether every widget of the page is complete, and every count is shown.
pub(crate) const ALL_THERE: &str =
    "[...document.querySelectorAll('gema-article')].every((one) => one.dataset.ready === 'wasm')
    && [...document.querySelectorAll('gema-count')].every((one) => one.shadowRoot)";

/// The widget of one element, whether it has been loaded or not.
pub(crate) struct Widget<'a> {
    reader: &'a Reader,
    host: String,
}

impl<'a> Widget<'a> {
    pub(crate) fn new(reader: &'a Reader, host: &str) -> Self {
        Self {
            reader,
            host: host.into(),
        }
    }

    /// Waits until the widget is complete.
    pub(crate) fn is_there(&self) -> &Self {
        self.stands("wasm")
    }

    /// Waits until a part of the widget is visible and usable.
    pub(crate) fn is_shown(&self) -> &Self {
        let host = &self.host;
        let shown = format!(
            "['fragment', 'plain', 'wasm'].includes(document.querySelector({host:?})?.getAttribute('data-ready'))"
        );
        self.reader.sees(&shown, true);
        self
    }

    /// Waits until the widget has this level: the endpoint's markup (`fragment`), that markup as the final state
    /// (`plain`), or the complete widget (`wasm`).
    pub(crate) fn stands(&self, how: &str) -> &Self {
        let host = &self.host;
        self.reader.sees(
            &format!("document.querySelector({host:?})?.getAttribute('data-ready')"),
            how,
        );
        self
    }

    /// Waits until only the page's own content is left.
    pub(crate) fn is_gone(&self) -> &Self {
        let host = &self.host;
        let parts = "shadowRoot?.querySelectorAll(':not(slot)').length ?? 0";
        self.reader
            .sees(&format!("document.querySelector({host:?}).{parts}"), 0);
        self.reader.sees(
            &format!("document.querySelector({host:?}).getAttribute('data-ready') ?? 'no'"),
            "no",
        );
        self
    }

    /// Clicks an option of the poll.
    pub(crate) fn reacts(&self, option: &str) -> &Self {
        self.clicks(&format!("[data-part=option-{option}]"))
    }

    /// Clicks a button of the share bar.
    pub(crate) fn shares(&self, network: &str) -> &Self {
        self.clicks(&format!("[data-part={network}]"))
    }

    /// Clicks the element that a selector finds in the widget.
    pub(crate) fn clicks(&self, selector: &str) -> &Self {
        until(&format!("a click on {selector}"), true, || {
            match wait(self.node(selector).click()) {
                Ok(()) => true,
                Err(error) if is_stale(&error) => false,
                Err(error) => panic!("{selector} cannot be clicked: {error:?}"),
            }
        });
        self
    }

    /// Waits until "more" has shown all buttons, and the focus has moved to one of them. It moves a moment later than they are
    /// shown, and may scroll the page: a click or key during that meets what is there then.
    pub(crate) fn has_all_buttons(&self) -> &Self {
        self.sees("!!root.activeElement?.closest('.more ~ li')", true)
    }

    /// Opens a link of the share bar in another tab by a middle click.
    pub(crate) fn shares_in_another_tab(&self, network: &str) -> &Self {
        let link = format!("[data-part={network}]");
        self.finds(&format!("root.querySelector('{link}').scrollIntoView({{ block: 'center', behavior: 'instant' }})"));
        self.reader.middle_clicks(self.node(&link));
        self
    }

    /// Presses the mouse button on an option of the poll, and holds it.
    pub(crate) fn is_held_at(&self, option: &str) -> &Self {
        let option = format!("[data-part=option-{option}]");
        self.finds(&format!(
            "root.querySelector('{option}').scrollIntoView({{ block: 'center', behavior: 'instant' }})"
        ));
        self.reader.holds(self.node(&option));
        self.sees(
            &format!("root.querySelector('{option}').matches(':active')"),
            true,
        );
        self
    }

    fn node(&self, selector: &str) -> Element {
        let script =
            "return document.querySelector(arguments[0])?.shadowRoot?.querySelector(arguments[1])";
        self.reader
            .node(script, &[json!(self.host), json!(selector)])
    }

    /// The value of an expression; `root` is the widget's shadow root.
    pub(crate) fn finds(&self, expression: &str) -> Value {
        let script = format!(
            "const host = document.querySelector(arguments[0]), root = host?.shadowRoot; if (!root) return null; \
             const text = (selector) => root.querySelector(selector)?.innerText ?? null; return {expression};"
        );
        self.reader.runs(&script, &[json!(self.host)])
    }

    /// Waits until an expression has that value.
    pub(crate) fn sees(&self, expression: &str, expected: impl Into<Value>) -> &Self {
        until(expression, expected.into(), || self.finds(expression));
        self
    }

    /// Waits until the element that a selector finds has that text.
    pub(crate) fn says(&self, selector: &str, expected: &str) -> &Self {
        self.sees(&format!("text({selector:?})"), expected)
    }

    /// Waits until the options show these counts, and all others show 0.
    pub(crate) fn counts(&self, expected: &[(&str, u64)]) -> &Self {
        let expected: serde_json::Map<_, _> = expected
            .iter()
            .map(|(key, count)| ((*key).to_owned(), json!(count)))
            .collect();
        let shown = "Object.fromEntries([...root.querySelectorAll('[part=option]')] \
                     .map((one) => [one.dataset.part.split('-')[1], Number(one.querySelector('[part=count]').innerText)]) \
                     .filter(([, count]) => count))";
        self.sees(shown, expected)
    }

    /// Waits until that option is pressed; `None`: until no option is.
    pub(crate) fn has_chosen(&self, option: Option<&str>) -> &Self {
        self.sees("root.querySelector('[aria-pressed=true]')?.dataset.part.slice('option-'.length) ?? null", option)
    }
}
