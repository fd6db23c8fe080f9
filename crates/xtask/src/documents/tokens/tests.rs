use super::*;

const CSS: &str = "/* All. */\n:host {\n  /* Text; all of it.\n     id: Teks. */\n  --_text: var(--gema-text, var(--_default-text));\n  \
                       /* Font. id: Huruf. */\n  --_font: var(--gema-font, system-ui, serif);\n  \
                       /* Bar. id: Batang. */\n  --_bar: var(--gema-bar, var(--_text));\n  \
                       /* Size. id: Ukuran. */\n  --_size: var(--gema-size, var(--_default-size));\n}\n";

const DEFAULTS: &str = ":host { --_default-text: currentColor; --_default-size: 1em; }\n\
                            @supports (width: max(1px, 1em)) { :host { --_default-size: max(14px, 1em); } }\n\
                            :host([theme=\"light\"]) { --_default-text: #123; }\n:host([theme=\"dark\"]) { --_default-text: #def; }\n";

#[test]
fn a_property_is_its_comment_and_its_declaration() {
    let [text, font, bar, size] = parse(CSS, DEFAULTS).unwrap().try_into().unwrap();
    assert_eq!(
        (&*text.name, &*text.english, &*text.indonesian),
        ("--gema-text", "Text; all of it.", "Teks.")
    );
    assert_eq!(text.default, Default::Colours("#123".into(), "#def".into()));
    assert_eq!(font.default, Default::Value("system-ui, serif".into()));
    assert_eq!(bar.default, Default::As("--gema-text".into()));
    assert_eq!(size.default, Default::Value("max(14px, 1em)".into()));
}

#[test]
fn an_undescribed_property_is_reported_by_name() {
    for (from, to, says) in [
        (
            "id: Huruf. ",
            "",
            "--gema-font is not described in Indonesian",
        ),
        (
            "Font.",
            "Font",
            "--gema-font: its description is no sentence",
        ),
        ("/* Font. id: Huruf. */", "", "is not `--_name"),
        ("--_font", "--_type", "two names differ"),
        (
            "default-size",
            "default-width",
            "does not declare --_default-width",
        ),
    ] {
        let error = parse(&CSS.replace(from, to), DEFAULTS)
            .unwrap_err()
            .to_string();
        assert!(error.contains(says), "{error}");
    }
}

#[test]
fn the_widgets_rules_use_only_private_property_names() {
    let rules = super::super::read("styles/widget.css").unwrap();
    assert!(!rules.contains("--gema-"));
    for Property { name, .. } in read().unwrap() {
        let private = name.replace("--gema-", "--_");
        assert!(
            rules.contains(&format!("var({private})")),
            "nothing is made of {name}"
        );
    }
}
