use std::sync::LazyLock;

use redis::Cmd;

use super::keys::Name;

/// What is asked of a server. May be asked again.
#[derive(Clone)]
pub(super) struct Command {
    script: Option<Script>,
    words: Vec<Vec<u8>>,
}

/// What is done at once, in one slot, by the server itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    /// Counts what is new.
    Apply,
    /// Takes the lease of a record.
    Lock,
    /// Gives it back.
    Release,
    /// Writes what was worked out under it.
    Commit,
    /// Adds marks to a table.
    Fill,
    /// Splits a bucket.
    Grow,
    /// Begins a site's window.
    Turn,
    /// Leads a key that has moved elsewhere.
    Lead,
    /// Notes that an article is in its site's list.
    Listed,
    /// Says that everything moves, or does not any more.
    Notice,
}

/// The scripts in their order.
const CODE: [&str; 10] = [
    include_str!("scripts/apply.lua"),
    include_str!("scripts/lock.lua"),
    include_str!("scripts/release.lua"),
    include_str!("scripts/commit.lua"),
    include_str!("scripts/fill.lua"),
    include_str!("scripts/grow.lua"),
    include_str!("scripts/turn.lua"),
    include_str!("scripts/lead.lua"),
    include_str!("scripts/listed.lua"),
    include_str!("scripts/notice.lua"),
];

/// What a server that has them calls them.
static HASHES: LazyLock<[String; 10]> =
    LazyLock::new(|| CODE.map(|code| sha1_smol::Sha1::from(code).digest().to_string()));

impl Command {
    pub(super) fn new(name: &str) -> Self {
        Self { script: None, words: vec![name.into()] }
    }

    /// A script that touches these keys and no others.
    pub(super) fn script(script: Script, keys: impl IntoIterator<Item = Name>) -> Self {
        let mut words = vec![Vec::new()];
        words.extend(keys);
        words[0] = (words.len() - 1).to_string().into();
        Self { script: Some(script), words }
    }

    pub(super) fn arg(mut self, word: impl Into<Vec<u8>>) -> Self {
        self.words.push(word.into());
        self
    }

    pub(super) fn args<W: Into<Vec<u8>>>(mut self, words: impl IntoIterator<Item = W>) -> Self {
        self.words.extend(words.into_iter().map(Into::into));
        self
    }

    /// As it is sent. `in_full`: with the script's text, for a server that has not seen it.
    pub(super) fn packed(&self, in_full: bool) -> Cmd {
        let mut cmd = Cmd::new();
        match self.script.map(|script| script as usize) {
            Some(script) if in_full => {
                cmd.arg("EVAL").arg(CODE[script]);
            }
            Some(script) => {
                cmd.arg("EVALSHA").arg(HASHES[script].as_str());
            }
            None => {}
        }
        for word in &self.words {
            cmd.arg(word.as_slice());
        }
        cmd
    }
}
