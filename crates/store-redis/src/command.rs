use std::sync::LazyLock;

use redis::Cmd;

use super::keys::Name;

/// A command. Idempotent: it may be sent again.
#[derive(Clone)]
pub(super) struct Command {
    script: Option<Script>,
    words: Vec<Vec<u8>>,
}

/// A Lua script, which runs atomically in one slot.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    /// Counts new events.
    Apply,
    /// Takes or renews the lease of a record.
    Lock,
    /// Releases the lease.
    Release,
    /// Writes under the lease.
    Commit,
    /// Like `Commit`, for deletions: runs even if the server has no memory left.
    CommitErasure,
    /// Adds marks to a table under the lease.
    AddMarks,
    /// Splits a bucket of a table.
    SplitBucket,
    /// Starts a site's window.
    RotateSalt,
    /// Changes the target of an alias, or removes it.
    Redirect,
    /// Records that an article is in its site's list.
    MarkListed,
    /// Sets, renews or clears a flag.
    SwapFlag,
    /// Sets the flag that requests a rewrite of the files after a deletion.
    NoteErasure,
    /// Changes a field of a hash if it has the expected value.
    SwapField,
    /// Writes what a process has refused on a day.
    NoteRefused,
    /// Notes days of a site that are being changed.
    NoteChangedDays,
    /// Reads which roll-ups a site has, and which days were changed.
    ReadRollups,
    /// Notes articles that were changed by something other than an event.
    NoteIndexChange,
}

/// The sources, in the order of the enum.
const SCRIPT_SOURCES: [&str; 17] = [
    include_str!("scripts/apply.lua"),
    include_str!("scripts/lock.lua"),
    include_str!("scripts/release.lua"),
    concat!("#!lua\n", include_str!("scripts/commit.lua")),
    concat!(
        "#!lua flags=allow-oom\n",
        include_str!("scripts/commit.lua")
    ),
    include_str!("scripts/add_marks.lua"),
    include_str!("scripts/split_bucket.lua"),
    include_str!("scripts/rotate_salt.lua"),
    include_str!("scripts/redirect.lua"),
    include_str!("scripts/mark_listed.lua"),
    include_str!("scripts/swap_flag.lua"),
    include_str!("scripts/note_erasure.lua"),
    include_str!("scripts/swap_field.lua"),
    include_str!("scripts/note_refused.lua"),
    include_str!("scripts/note_changed_days.lua"),
    include_str!("scripts/read_rollups.lua"),
    include_str!("scripts/note_index_change.lua"),
];

/// The SHA-1 digests for `EVALSHA`.
static SCRIPT_DIGESTS: LazyLock<[String; 17]> =
    LazyLock::new(|| SCRIPT_SOURCES.map(|code| sha1_smol::Sha1::from(code).digest().to_string()));

impl Command {
    pub(super) fn new(name: &str) -> Self {
        Self {
            script: None,
            words: vec![name.into()],
        }
    }

    /// A script call; the script accesses only these keys.
    pub(super) fn script(script: Script, keys: impl IntoIterator<Item = Name>) -> Self {
        let mut words = vec![Vec::new()];
        words.extend(keys);
        words[0] = (words.len() - 1).to_string().into();
        Self {
            script: Some(script),
            words,
        }
    }

    pub(super) fn arg(mut self, word: impl Into<Vec<u8>>) -> Self {
        self.words.push(word.into());
        self
    }

    pub(super) fn args<W: Into<Vec<u8>>>(mut self, words: impl IntoIterator<Item = W>) -> Self {
        self.words.extend(words.into_iter().map(Into::into));
        self
    }

    /// The command for the wire. `with_source`: with the script's source, for a server that has not cached it.
    pub(super) fn packed(&self, with_source: bool) -> Cmd {
        let mut cmd = Cmd::new();
        match self.script.map(|script| script as usize) {
            Some(script) if with_source => {
                cmd.arg("EVAL").arg(SCRIPT_SOURCES[script]);
            }
            Some(script) => {
                cmd.arg("EVALSHA").arg(SCRIPT_DIGESTS[script].as_str());
            }
            None => {}
        }
        for word in &self.words {
            cmd.arg(word.as_slice());
        }
        cmd
    }
}
