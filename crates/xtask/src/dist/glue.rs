//! The glue between page and module, made smaller: binaryen gives the module's imports and exports short names (wasm-bindgen's carry
//! random digits, which do not compress), and here the glue follows. Nothing is guessed: an import that the glue lacks is an error.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{minify, read, write};

/// The name under which the module imports from its glue: wasm-bindgen's, then binaryen's.
const MODULE: (&str, &str) = ("./widget_bg.js", "a");

/// Renames, drops what nobody calls, minifies. `names` is what wasm-opt has printed.
pub(crate) fn small(glue: &Path, names: &str, work: &Path) -> Result<Vec<u8>> {
    let glue = read(glue)?;
    write(&work.join("glue.js"), renamed(&glue, &Names::parse(names)?)?.as_bytes())?;
    let entry = work.join("entry.js");
    write(&entry, entry_of(&glue).as_bytes())?;
    minify::glue(&entry)
}

/// Everything that the glue exports, but not its second way to load (`initSync`), which blocks the page.
fn entry_of(glue: &str) -> String {
    let exported = |line: &str| {
        let named = line.strip_prefix("export function ").or(line.strip_prefix("export class "))?;
        named.split(|c| !is_of_a_word(c)).next().map(str::to_owned)
    };
    let names: Vec<_> = ["default".to_owned()].into_iter().chain(glue.lines().filter_map(exported)).collect();
    format!("export {{ {} }} from \"./glue.js\";\n", names.join(", "))
}

/// The new name of each old one.
#[derive(Debug)]
struct Names {
    imports: BTreeMap<String, String>,
    exports: BTreeMap<String, String>,
}

impl Names {
    /// Reads `{"imports": [[module, old, new], …], "exports": [[old, new], …]}`.
    fn parse(text: &str) -> Result<Self> {
        let names: Value = serde_json::from_str(text).context("wasm-opt's list of names cannot be read")?;
        let rows = |kind: &str| names[kind].as_array().map_or(&[][..], Vec::as_slice);
        if let Some(other) = rows("imports").iter().find(|row| row[0] != MODULE.0) {
            bail!(
                "the widget imports from {}: it must not bring scripts of its own (`inline_js`, `module = …`)",
                other[0]
            );
        }
        let pairs = |kind: &str, old: usize| -> Option<BTreeMap<_, _>> {
            rows(kind)
                .iter()
                .map(|row| Some((row[old].as_str()?.to_owned(), row[old + 1].as_str()?.to_owned())))
                .collect()
        };
        let (imports, exports) =
            pairs("imports", 1).zip(pairs("exports", 0)).context("wasm-opt's list of names has another form")?;
        Ok(Self { imports, exports })
    }
}

/// Imports are keys of an object, exports are members of `wasm`.
fn renamed(glue: &str, names: &Names) -> Result<String> {
    let mut text = String::with_capacity(glue.len());
    let mut missing: Vec<_> = names.imports.keys().map(String::as_str).collect();
    let mut rest = glue;
    while let Some(start) = rest.find(is_of_a_word) {
        let (before, from) = rest.split_at(start);
        let (word, after) = from.split_at(from.find(|c| !is_of_a_word(c)).unwrap_or(from.len()));
        text.push_str(before);
        let export = names.exports.get(word).filter(|_| text.ends_with("wasm."));
        text.push_str(names.imports.get(word).or(export).map_or(word, String::as_str));
        missing.retain(|name| *name != word);
        rest = after;
    }
    text.push_str(rest);
    let (module, short) = (format!("\"{}\"", MODULE.0), format!("\"{}\"", MODULE.1));
    if !missing.is_empty() || !text.contains(&module) {
        bail!("wasm-bindgen's glue has another form than dist knows (it lacks {module} or one of {missing:?})");
    }
    Ok(text.replace(&module, &short))
}

fn is_of_a_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$'
}

#[cfg(test)]
mod tests {
    use super::*;

    const GLUE: &str = r#"export function mount(host) { return wasm.mount(host); }
export class Mounted { read() { wasm.mounted_read(this.memory); } }
const import0 = { __wbg_then_e3f7f2d365708be8: function(a) { return a.then(); } };
return { "./widget_bg.js": import0 };
export { initSync, __wbg_init as default };"#;
    const NAMES: &str = r#"{"imports": [["./widget_bg.js", "__wbg_then_e3f7f2d365708be8", "b"]],
        "exports": [["mount", "c"], ["mounted_read", "d"], ["memory", "e"], ["__abort_handler", "f"]]}"#;

    #[test]
    fn the_glue_follows_the_modules_new_names() {
        let text = renamed(GLUE, &Names::parse(NAMES).unwrap()).unwrap();
        assert_eq!(
            text,
            r#"export function mount(host) { return wasm.c(host); }
export class Mounted { read() { wasm.d(this.memory); } }
const import0 = { b: function(a) { return a.then(); } };
return { "a": import0 };
export { initSync, __wbg_init as default };"#
        );
    }

    #[test]
    fn the_widget_keeps_its_public_names() {
        assert_eq!(entry_of(GLUE), "export { default, mount, Mounted } from \"./glue.js\";\n");
    }

    #[test]
    fn a_glue_that_lacks_an_import_is_refused() {
        let names = Names::parse(&NAMES.replace("__wbg_then_", "__wbg_catch_")).unwrap();
        let error = renamed(GLUE, &names).unwrap_err().to_string();
        assert!(error.contains("__wbg_catch_e3f7f2d365708be8"), "{error}");
        assert!(renamed("no glue", &Names::parse(r#"{"imports": [], "exports": []}"#).unwrap()).is_err());
    }

    #[test]
    fn scripts_of_its_own_are_refused() {
        let error = Names::parse(&NAMES.replace("./widget_bg.js", "./snippets/x.js")).unwrap_err().to_string();
        assert!(error.contains("./snippets/x.js"), "{error}");
    }
}
