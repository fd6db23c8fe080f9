use std::mem;

/// Completes a request after the commit of its transaction; dropped on a rollback.
pub(super) struct Completion {
    complete: Box<dyn FnOnce(Followers) + Send>,
    /// Whether its caller may complete the others: it is certain to be polled again or dropped.
    may_lead: bool,
}

/// Completions of the same transaction that are left to the caller of one. It completes them by dropping this; so does
/// whoever drops it in place of that caller.
#[derive(Default)]
pub(super) struct Followers(Vec<Completion>);

impl Completion {
    pub(super) fn new(may_lead: bool, complete: impl FnOnce(Followers) + Send + 'static) -> Self {
        Self {
            complete: Box::new(complete),
            may_lead,
        }
    }
}

impl Drop for Followers {
    fn drop(&mut self) {
        for completion in mem::take(&mut self.0) {
            (completion.complete)(Self::default());
        }
    }
}

/// Completes these requests. Of those that may lead, it wakes one, which wakes the others from a thread of the runtime:
/// where that shares the core with the writer, every wake from here interrupts the writer for a single request.
pub(super) fn complete_all(completions: Vec<Completion>) {
    let (mut leading, others): (Vec<_>, Vec<_>) = completions
        .into_iter()
        .partition(|completion| completion.may_lead);
    drop(Followers(others));
    if let Some(leader) = leading.pop() {
        (leader.complete)(Followers(leading));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// Completions that send their number, with their followers if they have any.
    fn completions(leading: &[bool]) -> (Vec<Completion>, mpsc::Receiver<(usize, Followers)>) {
        let (sender, receiver) = mpsc::channel();
        let completions = leading.iter().enumerate().map(|(number, may_lead)| {
            let sender = sender.clone();
            Completion::new(*may_lead, move |followers| {
                drop(sender.send((number, followers)));
            })
        });
        (completions.collect(), receiver)
    }

    fn numbers(receiver: &mpsc::Receiver<(usize, Followers)>) -> Vec<usize> {
        receiver.try_iter().map(|(number, _)| number).collect()
    }

    #[test]
    fn one_of_a_transaction_completes_the_others() {
        let (completions, receiver) = completions(&[true, false, true, false, true]);
        complete_all(completions);
        let sent: Vec<_> = receiver.try_iter().collect();
        let of = |(number, followers): &(usize, Followers)| (*number, followers.0.len());
        assert_eq!(
            sent.iter().map(of).collect::<Vec<_>>(),
            [(1, 0), (3, 0), (4, 2)]
        );
        drop(sent);
        assert_eq!(numbers(&receiver), [0, 2]);
    }

    #[test]
    fn followers_of_a_caller_that_has_left_are_completed() {
        let (mut completions, receiver) = completions(&[true, true]);
        completions.push(Completion::new(true, drop));
        complete_all(completions);
        assert_eq!(numbers(&receiver), [0, 1]);
    }

    #[test]
    fn completions_of_a_rollback_complete_nothing() {
        let (completions, receiver) = completions(&[true, true]);
        drop(completions);
        assert!(numbers(&receiver).is_empty());
    }
}
