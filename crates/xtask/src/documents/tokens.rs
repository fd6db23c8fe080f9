//! Reads the theming properties from styles/tokens.css: each with its default, and its comment as description.

use anyhow::{Context, Result, ensure};

/// The source of the properties.
pub(super) const FILE: &str = "styles/tokens.css";

/// The source of defaults that depend on the theme.
const PALETTES: &str = "styles/palettes.css";

/// One property that a page may set.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Property {
    /// Name, with the two leading dashes.
    pub(super) name: String,
    pub(super) default: Default,
    /// Description in sentences, each with its full stop.
    pub(super) english: String,
    pub(super) indonesian: String,
}

/// The value if a page sets none.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Default {
    /// A colour in the light theme and in the dark one.
    Colours(String, String),
    /// The default is the value of another property.
    As(String),
    /// Any other value, in CSS syntax.
    Value(String),
}

/// All properties, in the order of the file.
pub(super) fn read() -> Result<Vec<Property>> {
    parse(&super::read(FILE)?, &super::read(PALETTES)?)
}

/// Parses declarations `--_name: var(--gema-name, default);`, each preceded by a comment.
fn parse(css: &str, palettes: &str) -> Result<Vec<Property>> {
    // Skips the comment of the file itself and the selectors.
    let (_, block) = css.split_once('{').context("there is no rule")?;
    let (block, rest) = block.rsplit_once('}').context("the rule has no end")?;
    ensure!(!rest.contains('{'), "there is more than one rule");
    // Splits at comments: a comment may contain a semicolon, but a declaration never contains the end of a comment.
    let declarations = block
        .split("/*")
        .skip(1)
        .map(|piece| piece.split_once("*/").context("a comment has no end"));
    declarations
        .map(|piece| {
            piece.and_then(|(comment, declaration)| property(comment, declaration.trim(), palettes))
        })
        .collect()
}

fn property(comment: &str, declaration: &str, palettes: &str) -> Result<Property> {
    let wrong = || format!("`{declaration}` is not `--_name: var(--gema-name, default);`");
    let inner = declaration
        .strip_suffix(");")
        .filter(|inner| !inner.contains(';'))
        .with_context(wrong)?;
    let (own, value) = inner
        .strip_prefix("--_")
        .and_then(|inner| inner.split_once(": var("))
        .with_context(wrong)?;
    let (name, default) = value.split_once(", ").with_context(wrong)?;
    ensure!(
        name.strip_prefix("--gema-") == Some(own),
        "{}: its two names differ",
        wrong()
    );
    let (english, indonesian) = comment.split_once("id:").with_context(|| {
        format!("{name} is not described in Indonesian: `id: …` in its comment")
    })?;
    Ok(Property {
        name: name.into(),
        default: Default::of(default, palettes)?,
        english: sentences(name, english)?,
        indonesian: sentences(name, indonesian)?,
    })
}

impl Default {
    fn of(value: &str, palettes: &str) -> Result<Self> {
        let Some(name) = value
            .strip_prefix("var(--_")
            .and_then(|inner| inner.strip_suffix(')'))
        else {
            return Ok(Self::Value(value.into()));
        };
        let Some(name) = name.strip_prefix("default-") else {
            return Ok(Self::As(format!("--gema-{name}")));
        };
        let of_theme = |theme: &str| {
            let (_, rule) = palettes.split_once(&format!(":host([theme=\"{theme}\"])"))?;
            declared(name, rule.split('}').next()?)
        };
        if let (Some(light), Some(dark)) = (of_theme("light"), of_theme("dark")) {
            return Ok(Self::Colours(light.into(), dark.into()));
        }
        let value = declared(name, palettes)
            .with_context(|| format!("{PALETTES} does not declare --_default-{name}"))?;
        Ok(Self::Value(value.into()))
    }
}

/// The value of a default in its last declaration.
fn declared<'a>(name: &str, css: &'a str) -> Option<&'a str> {
    css.rsplit_once(&format!("--_default-{name}: "))?
        .1
        .split(';')
        .next()
}

/// The text on one line; it must end with a full stop.
fn sentences(name: &str, text: &str) -> Result<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    ensure!(
        text.ends_with('.'),
        "{name}: its description is no sentence: `{text}`"
    );
    Ok(text)
}

#[cfg(test)]
mod tests;
