/// Maximum length of an agent that is only a name, in bytes.
const MAX_LENGTH: usize = 100;

/// Parts of agents of readers that have no platform in parentheses either: old phones, televisions, text browsers, and
/// browsers whose agent was shortened.
const BROWSERS_WITHOUT_PLATFORM: [&str; 14] = [
    "browser",
    "chrome/",
    "dillo/",
    "docomo",
    "edbrowse/",
    "elinks/",
    "firefox/",
    "ipad",
    "iphone",
    "ipod",
    "receiver",
    "safari/",
    "smarttv",
    "w3m/",
];

/// Whether the agent is only the name of a program, such as `RootEvidence/1.0` or `Mozilla/5.0 infrawatch/0.1`. A browser
/// names its platform in parentheses, or several products. The agent is in lower case.
pub(super) fn is_only_one(agent: &str) -> bool {
    let agent = agent.trim();
    let name = if agent.starts_with("mozilla/") {
        agent.split_once(' ').map_or("", |(_, rest)| rest)
    } else {
        agent
    };
    name.len() <= MAX_LENGTH
        && name.bytes().any(|letter| letter.is_ascii_lowercase())
        && !name.contains(['(', ';'])
        && name.matches('/').count() <= 1
        && !BROWSERS_WITHOUT_PLATFORM
            .iter()
            .any(|reader| name.contains(reader))
}
