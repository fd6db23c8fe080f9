use super::*;
use crate::Site;

#[test]
fn every_row_becomes_a_button_in_every_language() {
    let site = Site::demo();
    for code in ["id", "en"] {
        let buttons = buttons(&site.networks, site.share_style, &site.language(Some(code)));
        let keys: Vec<_> = buttons.iter().map(|button| button.key.as_str()).collect();
        assert_eq!(keys, NETWORKS.each_ref().map(|row| row.key), "{code}");
        assert!(
            buttons
                .iter()
                .all(|button| !button.label.is_empty() && button.mark.is_some())
        );
    }
}

#[test]
fn links_have_only_placeholders_that_the_widget_knows() {
    for row in &NETWORKS {
        for href in [row.href, row.phone].into_iter().flatten() {
            let known = ["{url}", "{title}", "{text}", "{instance}"];
            let bare = known
                .iter()
                .fold(href.to_owned(), |href, name| href.replace(name, ""));
            assert!(!bare.contains(['{', '}', ' ']), "{href}");
            assert!(href.contains("{url}"), "{href}");
            assert!(
                href.starts_with("https://") || href.starts_with("mailto:"),
                "{href}"
            );
            assert_eq!(
                href.contains("{instance}"),
                row.kind == ButtonKind::Mastodon,
                "{href}"
            );
        }
        let leads_somewhere = matches!(row.kind, ButtonKind::Link | ButtonKind::Mastodon);
        assert_eq!(row.href.is_some(), leads_somewhere, "{}", row.key);
    }
}

#[test]
fn a_site_chooses_its_own_buttons_and_order() {
    let network = |key| Network::parse(key).unwrap();
    let site = Site {
        networks: vec![network("copy"), network("whatsapp")],
        ..Site::demo()
    };
    let buttons = buttons(
        &site.networks,
        ShareStyle::Words,
        &site.language(Some("en")),
    );
    let labels: Vec<_> = buttons.iter().map(|button| button.label.as_str()).collect();
    assert_eq!(labels, ["Copy link", "WhatsApp"]);
    assert!(
        buttons.iter().all(|button| button.mark.is_none()),
        "words only"
    );
}

#[test]
fn unlisted_networks_are_unknown() {
    assert!(!is_known(&Network::parse("pocket").unwrap()));
    assert!(known().contains("whatsapp, telegram"));
}
