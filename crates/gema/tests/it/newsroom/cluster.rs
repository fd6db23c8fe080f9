//! The same attacks with users, sessions, links and the log on a Redis Cluster of three masters and three replicas.

use super::{Endpoint, accounts, links, roles};
use crate::store::redis::cluster_url;

/// An endpoint on the cluster, with a key prefix of its own.
fn endpoint() -> Endpoint {
    Endpoint::with(&format!("database = \"{}\"", cluster_url()))
}

#[tokio::test]
async fn stolen_cookie_ends_with_the_session_on_a_cluster() {
    accounts::theft_of_a_cookie(endpoint()).await;
}

#[tokio::test]
async fn one_time_link_works_once_on_a_cluster() {
    accounts::use_of_a_one_time_link(endpoint()).await;
}

#[tokio::test]
async fn newer_one_time_link_replaces_another_on_a_cluster() {
    accounts::renewal_of_a_one_time_link(endpoint()).await;
}

#[tokio::test]
async fn race_for_a_one_time_link_has_one_winner_on_a_cluster() {
    accounts::race_for_a_one_time_link(endpoint()).await;
}

#[tokio::test]
async fn cookie_of_a_stranger_is_no_session_on_a_cluster() {
    accounts::session_fixation(endpoint()).await;
}

#[tokio::test]
async fn revoked_link_is_worthless_on_a_cluster() {
    links::life_of_a_link(endpoint()).await;
}

#[tokio::test]
async fn links_stay_within_section_and_site_on_a_cluster() {
    links::bounds_of_links(endpoint()).await;
}

#[tokio::test]
async fn each_role_may_do_what_is_permitted_on_a_cluster() {
    roles::permissions(endpoint()).await;
}

#[tokio::test]
async fn operator_cannot_take_over_a_user_on_a_cluster() {
    roles::takeover_of_a_user(endpoint()).await;
}

#[tokio::test]
async fn log_has_an_entry_for_every_change_on_a_cluster() {
    roles::completeness_of_the_log(endpoint()).await;
}

#[tokio::test]
async fn log_is_divided_by_site_on_a_cluster() {
    roles::log_of_two_sites(endpoint()).await;
}

/// What one endpoint ends is over at the other one at once.
#[tokio::test]
async fn endpoints_of_one_cluster_agree_on_what_has_ended() {
    let database = format!("database = \"{}\"", cluster_url());
    let [one, other] = [(); 2].map(|()| Endpoint::with(&database));
    let mut browser = one.signed_in("budi", "news", "editor", None).await;
    let mut there = browser.clone();
    there.url = other.browser().url;
    assert!(there.is_let_in().await);
    browser.submits("/redaksi/sign-out", &[]).await;
    assert!(!there.is_let_in().await);
    browser.signs_in("budi", super::PASSWORD).await;
    let mut there = super::Browser {
        cookies: browser.cookies.clone(),
        ..there
    };
    assert!(there.is_let_in().await);
    other.cli.says(&["user", "sign-out", "budi"]);
    assert!(!browser.is_let_in().await && !there.is_let_in().await);
}
