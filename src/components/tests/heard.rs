use wire::Button;

use super::*;

/// What follows a piece of markup, up to a quotation mark.
fn after<'a>(html: &'a str, before: &str) -> Vec<&'a str> {
    html.split(before)
        .skip(1)
        .map(|rest| rest.split_once('"').unwrap().0)
        .collect()
}

fn live_region(html: &str) -> &str {
    let region = html.split_once("aria-live=\"polite\"").unwrap().1;
    region.split_once('>').unwrap().1.split_once('<').unwrap().0
}

#[test]
fn every_part_has_a_language_that_voices_are_chosen_by() {
    for (locale, lang) in [
        ("ar-u-ca-gregory-nu-latn", "ar"),
        ("ar-EG-u-ca-gregory-nu-arab", "ar-EG"),
        ("fa-u-ca-gregory-nu-arabext", "fa"),
        ("th-u-ca-gregory-nu-latn", "th"),
        ("zh-Hant-u-nu-latn", "zh-Hant"),
        ("id-u-nu-latn", "id"),
        ("en", "en"),
    ] {
        let mut view = View {
            locale: locale.into(),
            ..view()
        };
        let (byline, published, url) = (None, None, None);
        view.article = Some(Article {
            title: "Judul".into(),
            byline,
            published,
            url,
            html: String::new(),
        });
        let html = html(shown(view, &[("body", "1")]));
        assert_eq!(after(&html, " lang=\""), [lang; 3], "heading, bar, poll");
        assert!(!html.contains("-u-"), "{html}");
    }
}

#[test]
fn a_links_name_includes_the_new_tab_and_mail_opens_none() {
    let mut view = view();
    let mail = Button {
        label: "Surel".into(),
        href: Some("mailto:?body={url}".into()),
        ..view.networks[1].clone()
    };
    view.networks.push(mail);
    let html = html(shown(view, &[]));
    let links: Vec<_> = html
        .split("<a ")
        .skip(1)
        .map(|link| link.split_once("</a>").unwrap().0)
        .collect();
    let (mail, others) = links.split_last().unwrap();
    assert!(!others.is_empty());
    for link in others {
        let (_, text) = link.split_once("part=\"share-name\">").unwrap();
        let text = text.split('<').next().unwrap();
        assert_eq!(
            after(link, "aria-label=\""),
            [format!("{text} (tab baru)")],
            "the name has what one sees"
        );
        assert!(
            link.contains("target=\"_blank\"") && !text.contains('<'),
            "{link}"
        );
    }
    assert!(
        mail.ends_with(">Surel</span>") && !mail.contains("aria-label") && !mail.contains("target"),
        "{mail}"
    );
}

#[test]
fn an_option_is_named_with_what_its_numbers_count() {
    let open = html(shown(view(), &[]));
    let expected = [
        "Senang, 1.500 tanggapan, 75%",
        "Terinspirasi, 0 tanggapan, 0%",
        "Terkejut, 0 tanggapan, 0%",
        "Sedih, 500 tanggapan, 25%",
        "Marah, 0 tanggapan, 0%",
    ];
    let poll = |html: &str| html.split_once("<form").unwrap().1.to_owned();
    let closed = html(shown(
        View {
            poll: Poll::Closed,
            ..view()
        },
        &[],
    ));
    for poll in [poll(&open), poll(&closed)] {
        for option in expected {
            assert!(
                poll.contains(&format!("<span class=\"said\">{option}</span>")),
                "{option} in {poll}"
            );
        }
        // What one sees is not read besides.
        for part in ["label", "count", "percent"] {
            assert_eq!(
                poll.matches(&format!("<span part=\"{part}\" aria-hidden=\"true\">"))
                    .count(),
                5,
                "{poll}"
            );
        }
    }
}

#[test]
fn visible_texts_are_not_also_names_of_groups() {
    let html = html(shown(view(), &[]));
    assert!(
        !html.contains("role=\"group\"")
            && html.contains("<span id=\"share\" part=\"share-label\">"),
        "{html}"
    );
    // Of a list only; the question is a heading, and not the form's name.
    assert_eq!(html.matches("aria-labelledby").count(), 1, "{html}");
    assert!(
        html.contains("<ul role=\"list\" aria-labelledby=\"share\""),
        "{html}"
    );
    assert!(
        html.contains("<h2") && !html.contains("role=\"status\""),
        "an empty status is read as one: {html}"
    );
}

#[test]
fn a_panels_content_or_error_is_announced() {
    let drawn =
        |actions: &[Action]| html(actions.iter().cloned().fold(shown(view(), &[]), reduced));
    let invalid = |stays| [Action::Toggled(Panel::Mastodon), Action::NoServer { stays }];
    let labels = view().labels;
    assert_eq!(live_region(&drawn(&[Action::Toggled(Panel::Qr)])), "");
    assert_eq!(
        live_region(&drawn(&[Action::Toggled(Panel::Qr), Action::Seen])),
        labels.qr
    );
    assert_eq!(
        live_region(&drawn(&[Action::Toggled(Panel::QrFailed)])),
        labels.qr_failed
    );
    let stays = drawn(&invalid(true));
    assert_eq!(live_region(&stays), labels.instance_invalid);
    assert!(
        stays.contains("aria-describedby=\"instance\""),
        "who comes back to the field hears it again"
    );
    assert_eq!(live_region(&drawn(&invalid(false))), "");
    assert_eq!(
        live_region(&drawn(&[Action::Copied, Action::Copied])),
        format!("{}\u{a0}", labels.copied)
    );
}
