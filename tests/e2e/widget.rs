//! What a reader sees of one article's widget, and what she does with it: real clicks, on what is really there.

use fantoccini::elements::Element;
use serde_json::{Value, json};

use crate::{
    patience::{until, wait},
    reader::Reader,
    stale::is_stale,
};

/// The widget of one element, whether it is there yet or not.
pub(crate) struct Widget<'a> {
    reader: &'a Reader,
    host: String,
}

impl<'a> Widget<'a> {
    pub(crate) fn new(reader: &'a Reader, host: &str) -> Self {
        Self { reader, host: host.into() }
    }

    /// Waits until it is there, with all that it can.
    pub(crate) fn is_there(&self) -> &Self {
        self.stands("wasm")
    }

    /// Waits until there is something of it to be seen and used.
    pub(crate) fn is_shown(&self) -> &Self {
        let host = &self.host;
        let shown = format!(
            "['fragment', 'plain', 'wasm'].includes(document.querySelector({host:?})?.getAttribute('data-ready'))"
        );
        self.reader.sees(&shown, true);
        self
    }

    /// Waits until it stands as the endpoint has drawn it (`fragment`), and will not come further (`plain`), or until it is all
    /// there (`wasm`).
    pub(crate) fn stands(&self, how: &str) -> &Self {
        let host = &self.host;
        self.reader.sees(&format!("document.querySelector({host:?})?.getAttribute('data-ready')"), how);
        self
    }

    /// Waits until nothing of it is there: only the page's own.
    pub(crate) fn is_gone(&self) -> &Self {
        let host = &self.host;
        let parts = "shadowRoot?.querySelectorAll(':not(slot)').length ?? 0";
        self.reader.sees(&format!("document.querySelector({host:?}).{parts}"), 0);
        self.reader.sees(&format!("document.querySelector({host:?}).getAttribute('data-ready') ?? 'no'"), "no");
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

    /// Clicks what a selector finds in it.
    pub(crate) fn clicks(&self, selector: &str) -> &Self {
        until(&format!("a click on {selector}"), true, || match wait(self.node(selector).click()) {
            Ok(()) => true,
            Err(error) if is_stale(&error) => false,
            Err(error) => panic!("{selector} cannot be clicked: {error:?}"),
        });
        self
    }

    /// Opens a link of the share bar in another tab, as a middle click does.
    pub(crate) fn shares_in_another_tab(&self, network: &str) -> &Self {
        let link = format!("[data-part={network}]");
        self.finds(&format!("root.querySelector('{link}').scrollIntoView({{ block: 'center', behavior: 'instant' }})"));
        self.reader.middle_clicks(self.node(&link));
        self
    }

    /// Presses the mouse's button on an option of the poll.
    pub(crate) fn is_held_at(&self, option: &str) -> &Self {
        let option = format!("[data-part=option-{option}]");
        self.finds(&format!(
            "root.querySelector('{option}').scrollIntoView({{ block: 'center', behavior: 'instant' }})"
        ));
        self.reader.holds(self.node(&option));
        self.sees(&format!("root.querySelector('{option}').matches(':active')"), true);
        self
    }

    fn node(&self, selector: &str) -> Element {
        let script = "return document.querySelector(arguments[0])?.shadowRoot?.querySelector(arguments[1])";
        self.reader.node(script, &[json!(self.host), json!(selector)])
    }

    /// What an expression about `root`, the widget's parts, is.
    pub(crate) fn finds(&self, expression: &str) -> Value {
        let script = format!(
            "const host = document.querySelector(arguments[0]), root = host?.shadowRoot; if (!root) return null; \
             const text = (selector) => root.querySelector(selector)?.innerText ?? null; return {expression};"
        );
        self.reader.runs(&script, &[json!(self.host)])
    }

    /// Waits until it is that.
    pub(crate) fn sees(&self, expression: &str, expected: impl Into<Value>) -> &Self {
        until(expression, expected.into(), || self.finds(expression));
        self
    }

    /// Waits until the text of what a selector finds is that.
    pub(crate) fn says(&self, selector: &str, expected: &str) -> &Self {
        self.sees(&format!("text({selector:?})"), expected)
    }

    /// Waits until the options show these counts, and all others none.
    pub(crate) fn counts(&self, expected: &[(&str, u64)]) -> &Self {
        let expected: serde_json::Map<_, _> =
            expected.iter().map(|(key, count)| ((*key).to_owned(), json!(count))).collect();
        let shown = "Object.fromEntries([...root.querySelectorAll('[part=option]')] \
                     .map((one) => [one.dataset.part.split('-')[1], Number(one.querySelector('[part=count]').innerText)]) \
                     .filter(([, count]) => count))";
        self.sees(shown, expected)
    }

    /// Waits until that option is the pressed one; none: no option is.
    pub(crate) fn has_chosen(&self, option: Option<&str>) -> &Self {
        self.sees("root.querySelector('[aria-pressed=true]')?.dataset.part.slice('option-'.length) ?? null", option)
    }
}
