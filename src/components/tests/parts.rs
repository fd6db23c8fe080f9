//! The names by which a page reaches what is drawn (`::part`): those that the documents list.

use std::collections::BTreeSet;

use super::*;

/// Every part of the widget in every state.
fn drawn() -> BTreeSet<String> {
    let article = Article {
        title: "Judul".into(),
        byline: Some("Humas".into()),
        published: Some("2015-11-17".into()),
        url: None,
        html: String::new(),
    };
    let copy = shown(
        View {
            article: Some(article),
            method: Some("Cara kami menghitung".into()),
            ..view()
        },
        &[("body", "1")],
    );
    let panels =
        [Panel::Qr, Panel::Mastodon].map(|panel| reduced(copy.clone(), Action::Toggled(panel)));
    let closed = shown(
        View {
            poll: Poll::Closed,
            ..view()
        },
        &[],
    );
    let chosen = reduced(
        copy.clone(),
        Action::Pressed(Reaction::parse("sad").unwrap()),
    );
    let all: String = panels
        .into_iter()
        .chain([copy, closed, chosen])
        .map(html)
        .collect();
    // Not `data-part`, which is no name for a page.
    all.split(" part=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(str::to_owned)
        .collect()
}

/// The names in the table under a heading.
fn documented(document: &str, heading: &str) -> BTreeSet<String> {
    let (_, section) = document.split_once(heading).expect("the section of parts");
    let rows = section
        .lines()
        .skip_while(|line| !line.starts_with("|---"))
        .skip(1);
    let rows = rows.take_while(|line| line.starts_with('|'));
    rows.flat_map(|row| row.split('`').skip(1).step_by(2))
        .map(str::to_owned)
        .collect()
}

#[test]
fn documented_parts_are_exactly_those_rendered() {
    let drawn = drawn();
    assert_eq!(
        documented(include_str!("../../../docs/embedding.md"), "### Parts"),
        drawn
    );
    assert_eq!(
        documented(include_str!("../../../docs/id/pemasangan.md"), "### Bagian"),
        drawn
    );
}

#[test]
fn the_example_theme_uses_only_documented_names() {
    let theme = include_str!("../../../demo/themes/tabloid.css");
    let (tokens, parts) = (include_str!("../../../styles/tokens.css"), drawn());
    let (supports, hover) = (
        "@supports (color: light-dark(red, blue)) {",
        "@media (hover: hover) {",
    );
    let rules: Vec<_> = theme
        .split('}')
        .map(|rule| {
            rule.trim_start()
                .trim_start_matches(supports)
                .trim_start_matches(hover)
        })
        .filter_map(|rule| {
            rule.rsplit_once("*/")
                .map_or(rule, |(_, rule)| rule)
                .split_once('{')
        })
        .collect();
    assert!(rules.len() > 5);
    for (selector, _) in &rules {
        for one in selector.split(',').map(str::trim) {
            let part = one
                .strip_prefix("gema-article")
                .map(|rest| rest.split([':', '(', ')']).nth(3).unwrap_or_default());
            assert!(
                part.is_some_and(|part| part.is_empty() || parts.contains(part)),
                "{one}"
            );
        }
    }
    let properties = rules
        .iter()
        .flat_map(|(_, rule)| rule.split(';'))
        .filter_map(|line| line.trim().split_once(':'));
    for (property, _) in properties.filter(|(property, _)| property.starts_with("--")) {
        assert!(tokens.contains(&format!("var({property}, ")), "{property}");
    }
}
