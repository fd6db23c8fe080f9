/// How many rounds a test runs: `short` in the test command, `long` by `cargo xtask soak`.
pub fn rounds(short: u32, long: u32) -> u32 {
    if std::env::var_os("GEMA_SOAK").is_some_and(|value| value == "1") {
        long
    } else {
        short
    }
}
