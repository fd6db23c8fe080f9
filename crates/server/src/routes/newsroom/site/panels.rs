//! The panels of an article's page that have forms. `poll.rs` and `correct.rs` receive what the forms send.

use accounts::Role;
use newsroom::pages::{
    correct::CorrectionPanel,
    poll::{PollOption, PollPanel},
};
use rules::PollFacts;
use store::{ArticleCounts, ArticlePoll};
use visitor::Day;
use wire::ArticleKey;

use super::{SitePage, names::Names, stale::mark};

/// The forms, for operators of the whole site.
pub(super) fn correction_panel(
    page: &SitePage,
    counted: &ArticleCounts,
    is_done: bool,
) -> Option<CorrectionPanel> {
    may_correct(page).then(|| CorrectionPanel {
        starting_reads: counted.tally.imported.reads,
        done: is_done,
        ..CorrectionPanel::default()
    })
}

/// Whether the viewer may edit the article and its poll.
pub(super) fn may_edit(page: &SitePage, key: &ArticleKey) -> bool {
    page.viewer.user().is_some() && page.viewer.may_edit(&page.site.id, key)
}

/// Whether the viewer may correct counts and addresses.
pub(super) fn may_correct(page: &SitePage) -> bool {
    let grant = page.viewer.access.on(&page.site.id);
    page.viewer.user().is_some() && grant.is_some_and(|grant| grant.role() == Role::Operator)
}

/// The part of the page about an article's poll.
pub(super) fn poll_panel(
    page: &SitePage,
    names: &Names,
    counted: &ArticleCounts,
    today: Day,
    may_edit: bool,
) -> PollPanel {
    let site = &page.site;
    let own = counted.poll.as_deref();
    let facts = PollFacts::from(counted);
    let by_site = PollFacts { own: None, ..facts };
    let options = names.options().map(|(key, label)| PollOption {
        key: key.to_string(),
        label: label.clone(),
        is_on: rules::has_option(site, own, key),
        votes: counted.tally.reactions.get(key),
    });
    PollPanel {
        own: own.and_then(|own| own.state),
        now: rules::poll_state(site, today, facts),
        by_site: rules::poll_state(site, today, by_site),
        question: own.and_then(|own| own.question.clone()).unwrap_or_default(),
        site_question: site.labels_in(&site.language(None)).question,
        options: options.collect(),
        may_edit,
        is_saved: false,
        refusal: None,
        mark: mark(&own),
    }
}

/// The panel with what was sent and not saved.
pub(super) fn refused_poll(panel: PollPanel, sent: &ArticlePoll, why: &str) -> PollPanel {
    let is_on = |key: &str| !sent.off.iter().any(|off| off.as_str() == key);
    let options = panel.options.into_iter().map(|option| PollOption {
        is_on: is_on(&option.key),
        ..option
    });
    PollPanel {
        own: sent.state,
        question: sent.question.clone().unwrap_or_default(),
        options: options.collect(),
        refusal: Some(why.to_owned()),
        ..panel
    }
}
