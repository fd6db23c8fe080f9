//! Gema's widget: share bar, read counter and reaction poll of one news article.
//!
//! The modules, in reading order. Those of the first group are pure and are tested natively; those of the second group
//! only exist in the browser.

/// The components.
pub mod components;
/// Formatting of numbers, dates and plurals.
pub mod format;
/// Messages that wait for the first rendering.
pub mod inbox;
/// Intents of the reader.
pub mod intent;
/// Server-side rendering.
#[cfg(feature = "ssr")]
pub mod markup;
/// The state of the root component.
pub mod model;
/// Events that are not acknowledged yet.
pub mod outbox;
/// The result of a request.
pub mod outcome;
/// Percentages of the poll's options.
pub mod percent;
/// Segmentation into graphemes and words, outside of browsers.
#[cfg(feature = "ssr")]
pub mod segments;
/// Settings from the element's attributes.
pub mod settings;
/// Links of the share bar.
pub mod share;
/// Titles shortened to a network's limit.
pub mod shorten;
/// The model: state, action, reduce.
pub mod state;
/// String functions.
pub mod text;

/// The allocator.
#[cfg(target_arch = "wasm32")]
pub mod allocator;
/// The root component.
#[cfg(target_arch = "wasm32")]
pub mod app;
/// Functions of the browser.
#[cfg(target_arch = "wasm32")]
pub mod browser;
/// Conversion of parsed JSON, and of objects to be written as JSON.
#[cfg(target_arch = "wasm32")]
pub mod json;
/// The boundary to the loader script.
#[cfg(target_arch = "wasm32")]
pub mod mount;
/// Storage in the browser between pages.
#[cfg(target_arch = "wasm32")]
pub mod storage;
/// Sending of the outbox to the endpoint.
#[cfg(target_arch = "wasm32")]
pub mod sync;

/// A component for the e2e test `component`.
#[cfg(all(target_arch = "wasm32", feature = "test-component"))]
#[path = "../tests/component/component.rs"]
mod component;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod indonesian;

#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: allocator::Allocator = allocator::Allocator::empty();
