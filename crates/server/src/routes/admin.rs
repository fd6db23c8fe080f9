//! `/admin/VERB`: what an operator asks of the process that has the database. Merged only into the router of the socket and of
//! the command line itself, so that nobody in public can ask. One file a verb.

/// `/admin/alias/{site}`: an article answers for the key that it had before.
mod alias;
/// A copy of everything in one file.
mod backup;
/// Whether everything adds up.
mod check;
/// All that may leave, as one file.
mod export;
/// Such a file, taken over.
mod import;
/// `POST /admin/migrate`: everything moves to another database.
mod migrate;
/// `POST /admin/prune/{site}`: articles that only strangers made go.
mod prune;
/// `POST /admin/reload`: the configuration is read again.
mod reload;
/// What an earlier counter had.
mod starting;

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
        .merge(starting::routes())
}
