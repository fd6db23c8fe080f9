//! Makes the glue between page and module smaller. binaryen gives the module's imports and exports short names
//! (wasm-bindgen's contain random digits, which do not compress); this module renames them in the glue too. An import
//! that the glue lacks is an error.

mod trim;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{copy, minify, read, write};

/// How wasm-bindgen's glue lists itself among the modules, and the one module name to which binaryen renames all of
/// them.
const GLUE_MODULE: &str = "\"./widget_bg.js\": ";
const IMPORT_MODULE: &str = "a";

/// Renames, drops unused functions, minifies. `names` is the output of wasm-opt.
pub(crate) fn small(glue: &Path, names: &str, work: &Path) -> Result<Vec<u8>> {
    copy(&glue.with_file_name("snippets"), &work.join("snippets"))?;
    let glue = trim::trimmed(&read(glue)?)?;
    write(&work.join("glue.js"), renamed(&glue, &Renames::parse(names)?)?.as_bytes())?;
    minify::charge(&work.join("glue.js"))
}

/// The new name of each old one.
#[derive(Debug, Default)]
struct Renames {
    /// What the wasm imports from the glue.
    imports: BTreeMap<String, String>,
    /// What it imports directly from the widget's own scripts: module, old name, new name.
    scripts: Vec<[String; 3]>,
    /// What it exports.
    exports: BTreeMap<String, String>,
}

impl Renames {
    /// Reads `{"imports": [[module, old, new], …], "exports": [[old, new], …]}`.
    fn parse(text: &str) -> Result<Self> {
        let list: Value = serde_json::from_str(text).context("wasm-opt's list of names cannot be read")?;
        let rows = |kind: &str| list[kind].as_array().cloned().unwrap_or_default();
        let word = |row: &Value, at: usize| {
            row[at].as_str().map(str::to_owned).context("wasm-opt's list of names has another form")
        };
        let mut names = Self::default();
        for row in rows("imports") {
            let [module, old, new] = [word(&row, 0)?, word(&row, 1)?, word(&row, 2)?];
            match GLUE_MODULE.contains(&format!("\"{module}\"")) {
                true => drop(names.imports.insert(old, new)),
                false => names.scripts.push([module, old, new]),
            }
        }
        for row in rows("exports") {
            names.exports.insert(word(&row, 0)?, word(&row, 1)?);
        }
        Ok(names)
    }
}

fn renamed(glue: &str, names: &Renames) -> Result<String> {
    let glue =
        one_module(&imported(glue, names), names).context("wasm-bindgen's glue has another form than dist knows")?;
    let mut missing: Vec<_> = names.imports.keys().map(String::as_str).collect();
    let text = with_words(&glue, |before, word| {
        missing.retain(|name| *name != word);
        // Imports are keys of an object, exports are members of `wasm`.
        let export = names.exports.get(word).filter(|_| before.ends_with("wasm."));
        names.imports.get(word).or(export).map_or(word, String::as_str)
    });
    if !missing.is_empty() {
        bail!("wasm-bindgen's glue lacks {missing:?}, which the module imports");
    }
    Ok(text)
}

/// Removes the functions that the module no longer imports after binaryen.
fn imported(glue: &str, names: &Renames) -> String {
    let mut ends: Option<String> = None;
    let lines = glue.lines().filter(|line| {
        let text = line.trim_start();
        let indent = &line[..line.len() - text.len()];
        if let Some(end) = &ends {
            if line.starts_with(end.as_str()) {
                ends = None;
            }
            return false;
        }
        let is_unused = |name: &str| {
            ["__wbg_", "__wbindgen_"].iter().any(|start| name.starts_with(start)) && !names.imports.contains_key(name)
        };
        let goes = text.ends_with('{') && text.split_once(": ").is_some_and(|(name, _)| is_unused(name));
        if goes {
            ends = Some(format!("{indent}}}"));
        }
        !goes
    });
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

/// Merges the modules that the glue lists (`"./widget_bg.js": import0, "./snippets/…": import1, …`) into one.
fn one_module(glue: &str, names: &Renames) -> Option<String> {
    let variable = |module: &str| {
        let (_, after) = glue.split_once(&format!("\"{module}\": "))?;
        after.split(|c| !is_of_a_word(c)).next()
    };
    let mut all = format!("{IMPORT_MODULE}: {{ ...{}", variable(GLUE_MODULE.trim_matches([' ', ':', '"']))?);
    for [module, old, new] in &names.scripts {
        all += &format!(", {new}: {}.{old}", variable(module)?);
    }
    let is_of_a_script =
        |line: &str| names.scripts.iter().any(|[module, ..]| line.trim_start().starts_with(&format!("\"{module}\": ")));
    let lines = glue.lines().filter(|line| !is_of_a_script(line)).map(|line| {
        match line.trim_start().starts_with(GLUE_MODULE) {
            true => format!("{all} }},\n"),
            false => format!("{line}\n"),
        }
    });
    Some(lines.collect())
}

/// Replaces each word of the text by the result of `word`, which is called with the output so far and the word.
fn with_words<'a>(text: &'a str, mut word: impl FnMut(&str, &'a str) -> &'a str) -> String {
    let mut done = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_of_a_word) {
        let (before, from) = rest.split_at(start);
        let (old, after) = from.split_at(from.find(|c| !is_of_a_word(c)).unwrap_or(from.len()));
        done.push_str(before);
        let new = word(&done, old);
        done.push_str(new);
        rest = after;
    }
    done.push_str(rest);
    done
}

fn is_of_a_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$'
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"import * as import1 from "./snippets/widget-1/src/browser.js"
export function mount(host) { return wasm.mount(host); }
export class Mounted { read() { wasm.mounted_read(this.memory); } }
const import0 = { __wbg_then_e3f7f2d365708be8: function(a) { return a.then(); } };
return {
    "./widget_bg.js": import0,
    "./snippets/widget-1/src/browser.js": import1,
};
export { initSync, __wbg_init as default };
"#;
    const RENAMES_JSON: &str = r#"{"imports": [["./widget_bg.js", "__wbg_then_e3f7f2d365708be8", "b"], ["./snippets/widget-1/src/browser.js", "now", "g"]],
        "exports": [["mount", "c"], ["mounted_read", "d"], ["memory", "e"], ["__abort_handler", "f"]]}"#;

    #[test]
    fn the_glue_follows_the_modules_new_names() {
        let text = renamed(TEXT, &Renames::parse(RENAMES_JSON).unwrap()).unwrap();
        assert_eq!(
            text,
            r#"import * as import1 from "./snippets/widget-1/src/browser.js"
export function mount(host) { return wasm.c(host); }
export class Mounted { read() { wasm.d(this.memory); } }
const import0 = { b: function(a) { return a.then(); } };
return {
a: { ...import0, g: import1.now },
};
export { initSync, __wbg_init as default };
"#
        );
    }

    #[test]
    fn what_the_module_does_not_import_goes() {
        let glue = "  __wbg_old_1: (a) => {\n    if (a) {\n    }\n  },\n  __wbg_new_2: f((a) => {\n    a;\n  }),\n";
        let names = Renames::parse(r#"{"imports": [["./widget_bg.js", "__wbg_new_2", "b"]]}"#).unwrap();
        assert_eq!(imported(glue, &names), "  __wbg_new_2: f((a) => {\n    a;\n  }),\n");
    }

    #[test]
    fn a_glue_that_lacks_an_import_is_refused() {
        for (name, other) in [("__wbg_then_", "__wbg_catch_"), ("./snippets/widget-1", "./snippets/widget-2")] {
            let names = Renames::parse(&RENAMES_JSON.replace(name, other)).unwrap();
            assert!(renamed(TEXT, &names).is_err(), "{other}");
        }
        assert!(renamed("no glue", &Renames::default()).is_err());
    }
}
