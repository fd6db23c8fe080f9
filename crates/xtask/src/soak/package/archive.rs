use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};

use super::{Files, Tried, first_page, is_current, unpack};
use crate::exec;

pub(super) fn try_it(files: &Files, _: &Files) -> Result<Vec<Tried>> {
    let (package, dir) = (files.of("archive")?, files.clean("archive")?);
    let start = Instant::now();
    unpack(package, &dir)?;
    let name = package
        .file_name()
        .and_then(|name| name.to_str()?.strip_suffix(".tar.gz"))
        .context("no .tar.gz")?;
    let program = dir.join(name).join("gema");
    let shown = first_page::of_demo(&mut Command::new(&program), &dir)?;
    is_current(&exec::read(Command::new(&program).arg("--version"))?)?;
    Ok(vec![Tried::new("archive: tar -x", package, shown - start)?])
}
