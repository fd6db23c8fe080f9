use std::collections::{BTreeMap, BTreeSet, HashMap};

use store::{AliasEffect, AliasError, Change};
use visitor::DedupKey;

use super::ARTICLE_KEYS;
use crate::fixtures::article;

/// A simple model of a store, which gives the expected result of each operation.
#[derive(Default)]
pub(super) struct Model {
    /// Id of the article by key, aliases included.
    answers: BTreeMap<String, usize>,
    /// Aliases, and whether counts moved with each.
    moved: BTreeMap<String, bool>,
    articles: BTreeMap<usize, Article>,
    made: usize,
    /// The reads (no network) and shares in each live window: article, network, dedup key.
    windows: HashMap<i32, BTreeSet<(usize, Option<String>, String)>>,
}

#[derive(Default)]
struct Article {
    key: String,
    rev: u64,
    imported: u64,
    /// Reads (no network) and shares, by network.
    clicks: BTreeMap<Option<String>, u64>,
    /// The choices of each reader, with their `seq`: several if the reader voted in both articles of a merge.
    votes: BTreeMap<u64, Vec<Choice>>,
}

type Choice = (u64, Option<String>);

impl Model {
    pub(super) fn apply(&mut self, reader: u64, day: i32, changes: &[Change]) {
        self.windows.retain(|window, _| (window - day).abs() <= 1);
        self.windows.entry(day).or_default();
        if self.windows.len() > 2 {
            self.windows.remove(&(day - 1));
        }
        for change in changes {
            let id = self.create(change.article().as_str());
            match change {
                Change::Read { dedup_key, .. } => self.click(day, id, None, dedup_key),
                Change::Share {
                    network, dedup_key, ..
                } => self.click(day, id, Some(network.to_string()), dedup_key),
                Change::React { reaction, seq, .. } => {
                    let new = (seq.get(), reaction.as_ref().map(ToString::to_string));
                    self.articles.get_mut(&id).unwrap().choose(reader, new);
                }
            }
        }
    }

    fn create(&mut self, key: &str) -> usize {
        if let Some(id) = self.answers.get(key) {
            return *id;
        }
        self.made += 1;
        self.answers.insert(key.to_owned(), self.made);
        self.articles.insert(
            self.made,
            Article {
                key: key.to_owned(),
                ..Article::default()
            },
        );
        self.made
    }

    fn click(&mut self, day: i32, id: usize, network: Option<String>, dedup_key: &DedupKey) {
        let DedupKey::Browser(key) = dedup_key else {
            unreachable!("histories have keys")
        };
        let seen = (id, network.clone(), key.to_string());
        if !self.windows.values().any(|window| window.contains(&seen)) {
            self.windows.entry(day).or_default().insert(seen);
            let article = self.articles.get_mut(&id).unwrap();
            *article.clicks.entry(network).or_default() += 1;
            article.rev += 1;
        }
    }

    /// After a migration, nothing is deduplicated against earlier reads: the salts are not exported.
    pub(super) fn forget_what_was_seen(&mut self) {
        self.windows.clear();
    }

    pub(super) fn forget(&mut self, reader: u64) {
        for key in ARTICLE_KEYS {
            let Some(id) = self.answers.get(key) else {
                continue;
            };
            let article = self.articles.get_mut(id).unwrap();
            let choices = article.votes.remove(&reader).unwrap_or_default();
            article.rev += choices
                .iter()
                .filter(|(_, option)| option.is_some())
                .count() as u64;
        }
    }

    pub(super) fn import(&mut self, key: &str, reads: u64) {
        let id = self.create(key);
        let article = self.articles.get_mut(&id).unwrap();
        article.rev += u64::from(article.imported != reads);
        article.imported = reads;
    }

    pub(super) fn alias(
        &mut self,
        old: &str,
        new: &str,
        dry_run: bool,
    ) -> Result<(String, AliasEffect), AliasError> {
        if old == new {
            return Err(AliasError::Same);
        }
        let from = self.answers.get(old).copied();
        let to = self.answers.get(new).copied();
        let key_of = |id: Option<usize>, key: &str| {
            id.map_or(key.to_owned(), |id| self.articles[&id].key.clone())
        };
        let key_of_old = key_of(from, old);
        let key_of_new = key_of(to, new);
        let effect = match (from, to) {
            (Some(from), Some(to)) if from == to && key_of_old == old => AliasEffect::Swapped,
            (Some(from), Some(to)) if from == to => AliasEffect::Existing,
            _ if key_of_old != old => return Err(AliasError::Elsewhere(article(&key_of_old))),
            (None, _) => AliasEffect::Added,
            (Some(_), None) => AliasEffect::Renamed,
            (Some(from), Some(to)) => {
                let at_most_twice = self.articles[&from]
                    .voters()
                    .min(self.articles[&to].voters());
                AliasEffect::Merged { at_most_twice }
            }
        };
        if !dry_run {
            self.move_over(old, new, effect);
        }
        Ok((
            if effect == AliasEffect::Swapped {
                new.to_owned()
            } else {
                key_of_new
            },
            effect,
        ))
    }

    fn move_over(&mut self, old: &str, new: &str, effect: AliasEffect) {
        match effect {
            AliasEffect::Existing => {}
            AliasEffect::Added => {
                let id = self.create(new);
                self.articles.get_mut(&id).unwrap().rev += 1;
                self.answers.insert(old.to_owned(), id);
                self.moved.insert(old.to_owned(), false);
            }
            AliasEffect::Renamed | AliasEffect::Swapped => {
                let id = self.answers[old];
                let article = self.articles.get_mut(&id).unwrap();
                article.key = new.to_owned();
                article.rev += 1;
                self.answers.insert(new.to_owned(), id);
                self.moved.remove(new);
                self.moved.insert(old.to_owned(), true);
            }
            AliasEffect::Merged { .. } => {
                let from = self.answers[old];
                let to = self.answers[new];
                let gone = self.articles.remove(&from).unwrap();
                let article = self.articles.get_mut(&to).unwrap();
                article.rev = article.rev.max(gone.rev) + 1;
                article.imported += gone.imported;
                for (network, count) in gone.clicks {
                    *article.clicks.entry(network).or_default() += count;
                }
                for (reader, choices) in gone.votes {
                    article.votes.entry(reader).or_default().extend(choices);
                }
                for window in self.windows.values_mut() {
                    let moved = std::mem::take(window).into_iter();
                    let moved = moved
                        .map(|(id, network, key)| (if id == from { to } else { id }, network, key));
                    *window = moved.collect();
                }
                self.answers
                    .values_mut()
                    .filter(|id| **id == from)
                    .for_each(|id| *id = to);
                self.moved.insert(old.to_owned(), true);
            }
        }
    }

    pub(super) fn unalias(&mut self, old: &str) -> Result<(), AliasError> {
        match self.moved.get(old) {
            None => Err(AliasError::Unknown),
            Some(true) => Err(AliasError::HasCounts(article(
                &self.articles[&self.answers[old]].key,
            ))),
            Some(false) => {
                self.moved.remove(old);
                self.answers.remove(old);
                Ok(())
            }
        }
    }

    pub(super) fn remove(&mut self, key: &str) -> bool {
        let Some(id) = self.answers.get(key).copied() else {
            return false;
        };
        self.articles.remove(&id);
        self.answers.retain(|_, answers| *answers != id);
        self.moved.retain(|key, _| self.answers.contains_key(key));
        true
    }

    /// The nonzero counts of an article: revision, reads, each option and each network.
    pub(super) fn counts_of(&self, key: &str) -> BTreeMap<String, u64> {
        let Some(id) = self.answers.get(key) else {
            return BTreeMap::new();
        };
        let article = &self.articles[id];
        let mut counts = BTreeMap::new();
        let mut add = |name: String, count: u64| *counts.entry(name).or_default() += count;
        add("rev".into(), article.rev);
        add("reads".into(), article.imported);
        for (network, count) in &article.clicks {
            add(network.clone().unwrap_or("reads".into()), *count);
        }
        for option in article
            .votes
            .values()
            .flatten()
            .filter_map(|(_, option)| option.clone())
        {
            add(option, 1);
        }
        counts.retain(|_, count| *count > 0);
        counts
    }

    /// The reader's latest choice.
    pub(super) fn mine(&self, key: &str, reader: u64) -> Option<(Option<String>, u64)> {
        let choices = self.articles[self.answers.get(key)?].votes.get(&reader)?;
        choices
            .iter()
            .max()
            .map(|(seq, option)| (option.clone(), *seq))
    }
}

impl Article {
    fn choose(&mut self, reader: u64, new: Choice) {
        let choices = self.votes.entry(reader).or_default();
        if choices.iter().any(|(known, _)| new.0 <= *known) {
            return;
        }
        let old: Vec<_> = choices
            .iter()
            .filter_map(|(_, option)| option.clone())
            .collect();
        self.rev += u64::from(old != Vec::from_iter(new.1.clone()));
        *choices = vec![new];
    }

    /// Number of choices that are not withdrawals.
    fn voters(&self) -> u64 {
        self.votes
            .values()
            .flatten()
            .filter(|(_, option)| option.is_some())
            .count() as u64
    }
}
