//! `/admin/VERB`: operator commands for the process that owns the database. Merged only into the routers of the local
//! socket and of the command line, so they are never public. One file per command.

/// `/admin/alias/{site}`: aliases of articles.
mod alias;
/// `POST /admin/backup`
mod backup;
/// `POST /admin/starting/{site}`: starting counts from an earlier counter.
mod baseline;
/// `GET /admin/check`: consistency check.
mod check;
/// `GET /admin/export`
mod export;
/// `POST /admin/import`
mod import;
/// `POST /admin/migrate`: moves all data to another database.
mod migrate;
/// `POST /admin/prune/{site}`: deletes articles that only readers created.
mod prune;
/// `POST /admin/reload`: rereads the configuration.
mod reload;
/// `/admin/users`: the newsroom's users.
mod users;

use axum::Router;

use crate::state::App;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .merge(alias::routes())
        .merge(backup::routes())
        .merge(check::routes())
        .merge(export::routes())
        .merge(import::routes())
        .merge(migrate::routes())
        .merge(prune::routes())
        .merge(reload::routes())
        .merge(users::routes())
        .merge(baseline::routes())
}
