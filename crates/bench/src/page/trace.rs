//! The blocking time of a page's main thread, computed from the processor time in Chromium's trace. Blocking time by
//! the clock also includes the time in which other processes have the processor; processor time does not.

use anyhow::{Context, Result};
use serde_json::Value;

/// The trace categories: tasks, the start of pages, and tasks in which the body of a response arrives, which no other
/// category has. More categories would make the tasks longer.
pub(crate) const CATEGORIES: [&str; 3] = [
    "toplevel",
    "blink.user_timing",
    "disabled-by-default-devtools.timeline",
];

/// The part of a task beyond this many ms counts as blocking.
const LONG_TASK_MS: f64 = 50.0;

/// The blocking time of the page at this URL, in ms, on a processor that is `slower` times slower than the traced one:
/// the part of each task over 50 ms.
pub(crate) fn blocked(events: &[&Value], url: &str, slower: f64) -> Result<f64> {
    let begun = events
        .iter()
        .find(|event| {
            event["name"] == "navigationStart" && event["args"]["data"]["documentLoaderURL"] == url
        })
        .with_context(|| format!("Chromium's trace has no page {url}"))?;
    let at = |event: &Value, name: &str| event[name].as_f64().unwrap_or(0.0);
    let mut tasks: Vec<_> = events
        .iter()
        .filter(|event| {
            event["ph"] == "X"
                && event["name"]
                    .as_str()
                    .is_some_and(|name| name.ends_with("RunTask"))
        })
        .filter(|task| {
            ["pid", "tid"]
                .iter()
                .all(|thread| task[thread] == begun[thread])
        })
        .filter(|task| at(task, "ts") >= at(begun, "ts"))
        .collect();
    tasks.sort_by(|one, other| at(one, "ts").total_cmp(&at(other, "ts")));
    let mut blocked = 0.0;
    let mut end = 0.0;
    for task in tasks {
        // A nested task is already included in the outer one.
        if at(task, "ts") >= end {
            end = at(task, "ts") + at(task, "dur");
            blocked += (at(task, "tdur") / 1e3 * slower - LONG_TASK_MS).max(0.0);
        }
    }
    Ok(blocked)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_tasks_of_the_page_count_once_and_by_the_processors_time() {
        let task = |thread: u32, ts: u32, dur: u32, tdur: u32| {
            let name = "ThreadControllerImpl::RunTask";
            json!({ "ph": "X", "name": name, "pid": 7, "tid": thread, "ts": ts, "dur": dur, "tdur": tdur })
        };
        let begun = json!({ "ph": "R", "name": "navigationStart", "pid": 7, "tid": 1, "ts": 1_000,
            "args": { "data": { "documentLoaderURL": "http://page/" } } });
        let events = [
            task(1, 500, 400, 90_000),
            begun,
            // 4 times 20 ms: 30 ms too long. The nested task is included in it.
            task(1, 2_000, 900_000, 20_000),
            task(1, 3_000, 30_000, 19_000),
            task(1, 1_000_000, 60_000, 12_000),
            task(2, 5_000, 90_000, 90_000),
        ];
        let events: Vec<_> = events.iter().collect();
        assert_eq!(blocked(&events, "http://page/", 4.0).unwrap(), 30.0);
        assert!(blocked(&events, "http://another/", 4.0).is_err());
    }
}
