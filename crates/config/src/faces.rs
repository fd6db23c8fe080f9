//! The drawn faces of the poll. Emoji differ on every system, and are empty boxes where their font is missing.

use serde::Deserialize;
use wire::{Face, Reaction};

/// The kind of pictures for the options of a site's poll.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Faces {
    /// Drawn faces, where there is one.
    #[default]
    Drawn,
    /// The emoji of each option.
    Emoji,
}

/// A face: its name, the emoji that it stands for, and how it is drawn (see [`Face`]).
struct FaceRow {
    name: &'static str,
    emoji: &'static str,
    skin: &'static str,
    lines: &'static str,
    shape: &'static str,
    colour: &'static str,
}

const YELLOW: &str = "#ffcf3f";
const RED: &str = "#f2785c";
const INK: &str = "#3b2a14";
const TEAR: &str = "#2f8fd6";

static FACES: [FaceRow; 5] = [
    FaceRow {
        name: "happy",
        emoji: "😊",
        skin: YELLOW,
        lines: "M9 13.5q2-3.5 4 0M19 13.5q2-3.5 4 0",
        shape: "M8.5 17.5h15q-.5 8-7.5 8t-7.5-8z",
        colour: INK,
    },
    FaceRow {
        name: "inspired",
        emoji: "💡",
        skin: YELLOW,
        lines: "M10 20.5q6 5 12 0",
        shape: "M11 7q.8 4.2 4.5 5-3.7.8-4.5 5-.8-4.2-4.5-5 3.7-.8 4.5-5M21 7q.8 4.2 4.5 5-3.7.8-4.5 5-.8-4.2-4.5-5 3.7-.8 4.5-5",
        colour: INK,
    },
    FaceRow {
        name: "surprised",
        emoji: "😮",
        skin: YELLOW,
        lines: "M11 13.5v1M21 13.5v1M8.5 8.5q2-2 4-.5M23.5 8.5q-2-2-4-.5",
        shape: "M16 18a3.2 4 0 1 0 .01 0z",
        colour: INK,
    },
    FaceRow {
        name: "sad",
        emoji: "😢",
        skin: YELLOW,
        lines: "M11 13.5v1M21 13.5v1M8 10.5l4-1.5M24 10.5l-4-1.5M10.5 23q5.5-5 11 0",
        shape: "M23.5 16.5q4 5.5 0 7q-4-1.5 0-7",
        colour: TEAR,
    },
    FaceRow {
        name: "angry",
        emoji: "😡",
        skin: RED,
        lines: "M11 14.5v1M21 14.5v1M8 9.5l5 2.5M24 9.5l-5 2.5M10.5 23q5.5-4.5 11 0",
        shape: "",
        colour: INK,
    },
];

impl Faces {
    /// The drawn face of an option. `named`: the face that the site names for it. An option with another emoji than the
    /// face's keeps that.
    pub(crate) fn of(
        self,
        key: &Reaction,
        emoji: Option<&str>,
        named: Option<&str>,
    ) -> Option<Face> {
        if self == Self::Emoji {
            return None;
        }
        let row = FACES.iter().find(|row| match named {
            Some(name) => row.name == name,
            None => row.name == key.as_str() && emoji.is_none_or(|emoji| emoji == row.emoji),
        })?;
        Some(Face {
            skin: row.skin.to_owned(),
            lines: row.lines.to_owned(),
            shape: row.shape.to_owned(),
            colour: row.colour.to_owned(),
        })
    }
}

/// Whether there is a face of that name.
pub(crate) fn is_known(name: &str) -> bool {
    FACES.iter().any(|row| row.name == name)
}

/// All names, for an error message.
pub(crate) fn known() -> String {
    FACES.each_ref().map(|row| row.name).join(", ")
}
