use std::{collections::BTreeMap, sync::Arc};

use serde::Serialize;
use visitor::{Day, HashKey};
use wire::{ArticleKey, SiteId};

use crate::{
    Skipped,
    export_format::{ArticlePart, HoursLine},
};

/// A batch of an import, applied in one transaction.
#[derive(Clone, Debug)]
pub struct ImportBatch {
    /// The vote keys of the databases where the counts originated, by name.
    pub secrets: Arc<BTreeMap<String, HashKey>>,
    /// The day of the export.
    pub day: Day,
    /// Articles with their days and votes.
    pub parts: Vec<ArticlePart>,
    /// Hours of sites, for after the articles.
    pub site_hours: Vec<HoursLine>,
    /// Approximate size in the file, in bytes.
    pub bytes: usize,
    /// Only reports what the import would do.
    pub dry_run: bool,
}

/// Result of an import, or of its dry run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// Articles that were created.
    pub new: u64,
    /// Articles that were updated.
    pub changed: u64,
    /// Articles that were unchanged.
    pub same: u64,
    /// Reads added.
    pub reads: u64,
    /// Shares added.
    pub shares: u64,
    /// Votes of readers who had not voted in the article.
    pub votes: u64,
    /// Votes that replaced an older one.
    pub newer_votes: u64,
    /// Articles whose copies contained markup that Gema does not store: it was removed.
    pub cleaned: Vec<(SiteId, ArticleKey)>,
    /// Articles, copies and aliases that were skipped, with the reason.
    pub skipped: Vec<Skipped>,
}

impl ImportReport {
    /// Adds the result of another batch.
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
