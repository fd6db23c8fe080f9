//! `gema import`.

use std::{
    fs::File,
    io::{self, Read},
    path::PathBuf,
};

use anyhow::Context;
use axum::{
    body::{Body, Bytes},
    http::Method,
};
use http_body_util::channel::{Channel, Sender};
use tokio::runtime::Handle;

use super::{
    holder::{Database, Holder},
    print,
};

/// How much of a file is read at once.
const CHUNK: usize = 64 * 1024;

/// Takes over what `gema export` wrote
#[derive(clap::Args)]
pub(crate) struct Import {
    /// The file, or - for standard input
    file: PathBuf,
    /// Only says what would be taken over
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    database: Database,
}

/// Sends as it is read: nothing of it is kept in memory.
pub(crate) async fn run(import: Import) -> anyhow::Result<()> {
    let holder = Holder::of(&import.database)?;
    if import.dry_run {
        holder.require_database()?;
    }
    let from: Box<dyn Read + Send> = if import.file.as_os_str() == "-" {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(&import.file).with_context(|| format!("{} cannot be read", import.file.display()))?)
    };
    let query = if import.dry_run { "?dry_run=1" } else { "" };
    let taken = holder.send_file(Method::POST, &format!("import{query}"), body(from)).await?;
    print::out(&print::taken(&taken.context("an empty answer")?, import.dry_run))
}

/// A body that is read while it is sent.
fn body(mut from: Box<dyn Read + Send>) -> Body {
    let (mut sender, body) = Channel::<Bytes, axum::Error>::new(2);
    let runtime = Handle::current();
    tokio::task::spawn_blocking(move || {
        if let Err(error) = pour(&mut *from, &mut sender, &runtime) {
            sender.abort(axum::Error::new(error));
        }
    });
    Body::new(body)
}

fn pour(from: &mut dyn Read, to: &mut Sender<Bytes, axum::Error>, runtime: &Handle) -> io::Result<()> {
    loop {
        let mut chunk = Vec::with_capacity(CHUNK);
        Read::take(&mut *from, CHUNK as u64).read_to_end(&mut chunk)?;
        if chunk.is_empty() || runtime.block_on(to.send_data(chunk.into())).is_err() {
            return Ok(());
        }
    }
}
