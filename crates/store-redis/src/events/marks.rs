use store::{Change, Changes, StoreError};
use visitor::{Day, Digest, Salt, seen, token_of, voter};
use wire::ArticleKey;

use super::super::{
    Redis,
    keys::{self, Name, Table},
    known::Heard,
    record::{Id, Record},
    secrets::Secrets,
    table::bucket,
};

/// Where an article may have stored an event, with the bucket of each mark or digest.
pub(super) struct Marks<'h> {
    pub(super) names: keys::Article,
    pub(super) key: ArticleKey,
    /// The cached record.
    pub(super) record: Option<&'h Record>,
    /// The id for the article if it does not exist yet.
    pub(super) fresh: i64,
    /// Tables with their numbers of buckets; that of votes is first.
    pub(super) tables: Vec<(Table, u32)>,
    /// The visitor's mark for each id of the article.
    pub(super) visitor: Vec<(Digest, Name)>,
    /// Digests of each read and share, by index of the change: the first is where it would be stored, the others where
    /// it may be.
    pub(super) once: Vec<(usize, Vec<(Digest, Name)>)>,
}

/// The tables of an article while these windows are live.
pub(super) fn tables(days: impl Iterator<Item = Day>) -> Vec<Table> {
    std::iter::once(Table::Votes).chain(days.map(Table::Seen)).collect()
}

impl Redis {
    pub(super) async fn marks<'h>(
        &self,
        changes: &Changes,
        salts: &[Salt],
        key: &ArticleKey,
        heard: &'h Heard,
        places: &[usize],
    ) -> Result<Marks<'h>, StoreError> {
        let record = heard.record();
        let secrets = self.secrets_of(record).await?;
        let names = self.names.article(&changes.site, key);
        let fresh = super::super::random::id()?;
        let buckets = |table| match table {
            Table::Votes => heard.sizes.votes,
            Table::Seen(day) => heard.sizes.seen.iter().find(|(known, _)| *known == day).map_or(1, |(_, many)| *many),
        };
        let within = |mark: Digest, table| (mark, names.bucket(table, bucket(&mark, buckets(table))));
        let ids = record.map_or_else(
            || vec![Id { of: secrets.own_name().into(), number: fresh }],
            |record| record.ids_of_votes(&secrets),
        );
        let token = changes.visitor.as_ref().and_then(|visitor| token_of(visitor, &changes.site, changes.day, salts));
        let visitor = token.iter().flat_map(|token| {
            ids.iter().filter_map(|id| Some(voter(secrets.get(&id.of)?, &changes.site, id.number, token)))
        });
        let visitor = visitor.map(|mark| within(mark, Table::Votes)).collect();
        let once = places.iter().filter_map(|place| {
            let (network, once) = match &changes.changes[*place] {
                Change::Read { once, .. } => (None, once),
                Change::Share { network, once, .. } => (Some(network), once),
                Change::React { .. } => return None,
            };
            let digests = salts.iter().flat_map(|salt| {
                let digest = |id| within(seen(&salt.key, &changes.site, id, network, once), Table::Seen(salt.day));
                ids_of_reads(record, &secrets, fresh, salt.day).map(digest).collect::<Vec<_>>()
            });
            Some((*place, digests.collect()))
        });
        let once = once.collect();
        let tables =
            tables(salts.iter().map(|salt| salt.day)).into_iter().map(|table| (table, buckets(table))).collect();
        Ok(Marks { names, key: key.clone(), record, fresh, tables, visitor, once })
    }

    /// The vote keys; reads them again if the record has a source whose key another endpoint added.
    pub(in super::super) async fn secrets_of(&self, record: Option<&Record>) -> Result<Secrets, StoreError> {
        let secrets = self.secrets().await?;
        let mut sources = record.into_iter().flat_map(|record| &record.sources);
        if sources.all(|source| secrets.get(&source.of).is_some()) { Ok(secrets) } else { self.read_secrets().await }
    }
}

/// The article's own id, and those of merged articles while their windows are live.
fn ids_of_reads<'r>(
    record: Option<&'r Record>,
    secrets: &'r Secrets,
    fresh: i64,
    window: Day,
) -> impl Iterator<Item = i64> + 'r {
    let sources = record.into_iter().flat_map(|record| &record.sources);
    let joined = sources.filter(move |source| source.of == secrets.own_name() && window.since(source.until) <= 1);
    std::iter::once(record.map_or(fresh, |record| record.id)).chain(joined.map(|source| source.number))
}
