//! Loads one page as on a slow phone with a slow connection, and records its timings.

use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::chromium::{Chromium, Tab};
use super::trace;
use crate::cpu_steal::CpuTimes;

/// The widget on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Widget {
    /// The widget as it is embedded everywhere.
    Gema,
    /// The widget of another build.
    OtherBuild,
    /// A widget with the same functions, written by hand.
    Plain,
    /// Waline's whole client.
    Waline,
    /// Nothing: the cost of the page alone.
    Bare,
}

impl Widget {
    /// The widgets in the order of a round.
    pub(crate) fn measured(has_other_build: bool) -> Vec<Self> {
        let other = has_other_build.then_some(Self::OtherBuild);
        let rest = [Self::Plain, Self::Waline, Self::Bare];
        [Self::Gema].into_iter().chain(other).chain(rest).collect()
    }

    /// Its name in the table.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Gema => "Gema",
            Self::OtherBuild => "other build",
            Self::Plain => "by hand",
            Self::Waline => "Waline",
            Self::Bare => "no widget",
        }
    }

    /// Its name in the pages' URLs and in `probe.js`.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Gema => "gema",
            Self::OtherBuild => "other",
            Self::Plain => "plain",
            Self::Waline => "waline",
            Self::Bare => "bare",
        }
    }
}

/// The results of a page in one round. It is loaded three times: undisturbed, traced, and with an option pressed as
/// soon as there is one. Times are in ms from the start of the navigation; NaN if something never happens on this
/// page.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Load {
    /// Time when reads and reactions are drawn.
    pub(crate) counts: f64,
    /// Time when an option can be pressed.
    pub(crate) pressable: f64,
    /// Time when the server has accepted a reaction.
    pub(crate) accepted: f64,
    /// Time when the page is complete: the module has taken over; for Waline, its editor and its counts are there.
    pub(crate) charge: f64,
    /// Bytes downloaded, without the page itself.
    pub(crate) bytes: f64,
    /// Total blocking time of the main thread: the part of each task over 50 ms, in ms.
    pub(crate) blocking: f64,
    /// Total blocking time, computed from processor time.
    pub(crate) busy: f64,
    /// Steal time: the part of the processors' time that the host gave to others during the undisturbed load, in
    /// percent.
    pub(crate) steal_percent: f64,
    /// Cumulative layout shift.
    pub(crate) shift: f64,
    /// The heap of JavaScript and the memory of WebAssembly, in bytes.
    pub(crate) heap: f64,
}

/// "Slow 4G" as in the developer tools: latency in ms, bytes per second down and up.
const SLOW_4G: (f64, u32, u32) = (562.5, 180_000, 84_375);
/// The CPU throttling rate: how many times slower than this machine.
const CPU_SLOWDOWN: u32 = 4;
/// A load with more steal time than this, in percent, is repeated, at most [`MAX_REPEATS`] times; the one with the least is
/// reported. The choice does not depend on the other results.
const MAX_STEAL_PERCENT: f64 = 5.0;
const MAX_REPEATS: usize = 5;
/// Waits for late layout shifts.
const SETTLE_TIME: Duration = Duration::from_millis(1500);

/// The purpose of a load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    /// Record the timings of an undisturbed load.
    Look,
    /// Press an option as soon as there is one.
    Press,
    /// Record a trace, without CPU throttling: a throttled process also uses processor time while it waits.
    Trace,
}

/// Loads the page three times, and more often if the host disturbs it.
pub(crate) fn page(chromium: &mut Chromium, site: &str, widget: Widget) -> Result<Load> {
    let mut load =
        |why| load(chromium, site, widget, why).with_context(|| format!("{widget:?}: {why:?}"));
    let looked_at = Load {
        busy: load(Purpose::Trace)?.busy,
        ..undisturbed(|| load(Purpose::Look))?
    };
    if widget == Widget::Bare {
        return Ok(looked_at);
    }
    let pressed = load(Purpose::Press)?;
    Ok(Load {
        pressable: pressed.pressable,
        accepted: pressed.accepted,
        ..looked_at
    })
}

/// Repeats a load until there is almost no steal time.
fn undisturbed(mut load: impl FnMut() -> Result<Load>) -> Result<Load> {
    let mut calmest = load()?;
    for _ in 0..MAX_REPEATS {
        if calmest.steal_percent <= MAX_STEAL_PERCENT {
            break;
        }
        let another = load()?;
        if another.steal_percent < calmest.steal_percent {
            calmest = another;
        }
    }
    Ok(calmest)
}

fn load(chromium: &mut Chromium, site: &str, widget: Widget, why: Purpose) -> Result<Load> {
    let mut tab = chromium.tab()?;
    for domain in ["Page", "Network", "Performance", "Runtime"] {
        tab.ask(&format!("{domain}.enable"), json!({}))?;
    }
    let phone = json!({ "width": 412, "height": 915, "deviceScaleFactor": 1, "mobile": true });
    tab.ask("Emulation.setDeviceMetricsOverride", phone)?;
    let slower = if why == Purpose::Trace {
        1
    } else {
        CPU_SLOWDOWN
    };
    tab.ask("Emulation.setCPUThrottlingRate", json!({ "rate": slower }))?;
    let (latency, down, up) = SLOW_4G;
    let network = json!({ "offline": false, "latency": latency, "downloadThroughput": down, "uploadThroughput": up });
    tab.ask("Network.emulateNetworkConditions", network)?;
    tab.ask("Runtime.addBinding", json!({ "name": "measured" }))?;
    let press = why == Purpose::Press;
    let probe = format!(
        "const PAGE = {:?}, PRESS = {press};\n{}",
        widget.word(),
        include_str!("probe.js")
    );
    tab.ask(
        "Page.addScriptToEvaluateOnNewDocument",
        json!({ "source": format!("{{{probe}}}") }),
    )?;
    let url = format!("{site}/{}", widget.word());
    if why == Purpose::Trace {
        tab.starts_tracing(&trace::CATEGORIES)?;
    }
    let before = CpuTimes::now()?;
    tab.ask("Page.navigate", json!({ "url": url }))?;
    if let Err(error) = tab.wait_for("Runtime.bindingCalled") {
        let found = tab
            .evaluate("JSON.stringify(globalThis.gemaFound?.())")
            .unwrap_or_default();
        let thrown: Vec<_> = tab
            .events("Runtime.exceptionThrown")
            .map(Value::to_string)
            .collect();
        return Err(error.context(format!("{url} got as far as {found}; it threw {thrown:?}")));
    }
    thread::sleep(SETTLE_TIME);
    let steal_percent = 100.0 * CpuTimes::now()?.steal_share_since(before);
    let mut load = Load {
        steal_percent,
        ..found(&mut tab, &url)?
    };
    if why == Purpose::Trace {
        tab.stops_tracing()?;
        let traced = tab
            .events("Tracing.dataCollected")
            .filter_map(|event| event["value"].as_array());
        load.busy = trace::blocked(
            &traced.flatten().collect::<Vec<_>>(),
            &url,
            f64::from(CPU_SLOWDOWN),
        )?;
    }
    Ok(load)
}

fn found(tab: &mut Tab<'_>, url: &str) -> Result<Load> {
    let found = tab.evaluate("gemaFound()")?;
    let number = |name: &str| found[name].as_f64().unwrap_or(f64::NAN);
    tab.ask("HeapProfiler.collectGarbage", json!({}))?;
    let metrics = tab.ask("Performance.getMetrics", json!({}))?;
    let metrics = metrics["metrics"].as_array().context("no metrics")?;
    let heap = metrics
        .iter()
        .find(|metric| metric["name"] == "JSHeapUsedSize")
        .and_then(|metric| metric["value"].as_f64());
    let document: Vec<_> = tab
        .events("Network.responseReceived")
        .filter(|event| event["response"]["url"] == url)
        .map(|event| event["requestId"].clone())
        .collect();
    let bytes: f64 = tab
        .events("Network.loadingFinished")
        .filter(|event| !document.contains(&event["requestId"]))
        .filter_map(|event| event["encodedDataLength"].as_f64())
        .sum();
    Ok(Load {
        counts: number("counts"),
        pressable: number("pressed"),
        accepted: number("accepted"),
        charge: number("charge"),
        // The sum of an empty iterator is -0.0.
        bytes: bytes + 0.0,
        blocking: number("blocking"),
        busy: f64::NAN,
        steal_percent: f64::NAN,
        shift: number("shift"),
        heap: heap.context("no heap among the metrics")? + number("wasm"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The number of the load that is chosen among loads with these steal times, and how many loads were made.
    fn measured(disturbed: &[f64]) -> (f64, usize) {
        let load = |(nth, &steal_percent): (usize, &f64)| Load {
            counts: nth as f64,
            steal_percent,
            ..Load::default()
        };
        let mut loads = disturbed.iter().enumerate().map(load);
        let measured = undisturbed(|| loads.next().context("one load too many")).unwrap();
        (measured.counts, disturbed.len() - loads.len())
    }

    #[test]
    fn a_load_that_the_host_has_disturbed_is_repeated() {
        assert_eq!(
            measured(&[5.0, 0.0]),
            (0.0, 1),
            "one that was calm enough is measured"
        );
        assert_eq!(measured(&[30.0, 40.0, 2.0, 0.0]), (2.0, 3));
        assert_eq!(
            measured(&[30.0, 20.0, 9.0, 25.0, 40.0, 9.0]),
            (2.0, 6),
            "and of many the calmest"
        );
    }
}
