use accounts::AuditAction;
use admin::ArticleError;
use axum::{extract::State, response::Response};
use newsroom::pages::correct::{CorrectionPanel, Joining};
use store::{ArticleUpdate, MAX_COUNT};
use text::page::{Page, page as page_of};
use visitor::{Day, Window};
use wire::{ArticleKey, Imported};

use super::{
    SitePage,
    article::{RefusedForm, log},
    article_form::OperatorsForm,
};
use crate::{
    problem::Problem,
    routes::extract::{FormFields, value},
    state::App,
};

/// Joins an earlier address, after asking, or replaces the starting count of reads.
pub(super) async fn save(
    State(app): State<App>,
    OperatorsForm(form): OperatorsForm,
    FormFields(fields): FormFields,
) -> Result<Response, Problem> {
    let (page, key) = (&form.page, &form.key);
    let today = Window::at((app.now)(), &page.site.time_zone).day;
    let corrected = match (value(&fields, "earlier"), value(&fields, "starting")) {
        (Some(earlier), _) => {
            let is_confirmed = value(&fields, "confirmed") == Some("1");
            join(&app, page, today, key, earlier, is_confirmed).await?
        }
        (None, starting) => {
            let starting = starting.unwrap_or_default();
            set_starting_reads(&app, page, today, key, starting).await?
        }
    };
    match corrected {
        None => Ok(form.saved("correct", "correct")),
        Some(panel) => form.refuse(&app, RefusedForm::Correction(panel)).await,
    }
}

/// The panel with a question or an error; `None`: it was done.
type Correction = Option<Box<CorrectionPanel>>;

async fn join(
    app: &App,
    page: &SitePage,
    today: Day,
    key: &ArticleKey,
    earlier: &str,
    is_confirmed: bool,
) -> Result<Correction, Problem> {
    let panel = |refusal: Option<String>, question| {
        Some(Box::new(CorrectionPanel {
            earlier: earlier.to_owned(),
            question,
            refusal,
            ..CorrectionPanel::default()
        }))
    };
    let Ok(Page::Article(old)) = page_of(earlier) else {
        let why = page.texts().no_such_address.to_owned();
        return Ok(panel(Some(why), None));
    };
    let keys = (&old, key);
    match admin::alias(&*app.store, &page.site, today, keys, !is_confirmed).await {
        Err(ArticleError::Store(error)) => Err(error.into()),
        Err(ArticleError::Field(error)) => Ok(panel(Some(error.reason), None)),
        Ok(report) if !is_confirmed => {
            let joining = Joining {
                key: old.to_string(),
                reads: report.old.reads,
                is_merge: report.how == "merged",
            };
            Ok(panel(None, Some(joining)))
        }
        Ok(_) => {
            log(
                app,
                page,
                AuditAction::AddressJoined,
                format!("{old} → {key}"),
            )
            .await?;
            Ok(None)
        }
    }
}

async fn set_starting_reads(
    app: &App,
    page: &SitePage,
    today: Day,
    key: &ArticleKey,
    reads: &str,
) -> Result<Correction, Problem> {
    let site = &page.site.id;
    let reads = reads.parse().ok().filter(|reads: &u64| *reads <= MAX_COUNT);
    let Some(reads) = reads else {
        return Ok(Some(Box::new(CorrectionPanel {
            refusal: Some(page.texts().no_such_number.to_owned()),
            ..CorrectionPanel::default()
        })));
    };
    let counted = app.store.tallies(site, std::slice::from_ref(key)).await?;
    let before = counted
        .into_iter()
        .next()
        .map(|counted| counted.tally.imported);
    let before = before.unwrap_or_default();
    let subject = format!("{key}: {} → {reads}", before.reads);
    let update = ArticleUpdate {
        article: None,
        imported: Some(Imported { reads, ..before }),
        poll: None,
    };
    app.store.put_article(site, today, key, update).await?;
    log(app, page, AuditAction::StartingCountSet, subject).await?;
    Ok(None)
}
