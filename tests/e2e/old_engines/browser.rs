//! The driver interface that every old engine implements.

use serde_json::Value;

/// A running browser with one page.
pub(crate) trait Browser {
    /// Navigates to an address, without waiting for the page.
    fn opens(&mut self, url: &str);
    /// The value of an expression in the page. The expression may only use syntax that the engine knows.
    fn runs(&mut self, expression: &str) -> Value;
    /// Clicks at that point of the window.
    fn clicks(&mut self, x: f64, y: f64);
    /// Presses the Tab key.
    fn presses_tab(&mut self);
    /// All console messages and uncaught exceptions so far.
    fn console(&mut self) -> Vec<String>;
    /// The addresses requested so far.
    fn requested(&mut self) -> Vec<String>;
    /// A screenshot of the window, as PNG.
    fn picture(&mut self) -> Vec<u8>;
}
