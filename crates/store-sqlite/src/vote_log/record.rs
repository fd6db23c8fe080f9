use super::{Vote, VoteKey};

/// Length of a record.
pub(super) const BYTES: usize = 34;

/// Appends a record.
pub(super) fn write(to: &mut Vec<u8>, (article, voter): &VoteKey, vote: &Vote) {
    to.extend(article.to_be_bytes());
    to.extend(voter);
    to.extend(vote.seq.to_be_bytes());
    to.extend(vote.reaction.unwrap_or(0).to_be_bytes());
}

/// The records of a row.
pub(super) fn read_all(row: &[u8]) -> impl Iterator<Item = (VoteKey, Vote)> {
    let (records, _) = row.as_chunks::<BYTES>();
    records.iter().filter_map(|record| {
        let (article, rest) = record.split_first_chunk()?;
        let (voter, rest) = rest.split_first_chunk()?;
        let (seq, rest) = rest.split_first_chunk()?;
        let reaction = u16::from_be_bytes(*rest.first_chunk()?);
        let vote = Vote {
            // Ids begin with 1.
            reaction: Some(reaction).filter(|id| *id != 0),
            seq: i64::from_be_bytes(*seq),
        };
        Some(((i64::from_be_bytes(*article), *voter), vote))
    })
}
