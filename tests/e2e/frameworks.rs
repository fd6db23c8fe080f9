//! Pages whose markup a library owns: it takes over what a server has drawn, morphs it, or swaps it on the way from article to
//! article. They are in frameworks/; `cargo xtask test e2e` makes them with the libraries themselves.

/// Whole apps, each built by its framework.
mod apps;
/// Attributes that are set as properties.
mod attributes;
/// Sites that a generator has built, and their navigation.
mod generators;
/// Markup that a server has drawn and a library takes over.
mod hydration;
/// Markup that is changed in place.
mod morphing;
/// What a reader sees of all of these.
mod visit;
