//! Frames for readers without JavaScript.

use super::PageContext;
use crate::{
    finding::{Findings, error, warning},
    noscript::noscript_frames,
};

pub(super) fn frames(context: &PageContext<'_, '_>, key: Option<&str>, findings: &mut Findings) {
    for frame in noscript_frames(context.page) {
        let value = |name: &str| {
            frame
                .query_pairs()
                .find(|(known, _)| known == name)
                .map(|(_, value)| value.into_owned())
        };
        let article = value("article").unwrap_or_default();
        if let (Some(key), Ok(named)) = (key, text::key::article_key(&article))
            && named.as_str() != key
        {
            let says = format!(
                "The frame for readers without JavaScript is about `{article}`, and the page about `{key}`: they have different counts."
            );
            findings.push(
                warning(
                    "noscript-article",
                    says,
                    "Let the template write the same name in both.",
                )
                .found(frame.as_str()),
            );
        }
        if value("frame").as_deref() != Some("1") {
            let says = "The frame for readers without JavaScript has no frame=1 in its address, so it is no page.";
            findings.push(
                error(
                    "noscript-frame",
                    says,
                    "Add &frame=1 to the frame's address.",
                )
                .found(frame.as_str()),
            );
        }
    }
}
