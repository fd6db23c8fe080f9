//! Messages to a component from outside of Yew. Messages that arrive before its first rendering wait.

use std::{cell::RefCell, mem};

use yew::Callback;

/// Passes messages to a component.
pub struct Inbox<T>(RefCell<Delivery<T>>);

enum Delivery<T> {
    Waiting(Vec<T>),
    Open(Callback<T>),
}

impl<T> Inbox<T> {
    /// Passes a message now, or when the inbox opens.
    pub fn send(&self, message: T) {
        let callback = match &mut *self.0.borrow_mut() {
            Delivery::Waiting(messages) => return messages.push(message),
            Delivery::Open(callback) => callback.clone(),
        };
        callback.emit(message);
    }

    /// Passes waiting messages, and later ones immediately. Replaces the last callback.
    pub fn open(&self, callback: Callback<T>) {
        let before = mem::replace(&mut *self.0.borrow_mut(), Delivery::Open(callback.clone()));
        if let Delivery::Waiting(messages) = before {
            messages
                .into_iter()
                .for_each(|message| callback.emit(message));
        }
    }
}

impl<T> Default for Inbox<T> {
    fn default() -> Self {
        Self(RefCell::new(Delivery::Waiting(Vec::new())))
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;

    #[test]
    fn messages_wait_until_the_inbox_opens_and_keep_their_order() {
        let (inbox, got) = (Inbox::default(), Rc::new(RefCell::new(Vec::new())));
        inbox.send(1);
        inbox.send(2);
        let seen = got.clone();
        inbox.open(Callback::from(move |message| {
            seen.borrow_mut().push(message)
        }));
        inbox.send(3);
        assert_eq!(*got.borrow(), [1, 2, 3]);
    }
}
