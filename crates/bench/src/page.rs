//! `cargo xtask bench page`: how soon the widget is usable on a small phone with a slow connection. Compares the
//! widget as it is embedded everywhere, the same function written by hand (the lower bound), Waline's client, and the
//! same page without a widget. Runs real Chromium with empty caches.

mod chromium;
mod load;
mod report;
mod trace;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::{Extent, http};
use chromium::Chromium;
use devtools::supervise::Server;
use devtools::{exec, progress, repo};
use load::{Load, Widget};

/// Tools that measure pages.
#[derive(Debug)]
pub(crate) struct Programs {
    /// Chromium.
    pub(crate) browser: PathBuf,
    /// Waline's client: a script.
    pub(crate) waline_client: PathBuf,
    /// The element written by hand, minified.
    pub(crate) element: PathBuf,
}

/// Measures.
pub(crate) fn run(extent: Extent, programs: &Programs) -> Result<()> {
    progress::heading("How soon a page has it");
    let dir = repo::target().join("bench-page");
    // Remove what an earlier run left.
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).context("cannot make target/bench-page")?;
    let (_gema, endpoint) = super::serve(exec::program(repo::gema()), dir.join("gema.db"))?;
    seed_counts(&endpoint)?;
    let PageServers {
        _server,
        site,
        stub,
    } = serve(&dir, &endpoint, programs)?;
    let mut chromium = Chromium::start(&programs.browser, &dir.join("profile"))?;
    // Warm-up: the first page of a browser process waits for unrelated work.
    load::page(&mut chromium, &site, Widget::Plain)?;
    let mut rounds = vec![];
    for round in 1..=if extent == Extent::Full { 7 } else { 1 } {
        let before = [reactions(&endpoint)?, votes(&stub)?];
        let [gema, plain, waline, bare] =
            Widget::ALL.map(|widget| load::page(&mut chromium, &site, widget));
        let loads: [Load; 4] = [gema?, plain?, waline?, bare?];
        let counted = [reactions(&endpoint)? - before[0], votes(&stub)? - before[1]];
        if counted != [2, 1] {
            bail!("of two reactions and a vote, {counted:?} are counted");
        }
        progress::line(format!("round {round}: {loads:.0?}"));
        rounds.push(loads);
    }
    let report = report::PageReport { rounds };
    println!("\n{}", report.table());
    if extent == Extent::Full {
        report.write()
    } else {
        Ok(())
    }
}

/// The servers of the pages, which run until this is dropped, and their addresses.
struct PageServers {
    _server: Server,
    site: String,
    stub: String,
}

/// Serves the site and, on another origin, a stub of Waline's server.
fn serve(dir: &Path, endpoint: &str, programs: &Programs) -> Result<PageServers> {
    let files = [
        ("serve.mjs", include_str!("page/serve.mjs")),
        ("page.html", include_str!("page/page.html")),
    ];
    for (name, text) in files {
        fs::write(dir.join(name), text)?;
    }
    let manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(repo::dist().join("assets.json"))?)?;
    let style = repo::dist().join(
        manifest["css"]
            .as_str()
            .context("dist/assets.json names no style sheet")?,
    );
    fs::copy(&programs.element, dir.join("element.min.js"))?;
    let mut node = exec::program("node");
    node.arg(dir.join("serve.mjs"))
        .arg(endpoint)
        .arg(&programs.waline_client)
        .arg(style);
    let (_server, said) = Server::start_endpoint(&mut node)?;
    let (site, stub) = said
        .split_once(' ')
        .context("serve.mjs does not say both addresses")?;
    Ok(PageServers {
        _server,
        site: site.to_owned(),
        stub: stub.to_owned(),
    })
}

/// Adds counts, so that there is something to draw.
fn seed_counts(endpoint: &str) -> Result<()> {
    let event = |n: u32| {
        let read = format!(r#"{{"type":"read","article":"bench","key":"{n:016}"}}"#);
        let react = r#"{"type":"react","article":"bench","reaction":"happy","seq":1}"#;
        format!(r#"{{"visitor":"{n:021}A","events":[{read},{react}]}}"#)
    };
    (0..7).try_for_each(|n| http::post(endpoint, "/v1/sites/demo/events", &event(n)).map(drop))
}

fn reactions(endpoint: &str) -> Result<u64> {
    let tallies = http::json(endpoint, "/v1/sites/demo/tallies?article=bench")?;
    let counts = tallies["tallies"][0]["reactions"]
        .as_object()
        .context("no reactions in a tally")?;
    Ok(counts.values().filter_map(serde_json::Value::as_u64).sum())
}

fn votes(stub: &str) -> Result<u64> {
    let counters = http::json(stub, "/api/article?type=reaction0")?;
    counters["data"][0]["reaction0"]
        .as_u64()
        .context("no votes at the stub")
}
