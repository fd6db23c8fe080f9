/// Names of devices within a `User-Agent`.
mod devices;
/// Exceptions: listed words that also occur in readers' programs.
mod left_out;
/// Agents that are only a program's name.
mod product;
/// Words in the `User-Agent` of known bots.
mod words;

/// Signals of a page without a reader: browser automation, or a page that has not been shown yet.
const SIGNALS: &[&str] = &["webdriver", "prerender", "hidden"];

pub(super) fn indicate_bot(signals: &[String]) -> bool {
    signals
        .iter()
        .any(|signal| SIGNALS.contains(&signal.as_str()))
}

/// A list of robots that is compiled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RobotList {
    /// The package that carries it.
    pub name: &'static str,
    /// Version of the package.
    pub version: &'static str,
    /// The day on which that version was published.
    pub built: &'static str,
    /// The day on which Gema took it.
    pub taken: &'static str,
    /// Number of words in it.
    pub words: usize,
}

/// The lists, with what their files say about their origin.
pub fn robot_lists() -> impl Iterator<Item = RobotList> {
    words::LISTS.into_iter().filter_map(robot_list)
}

/// Number of words that Gema adds to the lists, and that it leaves out because readers' programs have them too.
pub fn robot_word_changes() -> (usize, usize) {
    (words::own(), left_out::LEFT_OUT.len())
}

/// The words of the lists, without those that Gema leaves out.
pub fn robot_words() -> impl Iterator<Item = &'static str> {
    words::LISTS
        .into_iter()
        .flat_map(str::lines)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|word| word.trim_start_matches('^').trim_end_matches('$'))
        .filter(|word| !left_out::LEFT_OUT.contains(word))
}

fn robot_list(file: &'static str) -> Option<RobotList> {
    let (_, origin) = file.split_once("From PyPI's package ")?;
    let (name, rest) = origin.split_once(' ')?;
    let (version, rest) = rest.split_once(", built ")?;
    let (built, rest) = rest.split_once(", taken ")?;
    let (taken, _) = rest.split_once('.')?;
    let words = file
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .count();
    Some(RobotList {
        name,
        version,
        built,
        taken,
        words,
    })
}

/// Whether the `User-Agent` is that of a known program.
pub fn is_bot(agent: &str) -> bool {
    let agent = agent.to_ascii_lowercase();
    product::is_only_one(&agent) || words::WORDS.are_in(&devices::without_devices(&agent))
}

#[cfg(test)]
mod tests;
