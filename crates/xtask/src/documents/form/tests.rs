use super::*;

fn property(default: Default) -> Property {
    let [english, indonesian] = ["Text.".into(), "Teks \"a\". Boleh lain.".into()];
    Property {
        name: "--gema-text".into(),
        default,
        english,
        indonesian,
    }
}

#[test]
fn a_colour_has_two_fields_with_a_hint() {
    let html = properties(&[property(Default::Colours(
        "#112233".into(),
        "#ddeeff".into(),
    ))]);
    assert_eq!(html.matches("name=\"--gema-text\"").count(), 2);
    assert!(
        html.contains("<legend>Teks &quot;a&quot; <code>--gema-text</code></legend>"),
        "{html}"
    );
    assert!(
        html.contains("aria-describedby=\"gema-text-hint\"")
            && html.contains(">Boleh lain.</small>"),
        "{html}"
    );
}

#[test]
fn a_colour_defined_by_another_starts_with_its_value() {
    let bar = Property {
        name: "--gema-bar".into(),
        ..property(Default::As("--gema-text".into()))
    };
    let html = properties(&[
        property(Default::Colours("#112233".into(), "#ddeeff".into())),
        bar,
    ]);
    assert!(
        html.contains("name=\"--gema-bar\" value=\"#112233\"> terang"),
        "{html}"
    );
}

#[test]
fn a_value_that_is_no_colour_has_a_text_field() {
    let html = properties(&[property(Default::Value(
        "Georgia, \"Times New Roman\"".into(),
    ))]);
    assert!(
        html.contains("value=\"Georgia, &quot;Times New Roman&quot;\""),
        "{html}"
    );
    assert!(
        html.contains("<label for=\"gema-text\">") && html.contains("<input id=\"gema-text\""),
        "{html}"
    );
}
