use std::collections::BTreeMap;

use newsroom::pages::refused::{RefusedPanel, cause};
use store::{ARTICLE_REFUSED_KEPT_DAYS, Days, StoreError};
use visitor::Day;
use wire::ArticleKey;

use super::SitePage;
use crate::state::App;

/// Events of an article that were refused in the days for which that is kept.
pub(super) async fn refused_events(
    app: &App,
    page: &SitePage,
    key: &ArticleKey,
    today: Day,
) -> Result<RefusedPanel, StoreError> {
    let days = Days::until(today, ARTICLE_REFUSED_KEPT_DAYS);
    let refused = app.store.refused_of(&page.site.id, key, days).await?;
    let mut causes: BTreeMap<&str, u64> = BTreeMap::new();
    for one in refused {
        *causes
            .entry(cause(&page.context, one.reason.name()))
            .or_default() += one.count;
    }
    let mut causes: Vec<_> = causes.into_iter().collect();
    causes.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    Ok(RefusedPanel {
        days: ARTICLE_REFUSED_KEPT_DAYS,
        method: format!("../../v1/sites/{}/method.html", page.site.id),
        causes,
    })
}
