use store::{Change, Changes, StoreError};
use visitor::{Day, Digest, Salt, dedup_digest, visitor_token, voter_id};
use wire::ArticleKey;

use super::super::{
    Redis,
    buckets::bucket,
    keys::{self, MarkTable, Name},
    record::{Id, Record},
    record_cache::CachedRecord,
    vote_keys::VoteKeys,
};

/// Where an article may have stored an event, with the bucket of each mark or digest.
pub(super) struct MarkLocations<'h> {
    pub(super) names: keys::ArticleKeySet,
    pub(super) key: ArticleKey,
    /// The cached record.
    pub(super) record: Option<&'h Record>,
    /// The id for the article if it does not exist yet.
    pub(super) fresh: i64,
    /// Tables with their numbers of buckets; that of votes is first.
    pub(super) tables: Vec<(MarkTable, u32)>,
    /// The visitor's mark for each id of the article.
    pub(super) visitor: Vec<(Digest, Name)>,
    /// Digests of each read and share, by index of the change: the first is where it would be stored, the others where
    /// it may be.
    pub(super) dedup_digests: Vec<(usize, Vec<(Digest, Name)>)>,
}

/// The tables of an article while these windows are live.
pub(super) fn tables(days: impl Iterator<Item = Day>) -> Vec<MarkTable> {
    std::iter::once(MarkTable::Votes)
        .chain(days.map(MarkTable::Seen))
        .collect()
}

impl Redis {
    pub(super) async fn mark_locations<'h>(
        &self,
        changes: &Changes,
        salts: &[Salt],
        key: &ArticleKey,
        cached: &'h CachedRecord,
        indexes: &[usize],
    ) -> Result<MarkLocations<'h>, StoreError> {
        let record = cached.record();
        let vote_keys = self.vote_keys_of(record).await?;
        let names = self.names.article(&changes.site, key);
        let fresh = super::super::random::id()?;
        let buckets = |table| match table {
            MarkTable::Votes => cached.bucket_counts.votes,
            MarkTable::Seen(day) => cached
                .bucket_counts
                .seen
                .iter()
                .find(|(known, _)| *known == day)
                .map_or(1, |(_, count)| *count),
        };
        let within =
            |mark: Digest, table| (mark, names.bucket(table, bucket(&mark, buckets(table))));
        let ids = record.map_or_else(
            || {
                vec![Id {
                    of: vote_keys.own_name().into(),
                    number: fresh,
                }]
            },
            |record| record.ids_of_votes(&vote_keys),
        );
        let token = changes
            .visitor
            .as_ref()
            .and_then(|visitor| visitor_token(visitor, &changes.site, changes.day, salts));
        let visitor = token.iter().flat_map(|token| {
            ids.iter().filter_map(|id| {
                Some(voter_id(
                    vote_keys.get(&id.of)?,
                    &changes.site,
                    id.number,
                    token,
                ))
            })
        });
        let visitor = visitor.map(|mark| within(mark, MarkTable::Votes)).collect();
        let dedup_digests = indexes.iter().filter_map(|index| {
            let (network, dedup_key) = match &changes.changes[*index] {
                Change::Read { dedup_key, .. } => (None, dedup_key),
                Change::Share {
                    network, dedup_key, ..
                } => (Some(network), dedup_key),
                Change::React { .. } => return None,
            };
            let digests = salts.iter().flat_map(|salt| {
                let digest = |id| {
                    within(
                        dedup_digest(&salt.key, &changes.site, id, network, dedup_key),
                        MarkTable::Seen(salt.day),
                    )
                };
                ids_of_reads(record, &vote_keys, fresh, salt.day)
                    .map(digest)
                    .collect::<Vec<_>>()
            });
            Some((*index, digests.collect()))
        });
        let dedup_digests = dedup_digests.collect();
        let tables = tables(salts.iter().map(|salt| salt.day))
            .into_iter()
            .map(|table| (table, buckets(table)))
            .collect();
        Ok(MarkLocations {
            names,
            key: key.clone(),
            record,
            fresh,
            tables,
            visitor,
            dedup_digests,
        })
    }

    /// The vote keys; reads them again if the record has a source whose key another endpoint added.
    pub(in super::super) async fn vote_keys_of(
        &self,
        record: Option<&Record>,
    ) -> Result<VoteKeys, StoreError> {
        let vote_keys = self.vote_keys().await?;
        let mut sources = record.into_iter().flat_map(|record| &record.sources);
        if sources.all(|source| vote_keys.get(&source.of).is_some()) {
            Ok(vote_keys)
        } else {
            self.read_vote_keys().await
        }
    }
}

/// The article's own id, and those of merged articles while their windows are live.
fn ids_of_reads<'r>(
    record: Option<&'r Record>,
    vote_keys: &'r VoteKeys,
    fresh: i64,
    window: Day,
) -> impl Iterator<Item = i64> + 'r {
    let sources = record.into_iter().flat_map(|record| &record.sources);
    let joined = sources
        .filter(move |source| source.of == vote_keys.own_name() && window.since(source.until) <= 1);
    std::iter::once(record.map_or(fresh, |record| record.id))
        .chain(joined.map(|source| source.number))
}
