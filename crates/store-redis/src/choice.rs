//! Lookup of a reader's choice.

use store::StoreError;
use visitor::{Day, Visitor, visitor_token, voter_id};
use wire::{ArticleKey, OwnVote, Seq, SiteId};

use super::{
    Redis, buckets::bucket, cluster::Access, command::Command, keys::MarkTable, record::Found,
    reply::text, vote,
};

impl Redis {
    /// The visitor's latest choice under any of the article's ids.
    pub(super) async fn choice_of(
        &self,
        site: &SiteId,
        day: Day,
        key: &ArticleKey,
        visitor: &Visitor,
    ) -> Result<Option<OwnVote>, StoreError> {
        let (key, found) = self
            .find_all(site, std::slice::from_ref(key))
            .await?
            .remove(0);
        let Found::Article(record) = found else {
            return Ok(None);
        };
        let salts = match visitor {
            Visitor::Token(_) => Vec::new(),
            Visitor::Fingerprint(_) | Visitor::Client(..) => self.salts(site, day).await?,
        };
        let Some(token) = visitor_token(visitor, site, day, &salts) else {
            return Ok(None);
        };
        let vote_keys = self.vote_keys_of(Some(&record)).await?;
        let names = self.names.article(site, &key);
        let ids = record.ids_of_votes(&vote_keys);
        let marks = ids
            .iter()
            .filter_map(|id| Some(voter_id(vote_keys.get(&id.of)?, site, id.number, &token)));
        let marks: Vec<_> = marks.collect();
        let mut buckets = self.buckets(&names, MarkTable::Votes).await?;
        loop {
            let ask = marks.iter().map(|mark| {
                Command::new("HGET")
                    .arg(names.bucket(MarkTable::Votes, bucket(mark, buckets)))
                    .arg(mark.to_vec())
            });
            let votes = self
                .cluster
                .request(Access::Read, names.slot, ask.collect())
                .await?;
            let newest = votes
                .iter()
                .filter_map(|value| vote::decode(text(value)?))
                .max();
            // A mark that was not found may have moved to another bucket in between.
            let now = self.buckets(&names, MarkTable::Votes).await?;
            if newest.is_some() || now == buckets {
                return Ok(newest.map(|(seq, reaction)| OwnVote {
                    reaction,
                    seq: Seq::parse(seq).unwrap_or(Seq::MAX),
                }));
            }
            buckets = now;
        }
    }
}
