/// Number of rounds of a test: `short` in the test command, `long` in `cargo xtask soak`.
pub fn rounds(short: u32, long: u32) -> u32 {
    if std::env::var_os("GEMA_SOAK").is_some_and(|value| value == "1") {
        long
    } else {
        short
    }
}
