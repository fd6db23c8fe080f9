//! Removes code from wasm-bindgen's glue that the widget does not need. The glue supports every way to load a module
//! in every browser; the widget has one way, and browsers with the features that its module needs anyway (`import()`,
//! reference types).

use anyhow::{Context, Result, bail};

/// Functions that are replaced: the name and the new text.
const FUNCTIONS: [(&str, &str); 8] = [
    // Loading: embed.js passes the response of its own fetch, once. On an error, the article in the page stays as it
    // is.
    ("__wbg_load", ""),
    ("__wbg_init_once", ""),
    ("initSync", ""),
    (
        "__wbg_init",
        "async function __wbg_init({ module_or_path }) {\n\
         const { instance } = await WebAssembly.instantiateStreaming(module_or_path, __wbg_get_imports());\n\
         __wbg_finalize_init(instance);\n}\n",
    ),
    // Strings: the decoder need not be renewed after gigabytes of text, and no string is long enough to make guessing
    // its length worthwhile.
    ("decodeText", "function decodeText(bytes) {\nreturn cachedTextDecoder.decode(bytes);\n}\n"),
    (
        "passStringToWasm0",
        "function passStringToWasm0(text, malloc) {\nconst bytes = cachedTextEncoder.encode(text);\n\
         const ptr = malloc(bytes.length, 1) >>> 0;\ngetUint8ArrayMemory0().set(bytes, ptr);\n\
         WASM_VECTOR_LEN = bytes.length;\nreturn ptr;\n}\n",
    ),
    (
        "getDataViewMemory0",
        "function getDataViewMemory0() {\nif (cachedDataViewMemory0?.buffer !== wasm.memory.buffer) \
         cachedDataViewMemory0 = new DataView(wasm.memory.buffer);\nreturn cachedDataViewMemory0;\n}\n",
    ),
    (
        "handleError",
        "function handleError(f) {\nreturn (...args) => {\ntry {\nreturn f(...args);\n} catch (e) {\n\
         wasm.__wbindgen_exn_store(addToExternrefTable0(e));\n}\n};\n}\n",
    ),
];

/// Methods of `document` that markup can shadow: `<img name=createElement>` in a comment makes
/// `document.createElement` that image. They are called by way of the prototype.
const DOCUMENT_METHODS: [&str; 3] = ["createElement", "createElementNS", "createTextNode"];

/// The glue with all of these changes.
pub(super) fn trimmed(glue: &str) -> Result<String> {
    let mut glue = without_polyfill(glue)?;
    for (name, instead) in FUNCTIONS {
        let (before, after) = around(&glue, name)
            .with_context(|| format!("wasm-bindgen's glue has no function {name}: correct dist/glue/trim.rs"))?;
        glue = format!("{before}{instead}{after}");
    }
    for name in DOCUMENT_METHODS {
        let call = format!("arg0.{name}(");
        if !glue.contains(&call) {
            bail!("wasm-bindgen's glue does not call {name} as before: correct dist/glue/trim.rs");
        }
        glue = glue.replace(&call, &format!("Document.prototype.{name}.call(arg0, "));
    }
    let lines: Vec<_> = glue.lines().map(arrow).collect();
    let glue = lines.join("\n") + "\n";
    if glue.contains("handleError(function") {
        bail!("wasm-bindgen's glue calls its imports in another way now: correct dist/glue/trim.rs");
    }
    Ok(glue.replace(", wasm.__wbindgen_realloc)", ")").replace("initSync, ", ""))
}

/// The text before and after the function.
fn around<'a>(glue: &'a str, name: &str) -> Option<(&'a str, &'a str)> {
    let at = glue.find(&format!("\nasync function {name}(")).or_else(|| glue.find(&format!("\nfunction {name}(")))? + 1;
    let (before, from) = glue.split_at(at);
    let (_, after) = from.split_once("\n}\n")?;
    Some((before, after))
}

/// Removes the polyfill of `encodeInto`, which is not called after the replacements.
fn without_polyfill(glue: &str) -> Result<String> {
    let polyfill = || {
        let (before, from) = glue.split_once("\nif (!('encodeInto' in cachedTextEncoder)) {")?;
        Some(format!("{before}\n{}", from.split_once("\n}\n")?.1))
    };
    polyfill().context("wasm-bindgen's glue fills in no encodeInto: correct dist/glue/trim.rs")
}

/// An import as an arrow function, which is shorter; none of them uses `this`.
fn arrow(line: &str) -> String {
    let (indent, text) = line.split_at(line.len() - line.trim_start().len());
    if text == "}, arguments); }," {
        return format!("{indent}}}),");
    }
    let import = |start: &str, call: &str| {
        let (name, rest) = text.split_once(start)?;
        let arguments = rest.strip_suffix(") {")?;
        name.chars().all(super::is_of_a_word).then(|| format!("{indent}{name}: {call}({arguments}) => {{"))
    };
    import(": function() { return handleError(function (", "handleError(")
        .or_else(|| import(": function(", ""))
        .unwrap_or_else(|| line.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glue() -> String {
        let functions: String =
            FUNCTIONS.iter().map(|(name, _)| format!("function {name}(a) {{\n  long;\n}}\n")).collect();
        let document: String =
            DOCUMENT_METHODS.iter().map(|name| format!("function {name}_3() {{ arg0.{name}(b); }}\n")).collect();
        format!(
            "{document}const import0 = {{\n  x_1: function(arg0) {{\n    return arg0.x;\n  }},\n  y_2: function() {{ return \
             handleError(function (arg0, arg1) {{\n    arg0.y(arg1);\n  }}, arguments); }},\n}};\n{functions}\
             if (!('encodeInto' in cachedTextEncoder)) {{\n  old;\n}}\nexport {{ initSync, __wbg_init as default }};\n"
        )
    }

    #[test]
    fn what_is_for_others_goes_and_the_rest_means_the_same() {
        let trimmed = trimmed(&glue()).unwrap();
        assert!(
            trimmed.contains("Document.prototype.createElementNS.call(arg0, b)") && !trimmed.contains("arg0.create")
        );
        assert!(trimmed.contains(
            "\nconst import0 = {\n  x_1: (arg0) => {\n    return arg0.x;\n  },\n  y_2: handleError((arg0, arg1) => {\n    arg0.y(arg1);\n  }),\n};\n"
        ), "{trimmed}");
        assert!(!trimmed.contains("long") && !trimmed.contains("old") && trimmed.contains("instantiateStreaming"));
        assert!(trimmed.ends_with("export { __wbg_init as default };\n"));
    }

    #[test]
    fn a_glue_of_another_form_is_refused() {
        for gone in ["function decodeText(", "'encodeInto'", "arg0.createTextNode("] {
            assert!(trimmed(&glue().replace(gone, "other(")).is_err(), "{gone}");
        }
        assert!(trimmed(&glue().replace("handleError(function (", "handleError(function named(")).is_err());
    }
}
