//! Gema's widget: share bar, read counter and reaction poll of one news article.
//!
//! The modules, in reading order. The upper half is pure and is tested natively; the lower half
//! exists in a browser only.

/// What crosses the wire, on this side.
pub mod api;
/// What a reader sees.
pub mod components;
/// How numbers, dates and plurals are written.
pub mod format;
/// What a press means.
pub mod intent;
/// The widget as a server writes it.
#[cfg(feature = "ssr")]
pub mod markup;
/// Events that are not acknowledged yet.
pub mod outbox;
/// Each option's part of all votes.
pub mod percent;
/// How a text falls into graphemes and words, where no browser tells.
#[cfg(feature = "ssr")]
pub mod segments;
/// What the element's attributes say.
pub mod settings;
/// What a share button leads to.
pub mod share;
/// A title as long as a network takes it.
pub mod shorten;
/// The model: state, action, reduce.
pub mod state;
/// Putting texts together.
pub mod text;

/// The root component.
#[cfg(target_arch = "wasm32")]
pub mod app;
/// What is asked of the browser.
#[cfg(target_arch = "wasm32")]
pub mod browser;
/// What the browser keeps between pages.
#[cfg(target_arch = "wasm32")]
pub mod keep;
/// The boundary to the loader script.
#[cfg(target_arch = "wasm32")]
pub mod mount;
/// From the outbox to the endpoint and back.
#[cfg(target_arch = "wasm32")]
pub mod sync;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod indonesian;

#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
