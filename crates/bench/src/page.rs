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
    /// The endpoint of another build, whose widget is measured in the same rounds.
    pub(crate) other_build: Option<PathBuf>,
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
    let mut endpoints = vec![start_endpoint(&repo::gema(), &dir.join("gema.db"))?];
    if let Some(program) = &programs.other_build {
        endpoints.push(start_endpoint(program, &dir.join("other.db"))?);
    }
    let servers = serve(&dir, endpoints, programs)?;
    let mut chromium = Chromium::start(&programs.browser, &dir.join("profile"))?;
    // Warm-up: the first page of a browser process waits for unrelated work.
    load::page(&mut chromium, &servers.site, Widget::Plain)?;
    let widgets = Widget::measured(programs.other_build.is_some());
    let mut rounds = vec![];
    for round in 1..=if extent == Extent::Full { 7 } else { 1 } {
        let loads = load_all(&mut chromium, &servers, &widgets)?;
        progress::line(format!("round {round}: {loads:.0?}"));
        rounds.push(loads);
    }
    let report = report::PageReport { widgets, rounds };
    println!("\n{}", report.table());
    if extent == Extent::Full && programs.other_build.is_none() {
        report.write()
    } else {
        Ok(())
    }
}

/// One round: every page, and whether each reaction in it was counted.
fn load_all(
    chromium: &mut Chromium,
    servers: &PageServers,
    widgets: &[Widget],
) -> Result<Vec<Load>> {
    let before = servers.counted()?;
    let loads = widgets
        .iter()
        .map(|widget| load::page(chromium, &servers.site, *widget))
        .collect::<Result<_>>()?;
    let after = servers.counted()?;
    let counted: Vec<u64> = after.iter().zip(before).map(|(n, m)| n - m).collect();
    // The element written by hand sends its reaction to the first endpoint too; the last number is Waline's.
    let expected: &[u64] = if servers.endpoints.len() > 1 {
        &[2, 1, 1]
    } else {
        &[2, 1]
    };
    if counted != expected {
        bail!("{counted:?} reactions are counted, not {expected:?}");
    }
    Ok(loads)
}

/// Starts an endpoint, with counts to draw. Gives the server and its address.
fn start_endpoint(program: &Path, database: &Path) -> Result<(Server, String)> {
    let (server, address) = super::serve(exec::program(program), database)?;
    seed_counts(&address)?;
    Ok((server, address))
}

/// The servers of the pages, which run until this is dropped, and their addresses.
struct PageServers {
    endpoints: Vec<(Server, String)>,
    _server: Server,
    site: String,
    stub: String,
}

impl PageServers {
    /// The reactions at each endpoint, and the votes at Waline's stub.
    fn counted(&self) -> Result<Vec<u64>> {
        let endpoints = self.endpoints.iter();
        let reactions = endpoints.map(|(_, address)| reactions(address));
        reactions.chain([votes(&self.stub)]).collect()
    }
}

/// Serves the site and, on another origin, a stub of Waline's server.
fn serve(dir: &Path, endpoints: Vec<(Server, String)>, programs: &Programs) -> Result<PageServers> {
    let files = [
        ("serve.mjs", include_str!("page/serve.mjs")),
        ("page.html", include_str!("page/page.html")),
    ];
    for (name, text) in files {
        fs::write(dir.join(name), text)?;
    }
    fs::copy(&programs.element, dir.join("element.min.js"))?;
    let mut node = exec::program("node");
    node.arg(dir.join("serve.mjs"))
        .arg(&programs.waline_client)
        .arg(style_sheet()?)
        .args(endpoints.iter().map(|(_, address)| address));
    let (_server, said) = Server::start_endpoint(&mut node)?;
    let (site, stub) = said
        .split_once(' ')
        .context("serve.mjs does not say both addresses")?;
    Ok(PageServers {
        endpoints,
        _server,
        site: site.to_owned(),
        stub: stub.to_owned(),
    })
}

fn style_sheet() -> Result<PathBuf> {
    let manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(repo::dist().join("assets.json"))?)?;
    let name = manifest["css"].as_str();
    Ok(repo::dist().join(name.context("dist/assets.json names no style sheet")?))
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
