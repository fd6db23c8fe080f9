use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::{Files, Tried, first_page, unpack};
use crate::exec;

/// Unpacks the image as a container engine does, and runs its command as its user, with an empty file system around it.
/// Listens on the loopback only, instead of every address.
pub(super) fn try_it(files: &Files, _: &Files) -> Result<Vec<Tried>> {
    let (package, dir) = (files.of("oci")?, files.clean("oci")?);
    inspect(package)?;
    let start = Instant::now();
    let layout = dir.join("layout");
    std::fs::create_dir(&layout)?;
    unpack(package, &layout)?;
    let bundle = dir.join("bundle");
    let image = format!("{}:{}", layout.display(), env!("CARGO_PKG_VERSION"));
    exec::read(
        Command::new("umoci")
            .args(["unpack", "--image", &image])
            .arg(&bundle),
    )?;
    let config: Value = serde_json::from_slice(&std::fs::read(bundle.join("config.json"))?)?;
    let process = &config["process"];
    let words = |field: &str| strings(&process[field]);
    ensure!(words("args") == ["/gema", "serve"], "{process}");
    ensure!(
        process["cwd"] == "/data" && process["user"]["uid"] == 65532,
        "{process}"
    );
    let mut gema = Command::new("chroot");
    let (uid, gid) = (&process["user"]["uid"], &process["user"]["gid"]);
    gema.arg(format!("--userspec={uid}:{gid}"))
        .arg(bundle.join("rootfs"))
        .args(words("args"))
        .env_clear();
    for set in words("env") {
        let (name, value) = set.split_once('=').context("a variable without a value")?;
        gema.env(name, value);
    }
    let shown = first_page::of_container(&mut gema)?;
    ensure!(
        bundle.join("rootfs/data/gema.db").exists(),
        "the database is not in the volume"
    );
    Ok(vec![Tried::new(
        "image: umoci unpack, chroot",
        package,
        shown - start,
    )?])
}

/// Checks the image's metadata as a registry's client reads it.
fn inspect(package: &Path) -> Result<()> {
    let mut skopeo = Command::new("skopeo");
    let told = exec::read(
        skopeo
            .arg("inspect")
            .arg(format!("oci-archive:{}", package.display())),
    )?;
    let told: Value = serde_json::from_str(&told)?;
    ensure!(
        told["Architecture"] == "amd64" && told["Os"] == "linux",
        "{told}"
    );
    ensure!(
        told["Labels"]["org.opencontainers.image.version"] == env!("CARGO_PKG_VERSION"),
        "{told}"
    );
    ensure!(
        told["Layers"]
            .as_array()
            .is_some_and(|layers| layers.len() == 1),
        "{told}"
    );
    Ok(())
}

fn strings(list: &Value) -> Vec<String> {
    list.as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}
