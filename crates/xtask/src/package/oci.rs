//! The container image: the program alone, with the licences and a directory for the database, as an OCI image layout
//! in a tar archive.

use anyhow::{Result, bail};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::linkage::Linkage;
use super::release::{LICENCE, Release, SUMMARY};
use super::tree::Tree;
use super::{PackageFile, gzip, tar};

/// The user that distroless images also use for programs without rights.
const USER: u32 = 65532;

pub(super) fn make(release: &Release) -> Result<PackageFile> {
    if release.linkage != Linkage::Static {
        bail!(
            "the program needs a C library ({}), and the image would have none",
            release.linkage
        );
    }
    let layer = tar::archive(&files(release)?, "", release.time)?;
    let packed = gzip::compressed(&layer)?;
    let mut blobs = Tree::default();
    let layer_of = descriptor("application/vnd.oci.image.layer.v1.tar+gzip", &packed);
    let config = config(release, &digest(&layer))?.to_string().into_bytes();
    let config_of = descriptor("application/vnd.oci.image.config.v1+json", &config);
    let manifest = json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "config": config_of, "layers": [layer_of], "annotations": labels(release),
    });
    let manifest = manifest.to_string().into_bytes();
    let mut manifest_of = descriptor(MANIFEST, &manifest);
    manifest_of["annotations"] =
        json!({ "org.opencontainers.image.ref.name": release.version.to_string() });
    manifest_of["platform"] = json!({ "architecture": "amd64", "os": "linux" });
    for blob in [packed, config, manifest] {
        blobs.file(format!("blobs/{}", digest(&blob).replace(':', "/")), blob);
    }
    blobs.file("oci-layout", r#"{"imageLayoutVersion":"1.0.0"}"#);
    blobs.file(
        "index.json",
        json!({ "schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [manifest_of] })
            .to_string(),
    );
    let bytes = tar::archive(&blobs.with_directories(), "", release.time)?;
    Ok(PackageFile {
        name: format!("gema-{}-oci.tar", release.version),
        bytes,
    })
}

const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// The file system of the image.
fn files(release: &Release) -> Result<Tree> {
    let mut tree = release.licences()?.below("licenses");
    tree.program("gema", release.program.clone());
    tree.directory("data", USER);
    Ok(tree.with_directories())
}

fn config(release: &Release, layer: &str) -> Result<Value> {
    Ok(json!({
        "architecture": "amd64",
        "os": "linux",
        "created": release.date("+%Y-%m-%dT%H:%M:%SZ")?,
        "config": {
            "Entrypoint": ["/gema"],
            "Cmd": ["serve"],
            // A container's loopback is not reachable from other machines, so listen on every address.
            "Env": ["GEMA_LISTEN=0.0.0.0:8787", "GEMA_DATABASE=/data/gema.db"],
            "ExposedPorts": { "8787/tcp": {} },
            "User": format!("{USER}:{USER}"),
            "Volumes": { "/data": {} },
            "WorkingDir": "/data",
            "Labels": labels(release),
            "StopSignal": "SIGTERM",
        },
        "rootfs": { "type": "layers", "diff_ids": [layer] },
        "history": [{ "created": release.date("+%Y-%m-%dT%H:%M:%SZ")?, "created_by": "cargo xtask package" }],
    }))
}

fn labels(release: &Release) -> Value {
    json!({
        "org.opencontainers.image.title": "gema",
        "org.opencontainers.image.description": SUMMARY,
        "org.opencontainers.image.licenses": LICENCE,
        "org.opencontainers.image.version": release.version.to_string(),
    })
}

fn descriptor(kind: &str, bytes: &[u8]) -> Value {
    json!({ "mediaType": kind, "digest": digest(bytes), "size": bytes.len() })
}

fn digest(bytes: &[u8]) -> String {
    let hex: String = Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("sha256:{hex}")
}
