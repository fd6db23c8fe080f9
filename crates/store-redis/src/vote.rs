//! Encoding of a stored vote: `seq` as seven big-endian bytes, then the option's key; empty for a withdrawal.

use wire::Reaction;

/// `(seq, reaction)`. On equal seq, a vote wins over a withdrawal.
pub(super) type Vote = (u64, Option<Reaction>);

const SEQ_BYTES: usize = 7;

/// Encodes a vote.
pub(super) fn encode(seq: u64, reaction: Option<&Reaction>) -> Vec<u8> {
    let mut packed = seq.to_be_bytes()[8 - SEQ_BYTES..].to_vec();
    packed.extend(reaction.map_or("", Reaction::as_str).as_bytes());
    packed
}

/// Decodes an [encoded](encode) vote.
pub(super) fn decode(packed: &[u8]) -> Option<Vote> {
    let (seq, option) = packed.split_at_checked(SEQ_BYTES)?;
    let seq = seq.iter().fold(0, |seq, byte| seq << 8 | u64::from(*byte));
    let option = std::str::from_utf8(option).ok()?;
    Some((
        seq,
        if option.is_empty() {
            None
        } else {
            Some(Reaction::parse(option).ok()?)
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vote_survives_encoding() {
        let happy = Reaction::parse("happy").unwrap();
        for vote in [
            (0, None),
            (1_448_000_000_123, Some(happy)),
            ((1 << 53) - 1, None),
        ] {
            assert_eq!(decode(&encode(vote.0, vote.1.as_ref())), Some(vote));
        }
        assert_eq!(decode(b"short"), None);
    }
}
