//! The first page of an installed gema: the page itself, the counts of an article, and the script.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::supervise::Server;

/// Timeout for the first response of an installed service.
const START: Duration = Duration::from_secs(30);
const PAGE_POLL_INTERVAL: Duration = Duration::from_millis(20);

/// The requests of a page: path, and content type of the response.
const FIRST_PAGE_NEEDS: [(&str, &str); 3] = [
    ("/", "text/html"),
    ("/v1/sites/SITE/view?article=%2Ffirst", "application/json"),
    ("/embed.js", "text/javascript"),
];

/// Serves the demo with an installed program, in this directory. Returns the time at which the first page was complete.
pub(super) fn of_demo(program: &mut Command, directory: &Path) -> Result<Instant> {
    of_container(program.current_dir(directory).arg("serve"))
}

/// Runs a command that serves the demo. Returns the time at which the first page was complete.
pub(super) fn of_container(serve: &mut Command) -> Result<Instant> {
    let (_server, url) = Server::start_endpoint(serve.args(["--listen", "127.0.0.1:0"]))?;
    complete(&url, "demo", &|| Command::new("curl"))
}

/// Waits until a service responds. Returns the time at which the first page was complete. `curl` runs curl where the
/// service is.
pub(super) fn of_service(url: &str, site: &str, curl: &dyn Fn() -> Command) -> Result<Instant> {
    let since = Instant::now();
    while !fetched(curl(), &format!("{url}/health/ready")).is_ok_and(|(status, _)| status == "200")
    {
        ensure!(since.elapsed() < START, "the service does not answer");
        std::thread::sleep(PAGE_POLL_INTERVAL);
    }
    complete(url, site, curl)
}

fn complete(url: &str, site: &str, curl: &dyn Fn() -> Command) -> Result<Instant> {
    for (path, kind) in FIRST_PAGE_NEEDS {
        let (status, found) = fetched(curl(), &format!("{url}{}", path.replace("SITE", site)))?;
        ensure!(
            status == "200" && found.starts_with(kind),
            "{path}: {status}, {found}, and not 200, {kind}"
        );
    }
    Ok(Instant::now())
}

/// Status and content type of a response.
fn fetched(mut curl: Command, url: &str) -> Result<(String, String)> {
    let write = "%{http_code} %{content_type}";
    curl.args([
        "--silent",
        "--max-time",
        "10",
        "--output",
        "/dev/null",
        "--write-out",
        write,
        url,
    ]);
    let told =
        String::from_utf8_lossy(&curl.output().context("cannot start curl")?.stdout).into_owned();
    let (status, kind) = told.split_once(' ').context("curl has printed nothing")?;
    Ok((status.to_owned(), kind.to_owned()))
}
