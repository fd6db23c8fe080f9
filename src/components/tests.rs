use wire::{Article, Poll, Reaction, View};

use super::*;
use crate::{
    indonesian::Indonesian,
    markup::{Drawn, html},
    state::{Action, Panel},
};

/// Texts for screen readers.
mod heard;
/// The parts that a page may style.
mod parts;

fn view() -> View {
    serde_json::from_str(include_str!("../../tests/fixtures/view.json")).unwrap()
}

fn shown(view: View, attributes: &[(&str, &str)]) -> Drawn {
    let attributes = attributes.iter().chain(&[
        ("site", "demo"),
        ("article", "fgd-e-government-korea"),
        ("endpoint", "https://gema.example/"),
        ("title", "e-Government & kita"),
        ("url", "https://news.example/a?b=1"),
    ]);
    let get = |name: &str| {
        attributes
            .clone()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| *value)
    };
    let settings = Settings::read(&get).unwrap();
    Drawn::new(settings, view, &Indonesian, 1)
}

/// What is between the tags, in the order of reading.
fn text(html: &str) -> String {
    let pieces = html
        .split('<')
        .map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text).trim());
    pieces
        .filter(|piece| !piece.is_empty())
        .collect::<Vec<_>>()
        .join(" | ")
}

fn reduced(mut shown: Drawn, action: Action) -> Drawn {
    shown.state.reduce(action, 2);
    shown
}

#[test]
fn a_reader_sees_counter_share_bar_and_poll() {
    let device = Device {
        share_sheet: true,
        phone: false,
    };
    let text = text(&html(Drawn {
        device,
        ..shown(view(), &[])
    }));
    assert_eq!(
        text,
        "Dibaca 841 kali | Bagikan berita ke: | Bagikan… | WhatsApp | Mastodon | X | Lainnya | Salin tautan | Kode QR | \
         Bagaimana pendapat Anda mengenai artikel ini? | Senang | 1.500 | 75% | Senang, 1.500 tanggapan, 75% | \
         Terinspirasi | 0 | 0% | Terinspirasi, 0 tanggapan, 0% | Terkejut | 0 | 0% | Terkejut, 0 tanggapan, 0% | \
         Sedih | 500 | 25% | Sedih, 500 tanggapan, 25% | 😡 | Marah | 0 | 0% | Marah, 0 tanggapan, 0% | 2.000 tanggapan"
    );
}

#[test]
fn the_endpoints_copy_has_headline_byline_and_day_above_the_bar() {
    let mut view = view();
    view.article = Some(Article {
        title: "Judul <b>".into(),
        byline: Some("Humas".into()),
        published: Some("2015-11-17".into()),
        url: None,
        html: "<p>not ours to draw".into(),
    });
    let html = html(shown(view, &[("body", "1")]));
    assert!(
        text(&html)
            .starts_with("Judul &lt;b&gt; | Humas | «2015-11-17» | Dibaca 841 kali | Bagikan"),
        "{html}"
    );
    assert!(!html.contains("not ours"));
}

#[test]
fn the_bar_stands_below_the_pages_own_article_or_above_if_asked() {
    let order = |html: String| {
        (
            html.find("<slot").unwrap(),
            html.find("part=\"reads\"").unwrap(),
        )
    };
    let (slot, reads) = order(html(shown(view(), &[])));
    assert!(slot < reads);
    let (slot, reads) = order(html(shown(view(), &[("bar", "top")])));
    assert!(reads < slot);
}

#[test]
fn the_pages_article_keeps_its_language_and_direction() {
    let mut arabic = View {
        dir: wire::Dir::Rtl,
        locale: "ar".into(),
        ..view()
    };
    arabic.article = Some(Article {
        title: "Judul".into(),
        byline: None,
        published: None,
        url: None,
        html: String::new(),
    });
    let html = html(shown(arabic, &[("body", "1")]));
    assert!(html.starts_with("<div part=\"gema\">"), "{html}");
    for part in [
        "<header part=\"heading\"",
        "<div part=\"bar\"",
        "<div part=\"below\"",
    ] {
        assert!(
            html.contains(&format!("{part} lang=\"ar\" dir=\"rtl\">")),
            "{part} in {html}"
        );
    }
}

#[test]
fn parts_can_be_switched_off_one_by_one() {
    let none = html(shown(
        view(),
        &[("share", "off"), ("reads", "off"), ("poll", "off")],
    ));
    assert_eq!(text(&none), "");
    let only_poll = text(&html(shown(view(), &[("share", "off"), ("reads", "off")])));
    assert!(only_poll.starts_with("Bagaimana"), "{only_poll}");
}

#[test]
fn percents_add_up_and_an_option_with_a_vote_has_one() {
    let percents = |counts: [u64; 5]| {
        let mut view = view();
        for (choice, count) in view.reactions.iter().zip(counts) {
            *view.tally.reactions.entry(choice.key.clone()) = count;
        }
        let html = html(shown(view, &[]));
        let shown = html
            .split("part=\"percent\" aria-hidden=\"true\">")
            .skip(1)
            .map(|rest| rest.split_once('<').unwrap().0.to_owned());
        let bars = html
            .split("<rect width=\"")
            .skip(1)
            .map(|rest| rest.split_once('"').unwrap().0.to_owned());
        let shown: Vec<_> = shown.collect();
        assert_eq!(shown, bars.collect::<Vec<_>>());
        shown
    };
    assert_eq!(percents([1, 1, 1, 0, 0]), ["34%", "33%", "33%", "0%", "0%"]);
    assert_eq!(percents([571, 1, 0, 0, 0]), ["99%", "1%", "0%", "0%", "0%"]);
}

/// The poll with that many votes for the first option.
fn voted(votes: u64, show_from: u32) -> Drawn {
    let mut view = View {
        show_from,
        ..view()
    };
    for choice in &view.reactions {
        *view.tally.reactions.entry(choice.key.clone()) = 0;
    }
    *view.tally.reactions.entry(view.reactions[0].key.clone()) = votes;
    shown(view, &[("share", "off"), ("reads", "off")])
}

#[test]
fn a_poll_without_votes_names_its_options_and_no_numbers() {
    assert_eq!(
        text(&html(voted(0, 1))),
        "Bagaimana pendapat Anda mengenai artikel ini? | Senang | Senang | Terinspirasi | Terinspirasi | Terkejut | Terkejut | \
         Sedih | Sedih | 😡 | Marah | Marah | Jadilah yang pertama"
    );
    let first = reduced(
        voted(0, 1),
        Action::Pressed(Reaction::parse("happy").unwrap()),
    );
    assert!(text(&html(first)).contains("Senang | 1 | 100% | Senang, 1 tanggapan, 100%"));
    assert!(text(&html(voted(0, 0))).contains("Senang | 0 | 0% | Senang, 0 tanggapan, 0%"));
}

#[test]
fn numbers_are_shown_from_the_vote_that_the_site_says() {
    let few = text(&html(voted(19, 20)));
    assert!(
        !few.contains('%') && !few.contains("19") && !few.contains("Jadilah"),
        "{few}"
    );
    assert!(text(&html(voted(20, 20))).contains("Senang, 20 tanggapan, 100%"));
    let mut closed = voted(19, 20);
    closed.state.poll = Poll::Closed;
    assert!(text(&html(closed)).contains("19 tanggapan"));
}

#[test]
fn the_choice_and_its_withdrawal_are_below_the_options() {
    let sad = Action::Pressed(Reaction::parse("sad").unwrap());
    let chosen = text(&html(reduced(shown(view(), &[]), sad)));
    let sentence = "2.001 tanggapan | Pilihan anda: | Sedih | . Ketuk lagi untuk membatalkan.";
    assert!(chosen.contains(sentence), "{chosen}");
    assert!(!text(&html(shown(view(), &[]))).contains("Ketuk lagi"));
}

#[test]
fn faces_and_marks_are_the_paths_of_the_view() {
    let mut view = view();
    view.reactions[1].image = Some("https://news.example/a.svg".into());
    let (face, mark) = (
        view.reactions[0].face.clone().unwrap(),
        view.networks[0].mark.clone().unwrap(),
    );
    let drawn = html(shown(view, &[]));
    assert!(
        drawn.contains(&format!("d=\"{}\"", face.lines))
            && drawn.contains(&format!("d=\"{mark}\""))
    );
    let option = |key: &str| {
        drawn
            .split("<li>")
            .find(|li| li.contains(&format!("option-{key}")))
            .unwrap()
    };
    assert!(option("happy").contains("<svg part=\"face\"") && !option("happy").contains("😊"));
    assert!(
        option("inspired").contains("<img part=\"face\"")
            && !option("inspired").contains("<svg part=\"face\"")
    );
    assert!(option("angry").contains(">😡<"));
}

#[test]
fn more_follows_the_first_four_usable_buttons() {
    let order = |share_sheet| {
        let device = Device {
            share_sheet,
            phone: false,
        };
        let html = html(Drawn {
            device,
            ..shown(view(), &[])
        });
        let buttons = html
            .split("data-part=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap().to_owned());
        buttons.take(7).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(order(true), "native whatsapp mastodon x more copy qr");
    assert_eq!(order(false), "native whatsapp mastodon x copy more qr");
}

#[test]
fn an_option_is_a_button_that_says_whether_it_is_pressed() {
    let shown = shown(view(), &[]);
    let pressed = html(reduced(
        shown,
        Action::Pressed(Reaction::parse("sad").unwrap()),
    ));
    let button = pressed
        .split("<button")
        .find(|button| button.contains("option-sad"))
        .unwrap();
    assert!(
        button.contains("aria-pressed=\"true\"") && button.contains(">501<"),
        "{button}"
    );
    assert_eq!(pressed.matches("aria-pressed=\"true\"").count(), 1);
    assert!(
        pressed.contains("Pilihan anda: Sedih"),
        "the live region speaks: {pressed}"
    );
}

#[test]
fn a_closed_poll_shows_its_result_and_has_no_buttons() {
    let closed = html(shown(
        View {
            poll: Poll::Closed,
            ..view()
        },
        &[],
    ));
    assert!(!closed.contains("aria-pressed") && text(&closed).contains("1.500 | 75%"));
    assert!(text(&closed).ends_with("ditutup."), "{}", text(&closed));
}

#[test]
fn a_waiting_choice_has_a_notice() {
    let pressed = reduced(
        shown(view(), &[]),
        Action::Pressed(Reaction::parse("sad").unwrap()),
    );
    assert!(!html(pressed.clone()).contains("Menunggu"));
    let waiting = reduced(
        pressed,
        Action::Failed {
            retry_after: None,
            jitter: 0,
        },
    );
    assert!(text(&html(waiting)).contains("Menunggu"));
}

#[test]
fn a_rejected_choice_is_reverted_with_a_notice() {
    let pressed = reduced(
        shown(view(), &[]),
        Action::Pressed(Reaction::parse("sad").unwrap()),
    );
    let sent = pressed.state.outbox.next(u64::MAX);
    let rejected = html(reduced(pressed, Action::Rejected { sent }));
    assert_eq!(
        rejected
            .matches(">Pilihan anda tidak dapat diterima.<")
            .count(),
        2,
        "shown, and spoken: {rejected}"
    );
    assert!(
        !rejected.contains("Menunggu") && !rejected.contains("aria-pressed=\"true\""),
        "{rejected}"
    );
    assert!(text(&rejected).contains("Sedih | 500 | 25%"), "{rejected}");
}

#[test]
fn share_links_are_real_links_to_the_page() {
    let html = html(shown(view(), &[]));
    let link = html.split("<a ").nth(1).unwrap();
    for part in [
        "href=\"https://wa.me/?text=e-Government%20%26%20kita%20https%3A%2F%2Fnews.example%2Fa%3Fb%3D1\"",
        "target=\"_blank\"",
        "rel=\"noopener noreferrer\"",
    ] {
        assert!(link.contains(part), "{part} in {link}");
    }
}

#[test]
fn the_share_sheet_is_offered_only_where_the_device_has_one() {
    let without = shown(view(), &[]);
    let with = Drawn {
        device: Device {
            share_sheet: true,
            phone: false,
        },
        ..without.clone()
    };
    let is_hidden = |li: &str| {
        li.split('>')
            .next()
            .is_some_and(|tag| tag.contains(" hidden"))
    };
    let hidden = |shown| html(shown).split("<li ").skip(1).any(is_hidden);
    assert!(hidden(without) && !hidden(with));
}

#[test]
fn the_qr_code_comes_from_the_endpoint_and_only_when_asked_for() {
    let closed = shown(view(), &[]);
    assert!(!html(closed.clone()).contains("qr.svg"));
    let open = html(reduced(closed, Action::Toggled(Panel::Qr)));
    let address = "https://gema.example/v1/sites/demo/qr.svg?article=fgd-e-government-korea&amp;url=https%3A%2F%2Fnews";
    assert!(
        open.contains(address) && open.contains("aria-expanded=\"true\""),
        "{open}"
    );
}

#[test]
fn the_qr_code_has_the_size_that_its_svg_says() {
    let open = html(reduced(shown(view(), &[]), Action::Toggled(Panel::Qr)));
    let image = open
        .split("<img")
        .nth(1)
        .unwrap()
        .split_once('>')
        .unwrap()
        .0;
    assert!(
        !image.contains("width") && !image.contains("height"),
        "{image}"
    );
}

#[test]
fn a_too_long_qr_address_is_explained_and_announced() {
    let open = reduced(shown(view(), &[]), Action::Toggled(Panel::QrTooLong));
    let drawn = html(open.clone());
    assert_eq!(
        drawn
            .matches(">Alamat ini terlalu panjang untuk kode QR.<")
            .count(),
        2,
        "{drawn}"
    );
    assert!(
        !drawn.contains("qr.svg") && drawn.contains("aria-expanded=\"true\""),
        "{drawn}"
    );
    assert!(!html(reduced(open, Action::Toggled(Panel::Qr))).contains("terlalu panjang"));
}

#[test]
fn a_page_without_an_address_has_no_share_bar_and_all_the_rest() {
    let text = text(&html(shown(view(), &[("url", "")])));
    assert!(
        text.starts_with("Dibaca 841 kali | Bagaimana pendapat"),
        "{text}"
    );
}

#[test]
fn the_more_button_keeps_its_name_and_has_aria_expanded() {
    let closed = shown(view(), &[]);
    let more = |shown| {
        let html = html(shown);
        let button = html
            .split("<button")
            .find(|button| button.contains("data-part=\"more\""))
            .unwrap()
            .to_owned();
        assert!(button.contains(">Lainnya<"), "{button}");
        button
            .split_once("aria-expanded=\"")
            .unwrap()
            .1
            .split_once('"')
            .unwrap()
            .0
            .to_owned()
    };
    assert_eq!(more(closed.clone()), "false");
    assert_eq!(more(reduced(closed, Action::More)), "true");
}

#[test]
fn nothing_that_a_site_or_reader_wrote_becomes_markup() {
    let mut view = view();
    view.labels.question = "<script>1</script>".into();
    view.reactions[0].label = "\"><img onerror=1>".into();
    let odd = html(shown(view, &[]));
    assert!(
        !odd.contains("<script") && !odd.contains("<img onerror"),
        "{odd}"
    );
}
