use axum::{Json, Router, extract::State, routing::post};
use config::Articles;
use serde::{Deserialize, Serialize};
use store::PruneFilter;
use visitor::{Day, Window};
use wire::ArticleKey;

use crate::{problem::Problem, routes::extract::AnySite, state::App};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/admin/prune/{site}", post(prune))
}

/// Selects the articles; see [`PruneFilter`].
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PruneRequest {
    fewer_than: u64,
    /// In days.
    older_than: u32,
    #[serde(default)]
    dry_run: bool,
}

/// Response: how many articles were deleted, or would be.
#[derive(Serialize)]
struct PruneReport {
    articles: u64,
    /// The keys of some of them.
    some: Vec<ArticleKey>,
}

async fn prune(
    State(app): State<App>,
    AnySite(site): AnySite,
    Json(request): Json<PruneRequest>,
) -> Result<Json<PruneReport>, Problem> {
    if site.articles == Articles::Registered {
        let detail = "The newsroom has registered every article of this site. Remove those that are to go by their keys.";
        return Err(Problem::field("site", detail));
    }
    let today = Window::at((app.now)(), &site.time_zone).day.get();
    let before =
        Day::new(today.saturating_sub(i32::try_from(request.older_than).unwrap_or(i32::MAX)));
    let prune = PruneFilter {
        fewer_than: request.fewer_than,
        before,
        dry_run: request.dry_run,
    };
    let (articles, some) = admin::prune(&*app.store, &site, prune).await?;
    Ok(Json(PruneReport { articles, some }))
}
