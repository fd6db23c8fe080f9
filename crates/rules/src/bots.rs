/// Names of devices within a `User-Agent`.
mod devices;
/// Words of the lists of robots that do not tell a robot.
mod left_out;
/// Agents that are only a program's name.
mod product;
/// Words of the `User-Agent` of robots.
mod words;

/// Signals of a page without a reader: browser automation, or a page that has not been shown yet.
const SIGNALS: &[&str] = &["webdriver", "prerender", "hidden"];

/// Whether one of the signals indicates a bot.
pub(super) fn indicate_bot(signals: &[String]) -> bool {
    signals
        .iter()
        .any(|signal| SIGNALS.contains(&signal.as_str()))
}

/// Whether the `User-Agent` is that of a known program.
pub(super) fn is_bot(agent: &str) -> bool {
    let agent = agent.to_ascii_lowercase();
    product::is_only_one(&agent) || words::WORDS.are_in(&devices::without_devices(&agent))
}

#[cfg(test)]
mod tests;
