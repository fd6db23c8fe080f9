//! `gema import`.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::PathBuf,
};

use admin::{BaselineReport, BaselineRequest};
use anyhow::{Context, bail};
use axum::{
    body::{Body, Bytes},
    http::Method,
};
use flate2::bufread::MultiGzDecoder;
use http_body_util::channel::{Channel, Sender};
use importers::{ExportContents, Mapping, PageColumns};
use store::Metric;
use tokio::runtime::Handle;
use wire::Reaction;

use super::{output, target_args::TargetArgs};

/// Bytes read from a file at a time.
const CHUNK_BYTES: usize = 64 * 1024;

/// Imports what `gema export` wrote, or the counts of an earlier counter
#[derive(clap::Args)]
pub(crate) struct Import {
    /// The file, or - for standard input
    file: PathBuf,
    /// The earlier counter that exported the file. Its counts become starting counts, which replace those given before
    #[arg(long, value_enum)]
    from: Option<Counter>,
    /// The poll's option for each of Waline's reactions or Open Heart's emoji; `-` leaves one out
    #[arg(long, value_delimiter = ',', value_parser = parse_mapping, value_name = "reaction0=KEY,…", requires = "from")]
    map: Vec<(String, Option<Reaction>)>,
    /// The headings of a table's columns, if they are not known; for WordPress `reads` is the field that has the views, and
    /// `page=id` gives the keys of Gema's plugin
    #[arg(long, value_delimiter = ',', value_parser = column, value_name = "page=HEADING,reads=HEADING", requires = "from")]
    columns: Vec<(bool, String)>,
    /// Takes nothing from an earlier counter's file if a row of it is wrong. Otherwise such rows are named and left out
    #[arg(long, requires = "from")]
    strict: bool,
    /// Only prints what would be imported
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    target: TargetArgs,
}

/// Supported counters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Counter {
    /// JSON from Waline's administration
    Waline,
    /// ZIP of JSON, or CSV, from GoatCounter
    Goatcounter,
    /// A table of pages with views, from Matomo, Plausible, Umami, Google Analytics 4, OpenSID, or your own
    Pages,
    /// XML from WordPress (Tools, Export) with views in fields of posts
    Wordpress,
    /// SQL from Koko Analytics
    Koko,
    /// A line for each page: its address, a tab, and what an Open Heart server answers
    OpenHeart,
    /// A table with columns like: article,reads,reaction:happy,share:whatsapp
    Csv,
}

pub(crate) async fn run(import: Import) -> anyhow::Result<()> {
    let mut from = open(&import.file)?;
    match import.from {
        None => import.import_export(from).await,
        Some(counter) if from.fill_buf()?.starts_with(&[0x1f, 0x8b]) => {
            import
                .start(counter, BufReader::new(MultiGzDecoder::new(from)))
                .await
        }
        Some(counter) => import.start(counter, from).await,
    }
}

fn open(file: &PathBuf) -> anyhow::Result<BufReader<Box<dyn Read + Send>>> {
    let from: Box<dyn Read + Send> = if file.as_os_str() == "-" {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(file).with_context(|| format!("{} cannot be read", file.display()))?)
    };
    Ok(BufReader::with_capacity(CHUNK_BYTES, from))
}

impl Import {
    /// Imports an export of gema, which is streamed.
    async fn import_export(&self, from: impl Read + Send + 'static) -> anyhow::Result<()> {
        let client = self.target.client()?;
        if self.target.is_named() {
            bail!(
                "an export of gema names the sites of its articles: leave out --site, or give it to gema export"
            );
        }
        if self.dry_run {
            client.require_database()?;
        }
        let query = if self.dry_run { "?dry_run=1" } else { "" };
        let taken = client
            .send_file(Method::POST, &format!("import{query}"), body(from))
            .await?;
        output::out(&output::import_summary(
            &taken.context("an empty answer: is the running gema of another version?")?,
            self.dry_run,
        ))
    }

    /// Imports the counts of an earlier counter.
    async fn start(&self, counter: Counter, mut from: impl BufRead) -> anyhow::Result<()> {
        let (client, site) = self.target.open()?;
        let mapping: Mapping = self.map.iter().cloned().collect();
        if !matches!(counter, Counter::Waline | Counter::OpenHeart) && !mapping.is_empty() {
            bail!("--map is for Waline and Open Heart: the others have no reactions, or name them");
        }
        let mut columns = PageColumns::default();
        for (is_page, heading) in &self.columns {
            *(if *is_page {
                &mut columns.page
            } else {
                &mut columns.reads
            }) = Some(heading.clone());
        }
        if !matches!(counter, Counter::Pages | Counter::Wordpress)
            && columns != PageColumns::default()
        {
            bail!("--columns is for `pages` and `wordpress`: the others have columns of their own");
        }
        let file = self.file.display();
        let nothing = || format!("nothing was taken over from {file}");
        let is_zip = from
            .fill_buf()
            .with_context(nothing)?
            .starts_with(b"PK\x03\x04");
        let contents = match counter {
            Counter::Goatcounter if is_zip => {
                let mut zip = Vec::new();
                from.read_to_end(&mut zip).with_context(nothing)?;
                importers::goatcounter_zip(&zip)
            }
            _ if is_zip => bail!("{file} is a ZIP: unpack it first"),
            Counter::Waline => importers::waline(from, &mapping),
            Counter::Goatcounter => importers::goatcounter(from),
            Counter::Csv => importers::csv(from),
            Counter::Pages => importers::pages(from, &columns),
            Counter::Wordpress => importers::wordpress(from, &columns),
            Counter::Koko => importers::koko(from),
            Counter::OpenHeart => importers::open_heart(from, &mapping),
        };
        let contents = contents.and_then(|contents| {
            if self.strict {
                contents.strict()
            } else {
                Ok(contents)
            }
        });
        let ExportContents {
            metrics,
            articles,
            skipped,
            notes,
            row_errors,
            errors,
        } = contents.with_context(nothing)?;
        let columns = metrics.iter().map(Metric::name).collect();
        let starting = BaselineRequest {
            columns,
            articles: articles.into_iter().collect(),
            dry_run: self.dry_run,
        };
        if self.dry_run {
            client.require_database()?;
        }
        let starting = Body::from(serde_json::to_vec(&starting)?);
        let started = client
            .send_file(Method::POST, &format!("starting/{site}"), starting)
            .await?;
        let started: BaselineReport = serde_json::from_value(
            started.context("an empty answer: is the running gema of another version?")?,
        )?;
        output::out(
            &(output::row_errors(&row_errors, errors)
                + &output::baseline_summary(&started, &skipped, &notes, self.dry_run)),
        )
    }
}

/// Parses `reaction0=happy`, or `reaction0=-`.
fn parse_mapping(text: &str) -> Result<(String, Option<Reaction>), String> {
    let (name, option) = text
        .split_once('=')
        .ok_or("write reaction0=KEY, like reaction0=happy")?;
    let option = match option {
        "-" => None,
        option => Some(Reaction::parse(option).map_err(|invalid| format!("`{option}` {invalid}"))?),
    };
    Ok((name.to_owned(), option))
}

/// Parses `page=HEADING` or `reads=HEADING`: whether it is the page's, and the heading.
fn column(text: &str) -> Result<(bool, String), String> {
    match text.split_once('=') {
        Some(("page", heading)) => Ok((true, heading.to_owned())),
        Some(("reads", heading)) => Ok((false, heading.to_owned())),
        _ => Err("write page=HEADING or reads=HEADING, like page=Halaman".into()),
    }
}

/// Streams a file as a body.
fn body(mut from: impl Read + Send + 'static) -> Body {
    let (mut sender, body) = Channel::<Bytes, axum::Error>::new(2);
    let runtime = Handle::current();
    tokio::task::spawn_blocking(move || {
        if let Err(error) = send_chunks(&mut from, &mut sender, &runtime) {
            sender.abort(axum::Error::new(error));
        }
    });
    Body::new(body)
}

fn send_chunks(
    from: &mut impl Read,
    to: &mut Sender<Bytes, axum::Error>,
    runtime: &Handle,
) -> io::Result<()> {
    loop {
        let mut chunk = Vec::with_capacity(CHUNK_BYTES);
        from.take(CHUNK_BYTES as u64).read_to_end(&mut chunk)?;
        if chunk.is_empty() || runtime.block_on(to.send_data(chunk.into())).is_err() {
            return Ok(());
        }
    }
}
