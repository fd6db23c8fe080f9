//! The theming surface as styles/tokens.css has it: each property with its default, and its comment as what it is for.

use anyhow::{Context, Result, ensure};

/// Where it is.
pub(super) const FILE: &str = "styles/tokens.css";

/// One property that a page may set.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Property {
    /// With its two dashes.
    pub(super) name: String,
    pub(super) default: Default,
    /// In sentences, each with its full stop.
    pub(super) english: String,
    pub(super) indonesian: String,
}

/// What holds where a page sets nothing.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Default {
    /// In light and in dark.
    Colours(String, String),
    /// The same as another property.
    As(String),
    /// Anything else, as a style sheet says it.
    Value(String),
}

/// All of them, in order.
pub(super) fn read() -> Result<Vec<Property>> {
    parse(&super::read(FILE)?)
}

/// One declaration after the other, `--_name: var(--gema-name, default);`, with a comment before each.
fn parse(css: &str) -> Result<Vec<Property>> {
    // The comment of the file itself, and the selectors.
    let (_, block) = css.split_once('{').context("there is no rule")?;
    let (block, rest) = block.rsplit_once('}').context("the rule has no end")?;
    ensure!(!rest.contains('{'), "there is more than one rule");
    // A comment may have a semicolon, and no declaration has the end of a comment.
    let declarations = block.split("/*").skip(1).map(|piece| piece.split_once("*/").context("a comment has no end"));
    declarations.map(|piece| piece.and_then(|(comment, declaration)| property(comment, declaration.trim()))).collect()
}

fn property(comment: &str, declaration: &str) -> Result<Property> {
    let wrong = || format!("`{declaration}` is not `--_name: var(--gema-name, default);`");
    let inner = declaration.strip_suffix(");").filter(|inner| !inner.contains(';')).with_context(wrong)?;
    let (own, value) = inner.strip_prefix("--_").and_then(|inner| inner.split_once(": var(")).with_context(wrong)?;
    let (name, default) = value.split_once(", ").with_context(wrong)?;
    ensure!(name.strip_prefix("--gema-") == Some(own), "{}: its two names differ", wrong());
    let (english, indonesian) = comment
        .split_once("id:")
        .with_context(|| format!("{name} is not described in Indonesian: `id: …` in its comment"))?;
    Ok(Property {
        name: name.into(),
        default: Default::of(default),
        english: sentences(name, english)?,
        indonesian: sentences(name, indonesian)?,
    })
}

impl Default {
    fn of(value: &str) -> Self {
        let colours = value.strip_prefix("light-dark(").and_then(|inner| inner.strip_suffix(')')?.split_once(", "));
        let same = value.strip_prefix("var(--_").and_then(|inner| inner.strip_suffix(')'));
        match (colours, same) {
            (Some((light, dark)), _) => Self::Colours(light.into(), dark.into()),
            (None, Some(other)) => Self::As(format!("--gema-{other}")),
            (None, None) => Self::Value(value.into()),
        }
    }
}

/// On one line.
fn sentences(name: &str, text: &str) -> Result<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    ensure!(text.ends_with('.'), "{name}: its description is no sentence: `{text}`");
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CSS: &str = "/* All. */\n:host {\n  /* Text; all of it.\n     id: Teks. */\n  --_text: var(--gema-text, light-dark(#123, #def));\n  \
                       /* Font. id: Huruf. */\n  --_font: var(--gema-font, system-ui, serif);\n  \
                       /* Bar. id: Batang. */\n  --_bar: var(--gema-bar, var(--_text));\n}\n";

    #[test]
    fn a_property_is_its_comment_and_its_declaration() {
        let [text, font, bar] = parse(CSS).unwrap().try_into().unwrap();
        assert_eq!((&*text.name, &*text.english, &*text.indonesian), ("--gema-text", "Text; all of it.", "Teks."));
        assert_eq!(text.default, Default::Colours("#123".into(), "#def".into()));
        assert_eq!(font.default, Default::Value("system-ui, serif".into()));
        assert_eq!(bar.default, Default::As("--gema-text".into()));
    }

    #[test]
    fn what_is_not_described_is_told_by_its_name() {
        for (from, to, says) in [
            ("id: Huruf. ", "", "--gema-font is not described in Indonesian"),
            ("Font.", "Font", "--gema-font: its description is no sentence"),
            ("/* Font. id: Huruf. */", "", "is not `--_name"),
            ("--_font", "--_type", "two names differ"),
        ] {
            let error = parse(&CSS.replace(from, to)).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn the_widgets_rules_know_only_the_private_names_of_what_a_page_may_set() {
        let rules = super::super::read("styles/widget.css").unwrap();
        assert!(!rules.contains("--gema-"));
        for Property { name, .. } in read().unwrap() {
            let private = name.replace("--gema-", "--_");
            assert!(rules.contains(&format!("var({private})")), "nothing is made of {name}");
        }
    }
}
