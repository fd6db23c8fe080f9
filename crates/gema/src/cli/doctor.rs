//! `gema doctor`.

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context, bail};
use doctor::{Browser, Subject};
use url::Url;

use super::output;

/// Examines a page as a reader's browser would see it, and reports what is wrong with its tag and how to fix it
///
/// Fetches the page, its style sheets, and the endpoint that its tag names. Runs no script and counts nothing.
///
/// Exit status: 0 if nothing is wrong (notes are ignored), 1 if there is an error or a warning, 2 if the page could
/// not be fetched or the command is invalid.
#[derive(clap::Args)]
pub(crate) struct Doctor {
    /// The page's address; or a file with its markup, together with --address
    page: String,
    /// The address under which readers see the file's markup
    #[arg(long, value_name = "ADDRESS")]
    address: Option<Url>,
    /// Your endpoint, in case the page does not name it
    #[arg(long, value_name = "ADDRESS")]
    endpoint: Option<Url>,
    /// Your site's id, in case the page does not name it
    #[arg(long)]
    site: Option<String>,
    /// Prints the report as JSON
    #[arg(long)]
    json: bool,
}

/// Exit status if the page could not be examined or the command is invalid.
const NOT_EXAMINED: u8 = 2;

/// Maximum number of bytes read from a file.
const MAX_FILE_BYTES: u64 = 4 << 20;

pub(crate) fn run(doctor: &Doctor) -> ExitCode {
    let result = subject(doctor).and_then(|subject| {
        let report = doctor::examine(&Browser::default(), &subject)?;
        let text = if doctor.json {
            output::json(&report)?
        } else {
            report.text()
        };
        output::out(&text)?;
        Ok(report.has_faults())
    });
    match result {
        Ok(has_faults) => ExitCode::from(u8::from(has_faults)),
        Err(error) => {
            output::note(&format!(
                "gema: {}",
                output::printable(&format!("{error:#}"))
            ));
            ExitCode::from(NOT_EXAMINED)
        }
    }
}

fn subject(doctor: &Doctor) -> anyhow::Result<Subject> {
    let Doctor {
        page,
        address,
        endpoint,
        site,
        ..
    } = doctor;
    let endpoint = endpoint.clone();
    let site = site.clone();
    let of_web = |url: &Url| matches!(url.scheme(), "http" | "https") && url.has_host();
    match (Url::parse(page).ok().filter(of_web), address) {
        (Some(address), None) => Ok(Subject {
            address,
            markup: None,
            endpoint,
            site,
        }),
        (Some(_), Some(_)) => bail!("--address is for a file: give either an address or a file"),
        (None, Some(address)) if of_web(address) => {
            let markup = read(&PathBuf::from(page))?;
            Ok(Subject {
                address: address.clone(),
                markup: Some(markup),
                endpoint,
                site,
            })
        }
        (None, Some(address)) => bail!("{address} is no address of the web: write https://…"),
        (None, None) => bail!(
            "{page} is no address of the web: write https://…, or add --address https://… to a file"
        ),
    }
}

fn read(file: &PathBuf) -> anyhow::Result<String> {
    use std::io::Read;
    let unreadable = || format!("{} cannot be read", file.display());
    let mut bytes = Vec::new();
    std::fs::File::open(file)
        .with_context(unreadable)?
        .take(MAX_FILE_BYTES)
        .read_to_end(&mut bytes)
        .with_context(unreadable)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
