use config::Site;
use store::{ArticlePoll, MIN_POLL_OPTIONS};

use super::FieldError;

/// Validates what is set for an article's poll: the site must have the options, and two must remain.
///
/// # Errors
/// [`FieldError`] names what is wrong.
pub fn check_poll(poll: &ArticlePoll, site: &Site) -> Result<(), FieldError> {
    let refused = |reason| Err(FieldError::new("poll", reason));
    poll.check().or_else(refused)?;
    let known: Vec<_> = site.reactions.iter().map(|option| &option.key).collect();
    if let Some(unknown) = poll.off.iter().find(|key| !known.contains(key)) {
        let known: Vec<_> = known.iter().map(|key| key.as_str()).collect();
        let known = known.join(", ");
        return refused(format!(
            "The poll has no option `{unknown}`. It has: {known}."
        ));
    }
    if !poll.leaves_enough(known.iter().copied()) {
        return refused(format!(
            "At least {MIN_POLL_OPTIONS} options must stay on. To have no poll, set its `state` to `off`."
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use wire::Reaction;

    use super::*;

    #[test]
    fn check_poll_rejects_unknown_options_and_too_few() {
        let site = Site::demo();
        let off = |keys: &[&str]| ArticlePoll {
            off: keys
                .iter()
                .map(|key| Reaction::parse(key).unwrap())
                .collect(),
            ..ArticlePoll::default()
        };
        assert_eq!(check_poll(&off(&[]), &site), Ok(()));
        assert_eq!(check_poll(&off(&["sad", "angry", "happy"]), &site), Ok(()));
        let refused = |poll: &ArticlePoll| check_poll(poll, &site).unwrap_err().to_string();
        let error = refused(&off(&["hapy"]));
        assert!(
            error.contains("`hapy`") && error.contains("happy, inspired"),
            "{error}"
        );
        let error = refused(&off(&["sad", "angry", "happy", "inspired"]));
        assert!(error.contains("`off`"), "{error}");
        let error = refused(&ArticlePoll {
            question: Some(String::new()),
            ..ArticlePoll::default()
        });
        assert!(error.starts_with("poll: A question"), "{error}");
    }
}
