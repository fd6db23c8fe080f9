//! The widget with the browser's own JavaScript, in a browser: `cargo xtask test browser`.
#![cfg(target_arch = "wasm32")]

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

/// The allocator.
mod allocator;
/// What else of Yew works.
mod components;
/// Formats of numbers and dates.
mod format;
/// A mounted widget.
mod mount;
/// A test page, and how tests inspect it.
mod page;
/// The wire formats.
mod wire;
