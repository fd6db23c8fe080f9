//! The domain, pure: which events count. Takes `now` from its caller and knows no store.
