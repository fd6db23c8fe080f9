//! The steps in which the WebAssembly takes over: each is a task of its own, and the reader may do anything between two
//! of them.

use serde_json::json;

use crate::{
    newsroom::{ARTICLE, Newsroom},
    page::{Draft, Page},
    reader::Reader,
};

/// Timers without a delay wait until `step()`; after `go()` none waits. A cleared timer never runs, even if it was due.
/// Timers of a frame do not wait: they measure the page before the steps begin.
const STEPWISE: &str = "<script>
    const own = setTimeout, ownClear = clearTimeout, ownFrame = requestAnimationFrame;
    let isInFrame;
    window.requestAnimationFrame = (call) => ownFrame((time) => {
        isInFrame = true;
        call(time);
        isInFrame = false;
    });
    const waiting = (window.waiting = new Map());
    let last = 0;
    window.setTimeout = (call, pause, ...more) => (pause || isInFrame ? own(call, pause, ...more) : (waiting.set(--last, call), last));
    window.clearTimeout = (id) => void (id < 0 ? waiting.delete(id) : ownClear(id));
    const run = (id) => {
        const call = waiting.get(id);
        waiting.delete(id);
        call?.();
    };
    window.waits = () => waiting.size;
    window.step = () => [...waiting.keys()].forEach(run);
    window.go = () => {
        window.setTimeout = own;
        [...waiting.keys()].forEach((id) => own(run, 0, id));
    };
</script>";

/// Upper bound of the steps until the wasm takes over.
const MAX_STEPS: usize = 9;

/// A reader whose read is already counted, so that no read is sent and no response arrives.
fn who_has_read(page: &Page) -> Reader {
    let reader = Reader::new();
    let is_counted = "Object.entries(localStorage).some(([name, fact]) => name.includes(':read:') && JSON.parse(fact).sent)";
    reader.opens(page).sees(is_counted, true);
    reader.reloads();
    reader
}

#[test]
fn presses_and_reads_between_the_steps_count() {
    let newsroom = Newsroom::open();
    let page = Draft::article(&(STEPWISE.to_owned() + &newsroom.tag("async")), "").served();
    let reader = Reader::new();
    let widget = reader.opens(&page).widget();
    let mut chosen = None;
    let mut steps = 0;
    for option in ["happy", "sad", "angry"]
        .into_iter()
        .cycle()
        .take(MAX_STEPS)
    {
        let has_taken_over = "document.querySelector('gema-article').dataset.ready === 'wasm'";
        reader.sees(&format!("waits() > 0 || {has_taken_over}"), true);
        if reader.finds(has_taken_over) == json!(true) {
            break;
        }
        steps += 1;
        widget.stands("fragment").reacts(option);
        chosen = Some(option);
        if steps == 2 {
            widget.shares("qr");
        }
        reader.runs("step()", &[]);
    }
    // A message to the widget makes it finish at once.
    assert!(steps > 1, "it has taken over in {steps} steps");
    reader.runs("go()", &[]);
    let counted = [(chosen.expect("something was pressed"), 1)];
    widget.is_there().has_chosen(chosen).counts(&counted);
    widget.sees("!!root.querySelector('[part=panel] img')", true);
    newsroom.has_reactions(ARTICLE, &counted);
    newsroom.has_shares(ARTICLE, "qr", 1);
    newsroom.has_reads(ARTICLE, 1);
    reader.console_is_quiet();
}

#[test]
fn a_reaction_in_flight_counts_whenever_its_answer_arrives() {
    let newsroom = Newsroom::open();
    let page = Draft::article(&(STEPWISE.to_owned() + &newsroom.tag("async")), "").served();
    for (steps, option) in ["happy", "inspired", "surprised", "sad", "angry"]
        .into_iter()
        .enumerate()
    {
        let reader = who_has_read(&page);
        let widget = reader.widget();
        reader.sees("waits() > 0", true);
        newsroom.falls_asleep();
        widget.stands("fragment").reacts(option);
        for _ in 0..steps {
            reader.sees(
                "waits() > 0 || document.querySelector('gema-article').dataset.ready === 'wasm'",
                true,
            );
            reader.runs("step()", &[]);
        }
        newsroom.wakes_up();
        reader.sees("performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/reaction'))", true);
        reader.runs("go()", &[]);
        let count =
            format!("root.querySelector('[data-part=option-{option}] [part=count]').innerText");
        widget.is_there().has_chosen(Some(option)).sees(&count, "1");
        reader.console_is_quiet();
    }
}

#[test]
fn an_element_removed_between_steps_leaves_the_next_working() {
    let newsroom = Newsroom::open();
    let page = Draft::article(&(STEPWISE.to_owned() + &newsroom.tag("async")), "").served();
    let reader = who_has_read(&page);
    let widget = reader.widget();
    for steps in 1..=4 {
        for _ in 0..steps {
            reader.sees("waits() > 0", true);
            widget.stands("fragment");
            reader.runs("step()", &[]);
        }
        // Another element replaces it, and begins from the start.
        reader.runs(
            "const place = document.querySelector('main'), next = place.firstElementChild.cloneNode(true);
             place.replaceChildren(); next.removeAttribute('data-ready'); place.append(next);",
            &[],
        );
        widget.stands("fragment");
    }
    reader.runs("go()", &[]);
    widget.is_there().reacts("happy").counts(&[("happy", 1)]);
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    reader.console_is_quiet();
}

#[test]
fn attributes_may_change_between_the_steps() {
    let newsroom = Newsroom::open();
    let page = Draft::article(&(STEPWISE.to_owned() + &newsroom.tag("async")), "").served();
    for steps in 1..=3 {
        let reader = who_has_read(&page);
        for _ in 0..steps {
            reader.sees("waits() > 0", true);
            reader.runs("step()", &[]);
        }
        // The widget finishes at once: the timer of its next step is cleared, although it was due.
        reader.runs(
            "go(); document.querySelector('gema-article').setAttribute('share', 'off')",
            &[],
        );
        let widget = reader.widget();
        widget
            .is_there()
            .sees("!!root.querySelector('[part=share]')", false)
            .reacts("happy");
        newsroom.has_reactions(ARTICLE, &[("happy", steps)]);
        reader.console_is_quiet();
    }
}
