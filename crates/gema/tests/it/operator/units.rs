use std::process::Command;

/// The exposure level that systemd computes for a unit of docs/deploy, from 0 (none) to 10 (full).
fn exposure(unit: &str) -> f64 {
    let file = format!("{}/../../docs/deploy/{unit}", env!("CARGO_MANIFEST_DIR"));
    let output = Command::new("systemd-analyze")
        .args(["security", "--offline=true", "--no-pager", &file])
        .output();
    let output = output.expect("systemd-analyze is there");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let level = told
        .split("exposure level for ")
        .nth(1)
        .and_then(|rest| rest.split_whitespace().nth(1));
    level
        .and_then(|level| level.parse().ok())
        .unwrap_or_else(|| panic!("{told}"))
}

#[test]
fn the_units_can_do_little_else_than_their_work() {
    // Without systemd there is nothing to test.
    if !std::path::Path::new("/usr/bin/systemd-analyze").exists() {
        return;
    }
    let service = exposure("gema.service");
    let backup = exposure("gema-backup.service");
    assert!(service <= 1.5, "gema.service: {service}");
    assert!(
        backup <= service,
        "gema-backup.service is more exposed than gema.service: {backup}"
    );
}
