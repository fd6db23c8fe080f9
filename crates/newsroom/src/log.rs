use accounts::{AuditAction, AuditEntry, COMMAND_LINE};
use yew::prelude::*;

use crate::{Texts, table::scrollable, time::minute};

/// The log of who did what, for operators.
pub fn page(texts: &Texts, entries: &[AuditEntry]) -> Html {
    if entries.is_empty() {
        return html! { <p>{ texts.log_none }</p> };
    }
    let table = html! {
        <table class="cards" role="table">
            <thead role="rowgroup">
                <tr role="row">
                    <th scope="col" role="columnheader">{ texts.when }</th>
                    <th scope="col" role="columnheader">{ texts.who }</th>
                    <th scope="col" role="columnheader">{ texts.what }</th>
                    <th scope="col" role="columnheader">{ texts.whom }</th>
                    <th scope="col" role="columnheader">{ texts.site }</th>
                </tr>
            </thead>
            <tbody role="rowgroup">{ for entries.iter().map(|entry| row(texts, entry)) }</tbody>
        </table>
    };
    html! {
        <>
            <p class="hint">{ texts.log_hint }</p>
            { scrollable(texts.log, table) }
        </>
    }
}

fn row(texts: &Texts, entry: &AuditEntry) -> Html {
    let sites: Vec<_> = entry.sites.iter().map(|site| site.as_str()).collect();
    let actor = match entry.actor.as_str() {
        COMMAND_LINE => "gema user".to_owned(),
        name => name.to_owned(),
    };
    html! {
        <tr role="row">
            <td role="cell" data-label={texts.when}>{ minute(entry.at) }</td>
            <td role="cell" data-label={texts.who}>{ actor }</td>
            <td role="cell" data-label={texts.what}>{ did(texts, entry.action) }</td>
            <td role="cell" data-label={texts.whom} class="subject">{ entry.subject.clone() }</td>
            <td role="cell" data-label={texts.site}>{ sites.join(", ") }</td>
        </tr>
    }
}

fn did(texts: &Texts, action: AuditAction) -> &'static str {
    match action {
        AuditAction::SignedIn => texts.did_signed_in,
        AuditAction::SignedOutEverywhere => texts.did_signed_out_everywhere,
        AuditAction::PasswordSet => texts.did_password_set,
        AuditAction::Invited => texts.did_invited,
        AuditAction::RoleSet => texts.did_role_set,
        AuditAction::RoleRemoved => texts.did_role_removed,
        AuditAction::UserRemoved => texts.did_user_removed,
        AuditAction::LinkMade => texts.did_link_made,
        AuditAction::LinkRevoked => texts.did_link_revoked,
        AuditAction::CopyChanged => texts.did_copy_changed,
        AuditAction::AddressJoined => texts.did_address_joined,
        AuditAction::StartingCountSet => texts.did_starting_count_set,
        AuditAction::PollChanged => texts.did_poll_changed,
    }
}
