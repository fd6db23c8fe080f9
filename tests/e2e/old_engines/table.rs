//! The old engines, and how much of the widget works in each.

use std::{path::PathBuf, thread};

use crate::engine::named;

/// How much of the widget works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    /// Only the page's own article.
    Article,
    /// The endpoint's fragment: share links, poll and counts, without WebAssembly.
    Fragment,
    /// The whole widget.
    Wasm,
}

/// How an engine is started and driven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Program {
    /// A headless Chromium, driven by the DevTools protocol.
    Chromium,
    /// Chromium inside another program: QtWebEngine, driven by the DevTools protocol.
    QtWebEngine,
    /// QtWebKit, driven by a Python script.
    QtWebKit,
}

/// An engine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Old {
    /// Name and version, as `cargo xtask` installs it and as messages show it.
    pub(crate) name: &'static str,
    pub(crate) program: Program,
    pub(crate) reach: Reach,
    /// Whether the short form of the tests runs it.
    is_in_short_form: bool,
}

const ENGINES: [Old; 19] = [
    Old::new("qtwebkit-602", Program::QtWebKit, Reach::Article).in_short_form(),
    Old::new("chromium-64", Program::Chromium, Reach::Article),
    Old::new("chromium-65", Program::Chromium, Reach::Article),
    Old::new("chromium-66", Program::Chromium, Reach::Fragment).in_short_form(),
    Old::new("chromium-74", Program::Chromium, Reach::Fragment),
    Old::new("qtwebengine-77", Program::QtWebEngine, Reach::Fragment),
    Old::new("chromium-80", Program::Chromium, Reach::Fragment),
    Old::new("chromium-83", Program::Chromium, Reach::Fragment),
    Old::new("chromium-86", Program::Chromium, Reach::Fragment),
    Old::new("qtwebengine-87", Program::QtWebEngine, Reach::Fragment),
    Old::new("chromium-91", Program::Chromium, Reach::Fragment),
    Old::new("chromium-92", Program::Chromium, Reach::Fragment),
    Old::new("chromium-102", Program::Chromium, Reach::Wasm).in_short_form(),
    Old::new("chromium-103", Program::Chromium, Reach::Wasm),
    Old::new("chromium-106", Program::Chromium, Reach::Wasm),
    Old::new("chromium-109", Program::Chromium, Reach::Wasm),
    Old::new("chromium-113", Program::Chromium, Reach::Wasm),
    Old::new("chromium-119", Program::Chromium, Reach::Wasm),
    // The Chromium of the other tests, for comparison.
    Old::new("chromium", Program::Chromium, Reach::Wasm),
];

impl Old {
    const fn new(name: &'static str, program: Program, reach: Reach) -> Self {
        Self {
            name,
            program,
            reach,
            is_in_short_form: false,
        }
    }

    const fn in_short_form(self) -> Self {
        Self {
            is_in_short_form: true,
            ..self
        }
    }

    /// The path of its program.
    pub(crate) fn path(&self) -> PathBuf {
        match self.name {
            "chromium" => named("CHROME"),
            name => named(&format!("GEMA_{}", name.to_uppercase().replace('-', "_"))),
        }
    }
}

/// Runs a test in each engine of this run that has at least this reach, two at a time, and names those in which it
/// fails. `cargo xtask soak old-engines` runs all engines, the test command a few; `GEMA_OLD_ENGINES` lists others by
/// name.
pub(crate) fn in_engines(reach: fn(Reach) -> bool, claim: fn(Old)) {
    let listed = std::env::var("GEMA_OLD_ENGINES").ok();
    let is_long = std::env::var_os("GEMA_SOAK").is_some();
    let is_chosen = |old: &Old| match &listed {
        Some(names) => names.split(',').any(|name| name == old.name),
        None => is_long || old.is_in_short_form,
    };
    let engines: Vec<_> = ENGINES
        .into_iter()
        .filter(|old| reach(old.reach) && is_chosen(old))
        .collect();
    let mut failed = Vec::new();
    for pair in engines.chunks(2) {
        thread::scope(|scope| {
            let tried = |old: Old| {
                thread::Builder::new()
                    .name(old.name.into())
                    .spawn_scoped(scope, move || claim(old))
            };
            let tries: Vec<_> = pair
                .iter()
                .map(|old| (old.name, tried(*old).expect("a thread")))
                .collect();
            failed.extend(
                tries
                    .into_iter()
                    .filter_map(|(name, tried)| tried.join().is_err().then_some(name)),
            );
        });
    }
    assert!(
        failed.is_empty(),
        "it does not hold in {}",
        failed.join(", ")
    );
}
