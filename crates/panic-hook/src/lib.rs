//! The panic hook that Yew installs. A release panics by `immediate-abort`, where a hook never
//! runs; the crate that this one stands in for would still bring the standard library's formatting
//! into it, a fiftieth of the widget. Everywhere else a panic is told in the console.

use std::panic::PanicHookInfo;

/// Nothing: no hook can run.
#[cfg(panic = "immediate-abort")]
pub fn hook(_: &PanicHookInfo<'_>) {}

/// Says in the console what has panicked, and where.
#[cfg(not(panic = "immediate-abort"))]
pub fn hook(info: &PanicHookInfo<'_>) {
    console_error(&info.to_string());
}

#[cfg(not(panic = "immediate-abort"))]
#[wasm_bindgen::prelude::wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console, js_name = error)]
    fn console_error(text: &str);
}
