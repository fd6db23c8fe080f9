use jiff::civil::Date;
use serde::{Deserialize, Deserializer, de};

/// `[sites.NAME.method]`: what the newsroom itself says about its counts, beside what follows from the other options.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MethodNotes {
    /// Whether the read counter links to the page.
    pub link: bool,
    /// Where starting counts come from.
    pub starting_counts: Vec<DatedNote>,
    /// What was wrong in the counts, and has been corrected.
    pub corrections: Vec<DatedNote>,
}

/// A note of the newsroom.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatedNote {
    /// The day on which it was done.
    #[serde(deserialize_with = "date")]
    pub date: Date,
    /// What was done, in the newsroom's words.
    pub text: String,
}

fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let date = String::deserialize(deserializer)?;
    date.parse().map_err(|_| {
        de::Error::custom(format!(
            "`{date}` is not a day: write it like \"2015-11-17\""
        ))
    })
}
