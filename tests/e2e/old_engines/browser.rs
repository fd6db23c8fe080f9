//! What every old engine can do for the tests.

use serde_json::Value;

/// A running browser with one page.
pub(crate) trait Browser {
    /// Goes to an address, without waiting until it is there.
    fn opens(&mut self, url: &str);
    /// The value of an expression in the page. It may use no syntax that is newer than the engine.
    fn runs(&mut self, expression: &str) -> Value;
    /// A click of the mouse at that point of the window.
    fn clicks(&mut self, x: f64, y: f64);
    /// The Tab key.
    fn presses_tab(&mut self);
    /// Everything that has come to its console so far, and what was thrown and not caught.
    fn console(&mut self) -> Vec<String>;
    /// The addresses that it has requested so far.
    fn requested(&mut self) -> Vec<String>;
    /// A picture of its window, as PNG.
    fn picture(&mut self) -> Vec<u8>;
}
