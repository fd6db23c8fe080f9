//! Pages whose markup belongs to a library, which hydrates it, morphs it, or replaces it on the way from article to
//! article. The pages are in frameworks/; `cargo xtask test e2e` builds them with the real libraries.

/// Whole apps, each built by its framework.
mod apps;
/// Libraries that set attributes as properties.
mod attributes;
/// Sites built by a generator, and their navigation.
mod generators;
/// Hydration of markup that a server has rendered.
mod hydration;
/// Morphing of markup in place.
mod morphing;
/// A reader's visit to any of these sites.
mod visit;
