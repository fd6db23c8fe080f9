//! `gema completions` and `gema man`: made from the definition of the command line, so that they agree with `--help`.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use clap_complete::Shell;

use super::output;

#[derive(clap::Args)]
pub(crate) struct Completions {
    /// The shell that will source them
    #[arg(value_enum)]
    shell: Shell,
}

#[derive(clap::Args)]
pub(crate) struct Man {
    /// The directory for the pages; created if it does not exist
    directory: PathBuf,
}

/// Prints the completions of one shell.
pub(crate) fn completions(options: &Completions, mut command: clap::Command) -> anyhow::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut command, "gema", &mut script);
    output::out(&String::from_utf8(script)?)
}

/// Writes `gema.1`, and a page for each command.
pub(crate) fn man(options: &Man, command: clap::Command) -> anyhow::Result<()> {
    let directory = &options.directory;
    fs::create_dir_all(directory)
        .and_then(|()| check_pages(directory))
        .and_then(|()| clap_mangen::generate_to(command, directory))
        .with_context(|| format!("cannot write the manual into {}", directory.display()))
}

/// Rejects pages that are links, pipes or devices: writing would follow them.
fn check_pages(directory: &Path) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name();
        let is_page = name
            .to_str()
            .is_some_and(|name| name.starts_with("gema") && name.ends_with(".1"));
        if is_page && !entry.file_type()?.is_file() {
            let what = format!("{} is not a regular file: remove it", name.display());
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, what));
        }
    }
    Ok(())
}
