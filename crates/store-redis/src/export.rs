use std::collections::{BTreeMap, BTreeSet};

use store::{
    ARTICLE_HOURS_DAYS, Skipped, StoreError,
    export_format::{
        AliasLine, ArticleLine, DayLine, FORMAT_VERSION, Header, HoursLine, Line, SecretBytes,
        SourceLine, VoteLine, requestable_key,
    },
};
use tokio::sync::mpsc;
use visitor::Day;
use wire::{ArticleKey, SiteId};

use super::{
    Redis,
    article_dump::ArticleDump,
    hours::Hours,
    lists::{ARTICLE_LIST, LIST_PAGE_KEYS},
    record::Days,
    record::{OWN_DAYS, Record},
    vote_keys::VoteKeys,
};

impl Redis {
    /// Exports one site or all, with a consistent read of each article. Leaves out the salts and the deduplication
    /// digests, and returns articles that it left out because of their names.
    pub(super) async fn export_all(
        &self,
        site: Option<&SiteId>,
        day: Day,
        to: &mpsc::Sender<Line>,
    ) -> Result<Vec<Skipped>, StoreError> {
        let mut sites = self.sites().await?;
        sites.retain(|known| site.is_none_or(|site| site == known));
        let vote_keys = self.read_vote_keys().await?;
        let needed = self.needed_vote_keys(&sites, &vote_keys).await?;
        let keys = needed
            .iter()
            .filter_map(|name| Some((name.clone(), SecretBytes(vote_keys.get(name)?.0))))
            .collect();
        let gema = env!("CARGO_PKG_VERSION").into();
        let header = Header {
            format: FORMAT_VERSION,
            gema,
            day: day.to_string(),
            secrets: keys,
        };
        let mut skipped = Vec::new();
        if to.send(Line::Export(header)).await.is_err() {
            return Ok(skipped);
        }
        let exported = sites.clone();
        for site in sites {
            let mut after = None;
            loop {
                let (keys, invalid) = self
                    .list_page_with_invalid(ARTICLE_LIST, &site, after.as_ref(), LIST_PAGE_KEYS)
                    .await?;
                skipped.extend(
                    invalid
                        .into_iter()
                        .filter_map(|key| unrequestable(&site, key)),
                );
                for key in &keys {
                    let Some(dump) = self.dump(&site, key).await? else {
                        continue;
                    };
                    if let Some(left_out) = unrequestable(&site, key.to_string()) {
                        skipped.push(left_out);
                        continue;
                    }
                    if names_of_vote_keys(&dump.record, &dump.days, &vote_keys)
                        .any(|name| !needed.contains(name))
                    {
                        // The article started to use a vote key that the header, which was sent first, does not have.
                        tracing::warn!(%site, article = %key, "an article changed too often while it was exported: export again");
                        return Err(StoreError::Unavailable);
                    }
                    if export_article(&site, key, dump, &vote_keys, to)
                        .await
                        .is_err()
                    {
                        return Ok(skipped);
                    }
                }
                if keys.len() < LIST_PAGE_KEYS {
                    break;
                }
                after = keys.last().cloned();
            }
        }
        self.export_site_hours(&exported, day, to).await?;
        Ok(skipped)
    }

    /// Exports the hours of sites on days of which not every article's hours are stored.
    async fn export_site_hours(
        &self,
        sites: &[SiteId],
        day: Day,
        to: &mpsc::Sender<Line>,
    ) -> Result<(), StoreError> {
        let end = Day::new(day.get().saturating_sub(ARTICLE_HOURS_DAYS));
        for site in sites {
            let hours = self.site_hours_before(site, end).await?.into_iter();
            let hours = hours.flat_map(|(day, hours)| {
                let hours = hours.into_iter();
                hours.map(move |(metric, hours)| ((day, metric), hours))
            });
            for line in lines_of_hours(Some(site), hours.collect()) {
                if to.send(Line::Hours(line)).await.is_err() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// The names of the vote keys that these articles' votes are hashed with.
    async fn needed_vote_keys(
        &self,
        sites: &[SiteId],
        vote_keys: &VoteKeys,
    ) -> Result<BTreeSet<String>, StoreError> {
        let mut needed = BTreeSet::new();
        for site in sites {
            let mut after = None;
            loop {
                let keys = self
                    .list_page(ARTICLE_LIST, site, after.as_ref(), LIST_PAGE_KEYS)
                    .await?;
                for key in &keys {
                    let Some(mut record) = self.find_now(site, key).await?.article() else {
                        continue;
                    };
                    if record.intent.is_some() {
                        // A pending intent would split the article over two keys.
                        self.recover_intent(site, key).await?;
                        let Some(now) = self.find_now(site, key).await?.article() else {
                            continue;
                        };
                        record = now;
                    }
                    let days = match record.own || record.sources.is_empty() {
                        true => Days::new(),
                        false => self.days(&self.names.article(site, key)).await?,
                    };
                    needed.extend(names_of_vote_keys(&record, &days, vote_keys).map(str::to_owned));
                }
                if keys.len() < LIST_PAGE_KEYS {
                    break;
                }
                after = keys.last().cloned();
            }
        }
        Ok(needed)
    }
}

/// An article that is left out because no request can have its key; `None`: it is exported.
fn unrequestable(site: &SiteId, article: String) -> Option<Skipped> {
    let why = requestable_key(&article).err()?;
    let site = site.to_string();
    Some(Skipped { site, article, why })
}

/// Whether the article's own id is exported as a source.
fn is_own_exported(record: &Record, days: &Days) -> bool {
    let has_own_days = || {
        days.iter()
            .any(|((_, label, _), change)| label == OWN_DAYS && *change != 0)
    };
    record.own || record.sources.is_empty() || has_own_days()
}

fn names_of_vote_keys<'r>(
    record: &'r Record,
    days: &Days,
    vote_keys: &'r VoteKeys,
) -> impl Iterator<Item = &'r str> {
    let own = is_own_exported(record, days).then(|| vote_keys.own_name());
    own.into_iter()
        .chain(record.sources.iter().map(|source| source.of.as_str()))
}

async fn export_article(
    site: &SiteId,
    key: &ArticleKey,
    dump: ArticleDump,
    vote_keys: &VoteKeys,
    to: &mpsc::Sender<Line>,
) -> Result<(), mpsc::error::SendError<Line>> {
    let ArticleDump {
        record,
        days,
        hours,
        copy,
        votes,
        ..
    } = dump;
    let (labels, sources) = sources(&record, &days, vote_keys);
    let aliases = record.aliases.iter().map(|(key, carried)| AliasLine {
        key: key.clone(),
        carried: *carried,
    });
    let imported = record.counts.iter().filter(|(_, count)| count.imported > 0);
    let put = record.is_put() || copy.is_some();
    let article = ArticleLine {
        site: site.clone(),
        key: key.clone(),
        rev: record.rev.unsigned_abs(),
        created: record.created.to_string(),
        sources,
        aliases: aliases.collect(),
        imported: imported
            .map(|(name, count)| (name.clone(), count.imported.unsigned_abs()))
            .collect(),
        copy,
        put,
        poll: record.poll.as_deref().cloned(),
    };
    to.send(Line::Article(article)).await?;
    for line in lines_of_days(&days, &labels) {
        to.send(Line::Day(line)).await?;
    }
    for line in lines_of_hours(None, hours) {
        to.send(Line::Hours(line)).await?;
    }
    for (mark, (seq, reaction)) in votes {
        to.send(Line::Vote(VoteLine {
            mark: SecretBytes(mark),
            reaction,
            seq,
        }))
        .await?;
    }
    Ok(())
}

/// The article's sources, the one where it was created first: for each, the label of its days, and its line in the
/// export.
fn sources(record: &Record, days: &Days, vote_keys: &VoteKeys) -> (Vec<String>, Vec<SourceLine>) {
    let mut sources: Vec<_> = record.sources.iter().collect();
    sources.sort_by_key(|source| !source.home);
    let has_home = sources.first().is_some_and(|source| source.home);
    let mut lines: Vec<_> = sources
        .into_iter()
        .map(|source| {
            let line = SourceLine {
                of: source.of.clone(),
                id: source.number,
                rev: source.rev,
                voted: source.voted,
            };
            (source.label(), line)
        })
        .collect();
    if is_own_exported(record, days) {
        let of = vote_keys.own_name().into();
        let own = SourceLine {
            of,
            id: record.id,
            rev: record.rev,
            voted: record.voted,
        };
        lines.insert(usize::from(has_home), (OWN_DAYS.into(), own));
    }
    lines.into_iter().unzip()
}

/// One line per day and source, by day.
fn lines_of_days(days: &Days, labels: &[String]) -> Vec<DayLine> {
    let mut lines: BTreeMap<(Day, usize), DayLine> = BTreeMap::new();
    for ((day, label, metric), change) in days.iter().filter(|(_, change)| **change != 0) {
        let Some(source) = labels.iter().position(|known| known == label) else {
            continue;
        };
        let line = lines.entry((*day, source));
        let line = line.or_insert_with(|| DayLine {
            day: day.to_string(),
            source,
            counts: BTreeMap::new(),
        });
        line.counts.insert(metric.clone(), *change);
    }
    lines.into_values().collect()
}

/// One line per day with known hours.
fn lines_of_hours(site: Option<&SiteId>, hours: Hours) -> Vec<HoursLine> {
    let mut lines: BTreeMap<Day, HoursLine> = BTreeMap::new();
    for ((day, metric), hours) in hours {
        let hours: BTreeMap<u8, i64> = (0..)
            .zip(hours)
            .filter(|(_, change)| *change != 0)
            .collect();
        if hours.is_empty() {
            continue;
        }
        let line = lines.entry(day).or_insert_with(|| HoursLine {
            site: site.cloned(),
            day: day.to_string(),
            counts: BTreeMap::new(),
        });
        line.counts.insert(metric, hours);
    }
    lines.into_values().collect()
}
