//! The result of a request. Pure.

use wire::Answer;

/// The result of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The endpoint has acknowledged it.
    Answered(Answer),
    /// No answer came, or the endpoint asks to wait that many seconds.
    Failed(Option<u32>),
    /// The endpoint rejects the request as a whole.
    Rejected,
}

impl Outcome {
    /// By the response's status (`None`: no response), its `Retry-After` in seconds, and its body.
    pub fn of(status: Option<u32>, retry_after: Option<u32>, answer: Answer) -> Self {
        match status {
            // An answer without a tally is another server's, such as a captive portal's.
            Some(200) if !answer.tallies.is_empty() || !answer.refused.is_empty() => {
                Self::Answered(answer)
            }
            Some(status @ 400..500) if ![408, 425, 429].contains(&status) => Self::Rejected,
            _ => Self::Failed(retry_after),
        }
    }
}

#[cfg(test)]
mod tests {
    use wire::{ArticleKey, Tally};

    use super::*;

    fn answer() -> Answer {
        Answer {
            tallies: vec![Tally::empty(ArticleKey::parse("a").unwrap())],
            refused: Vec::new(),
        }
    }

    #[test]
    fn only_an_answer_with_tallies_or_refusals_acknowledges() {
        assert_eq!(
            Outcome::of(Some(200), None, answer()),
            Outcome::Answered(answer())
        );
        let portal = Outcome::of(Some(200), None, Answer::default());
        assert_eq!(portal, Outcome::Failed(None), "another server's page");
        assert_eq!(
            Outcome::of(Some(503), Some(9), answer()),
            Outcome::Failed(Some(9))
        );
    }

    #[test]
    fn the_status_decides_whether_to_send_again() {
        let of = |status, retry| Outcome::of(status, retry, Answer::default());
        assert_eq!(of(Some(503), Some(30)), Outcome::Failed(Some(30)));
        for later in [408, 425, 429] {
            assert_eq!(of(Some(later), Some(7)), Outcome::Failed(Some(7)));
        }
        assert_eq!(of(None, None), Outcome::Failed(None));
        assert_eq!(of(Some(403), None), Outcome::Rejected);
    }
}
