use serde_json::Value;

use crate::{
    newsroom::Newsroom,
    page::{Draft, element},
    reader::Reader,
};

/// Number of random actions between two checks.
const ACTIONS_BETWEEN_CHECKS: u32 = 40;

/// The choices stored in the browser.
const MINE: &str = "['a', 'b', 'c'].map((article) => JSON.parse(localStorage['gema:1:warta:mine:' + article] ?? '{}').reaction ?? null)";

/// The seeds of the short form, and of `cargo xtask soak wandering`.
fn seeds() -> std::ops::Range<u32> {
    if std::env::var_os("GEMA_SOAK").is_some() {
        2..40
    } else {
        0..2
    }
}

/// Whether the WebAssembly runs in every widget. Scrolls to one in which it does not run yet: it is loaded near the
/// viewport.
const IN_CHARGE: &str = "(() => {
    const other = [...document.querySelectorAll('gema-article')].find((one) => one.getAttribute('data-ready') !== 'wasm');
    other?.scrollIntoView({ behavior: 'instant' });
    return !other;
})()";

#[test]
fn random_reader_actions_keep_the_widget_and_count_a_vote_once() {
    for seed in seeds() {
        println!("seed {seed}");
        walk(seed);
    }
}

fn walk(seed: u32) {
    let mut newsroom = Newsroom::open();
    let tag = newsroom.tag("async") + "<script src=/wandering.js></script>";
    let draft = Draft::default().page("/", &tag, &element("").replace("berita/banjir kanal", "a"));
    let page = draft
        .file(
            "/wandering.js",
            "text/javascript",
            include_str!("wandering.js").into(),
        )
        .served();
    let reader = Reader::new();
    reader.loads(&page);
    for stage in 0..6 {
        // For half of the time the endpoint does not answer: first it is paused, then stopped.
        match stage {
            2 => newsroom.falls_asleep(),
            3 => newsroom.is_killed(),
            _ => {}
        }
        let number = seed * 100 + stage;
        assert_eq!(
            reader.awaits(&format!("wander({number}, {ACTIONS_BETWEEN_CHECKS})")),
            Value::Null,
            "seed {number}"
        );
        match stage {
            2 => newsroom.wakes_up(),
            3 => newsroom.restart(),
            _ => {}
        }
        reader.sees(IN_CHARGE, true);
    }
    let mine = reader.finds(MINE);
    for (article, choice) in ["a", "b", "c"]
        .into_iter()
        .zip(mine.as_array().expect("a list"))
    {
        let expected: Vec<_> = choice
            .as_str()
            .map(|option| (option, 1))
            .into_iter()
            .collect();
        newsroom.has_reactions(article, &expected);
    }
    let mut lines = reader.console();
    // Several elements may share a page, and the endpoint was stopped, so these messages are expected.
    lines.retain(|line| {
        !line.contains("several articles share") && !line.contains("no answer from")
    });
    assert_eq!(
        lines,
        [""; 0],
        "seed {seed}: {}",
        reader.finds("wandered.slice(-20)")
    );
    reader.reloads();
    reader.widget().is_there().has_chosen(mine[0].as_str());
}
