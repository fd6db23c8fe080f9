//! A libFuzzer binary for the target that the environment variable `GEMA_FUZZ` names. `cargo xtask soak fuzz` builds
//! and starts it.
#![no_main]

use std::sync::LazyLock;

use fuzz::{TARGETS, Target};
use libfuzzer_sys::fuzz_target;

static TARGET: LazyLock<&Target> = LazyLock::new(|| {
    let name = std::env::var("GEMA_FUZZ").unwrap_or_default();
    TARGETS
        .iter()
        .find(|target| target.name == name)
        .expect("GEMA_FUZZ names a target")
});

fuzz_target!(|input: &[u8]| (TARGET.run)(input));
