//! What the widget does with the browser's own JavaScript, in a browser: `cargo xtask test browser`.
#![cfg(target_arch = "wasm32")]

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

/// How numbers and dates are written.
mod format;
/// A widget in a page.
mod mount;
/// A page, and looks at it.
mod page;
/// What crosses the wire.
mod wire;
