use std::{collections::BTreeMap, sync::Arc};

use serde::Serialize;
use visitor::{Day, HashKey};
use wire::{ArticleKey, SiteId};

use crate::transfer::Part;

/// Some of an export, to be taken over at once or not at all.
#[derive(Clone, Debug)]
pub struct Portion {
    /// The vote keys of the databases in which its counts arose, by name.
    pub secrets: Arc<BTreeMap<String, HashKey>>,
    /// The day of the export.
    pub day: Day,
    /// Articles with their days and votes.
    pub parts: Vec<Part>,
    /// How many bytes they had in the file, about.
    pub bytes: usize,
    /// Whether it is only said what would be done.
    pub dry_run: bool,
}

/// What was taken over of an export, or would be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Taken {
    /// Articles of which nothing was known here.
    pub new: u64,
    /// Articles that are not as they were.
    pub changed: u64,
    /// Articles that had all of it already.
    pub same: u64,
    /// Reads that were added.
    pub reads: u64,
    /// Shares that were added.
    pub shares: u64,
    /// Votes of readers who were not known in their article.
    pub votes: u64,
    /// Votes that are newer than the ones that were known.
    pub newer_votes: u64,
    /// Articles whose copies had something that Gema does not show or does not keep so: it was removed.
    pub cleaned: Vec<(SiteId, ArticleKey)>,
    /// Articles, their copies, and aliases that could not be taken over, and why.
    pub skipped: Vec<Skipped>,
}

/// Something that could not be taken over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// Whose.
    pub site: SiteId,
    /// The key of an article, or of an alias.
    pub article: ArticleKey,
    /// A sentence for the operator.
    pub why: String,
}

impl Taken {
    /// Adds what was taken over of another portion.
    pub fn add(&mut self, other: Self) {
        self.new += other.new;
        self.changed += other.changed;
        self.same += other.same;
        self.reads += other.reads;
        self.shares += other.shares;
        self.votes += other.votes;
        self.newer_votes += other.newer_votes;
        self.cleaned.extend(other.cleaned);
        self.skipped.extend(other.skipped);
    }
}
